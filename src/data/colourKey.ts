/** The one colour of a PNG image without alpha channel that counts as transparent. */
export interface ColourKey {
  /** One number for grey, three for colours, as many bits as the image has. */
  samples: readonly number[];
  /** The file without the chunk that says so. */
  rest: Buffer;
}

const SIGNATURE = 8;
/** Length, type and checksum around the data of a chunk. */
const FRAME = 12;
const COLOUR_TYPE_AT = 25;

/**
 * Takes the transparent colour (chunk tRNS) out of a grey or RGB image: the decoder turns pixels of that colour black,
 * while their colour still counts for who leaves transparency aside, as Pillow's convert('RGB') does. Palettes, whose
 * entries have their own alpha, keep theirs.
 * @returns null where there is none, or the file is damaged, which the decoder says better
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
