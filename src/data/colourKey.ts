/** The single transparent colour of a PNG image without an alpha channel. */
export interface ColourKey {
  /** One number for grey or three for RGB, at the bit depth of the image. */
  samples: readonly number[];
  /** The file without the chunk that defines the colour. */
  rest: Buffer;
}

const SIGNATURE = 8;
/** Bytes that the length, type and checksum of a chunk take. */
const FRAME = 12;
const COLOUR_TYPE_AT = 25;

/**
 * Removes the transparent colour (chunk tRNS) from a grey or RGB image. The decoder would turn pixels of that colour
 * black, but readers that ignore transparency, such as Pillow's convert('RGB'), keep the colour. Images with a palette
 * stay unchanged, because each palette entry has its own alpha.
 * @returns null if the image has no such colour or is damaged; the decoder reports damage in more detail
 * @see https://www.w3.org/TR/png-3/#11tRNS
 */
export function takeColourKey(png: Buffer): ColourKey | null {
  const channels = new Map([
    [0, 1],
    [2, 3],
  ]).get(png[COLOUR_TYPE_AT] ?? -1);
  if (channels === undefined) return null;
  for (let at = SIGNATURE; at + FRAME <= png.length;) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    const end = at + FRAME + length;
    if (type === 'IDAT' || end > png.length) return null;
    if (type === 'tRNS') {
      if (length !== 2 * channels) return null;
      const samples = Array.from({ length: channels }, (_, i) => png.readUInt16BE(at + 8 + 2 * i));
      return { samples, rest: Buffer.concat([png.subarray(0, at), png.subarray(end)]) };
    }
    at = end;
  }
  return null;
}
