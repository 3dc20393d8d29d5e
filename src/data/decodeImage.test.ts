import { crc32, deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodeImage } from './decodeImage';

const [GREY, RGB, PALETTE, GREY_ALPHA, RGBA] = [0, 2, 3, 4, 6];
const CHANNELS: Record<number, number> = { [GREY]: 1, [RGB]: 3, [PALETTE]: 1, [GREY_ALPHA]: 2, [RGBA]: 4 };

const chunk = (type: string, data: Uint8Array): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
};

/** Packs numbers of `depth` bits into bytes, the first in the highest bits. */
function packed(samples: readonly number[], depth: number): number[] {
  const bits = samples.flatMap((sample) => Array.from({ length: depth }, (_, i) => (sample >> (depth - 1 - i)) & 1));
  const bytes = Array.from({ length: Math.ceil(bits.length / 8) }, () => 0);
  for (const [i, bit] of bits.entries()) bytes[i >> 3] |= bit << (7 - (i & 7));
  return bytes;
}

/** Passes of an interlaced image (Adam7): first column, step, first row, step. */
const ADAM7 = [
  [0, 8, 0, 8],
  [4, 8, 0, 8],
  [0, 4, 4, 8],
  [2, 4, 0, 4],
  [0, 2, 2, 4],
  [1, 2, 0, 2],
  [0, 1, 1, 2],
] as const;

interface Written {
  colour: number;
  depth: number;
  /** Values indexed by [row][column][channel]. */
  pixels: readonly (readonly (readonly number[])[])[];
  palette?: readonly number[];
  transparency?: readonly number[];
  interlaced: boolean;
}

/** Writes a PNG file by the standard, without filters. @see https://www.w3.org/TR/png-3/ */
function png({ colour, depth, pixels, palette, transparency, interlaced }: Written): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(pixels[0].length, 0);
  header.writeUInt32BE(pixels.length, 4);
  header.set([depth, colour, 0, 0, Number(interlaced)], 8);
  const passes = interlaced ? ADAM7 : [[0, 1, 0, 1] as const];
  const lines = passes.flatMap(([column, columns, row, rows]) =>
    pixels
      .filter((_, y) => y >= row && (y - row) % rows === 0)
      .map((line) => line.filter((_, x) => x >= column && (x - column) % columns === 0).flat())
      .filter((line) => line.length > 0),
  );
  const raw = Uint8Array.from(lines.flatMap((line) => [0, ...packed(line, depth)]));
  return Buffer.concat([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk('IHDR', header),
    ...(palette ? [chunk('PLTE', Uint8Array.from(palette))] : []),
    ...(transparency ? [chunk('tRNS', Uint8Array.from(transparency))] : []),
    chunk('IDAT', deflateSync(raw)),
    chunk('IEND', new Uint8Array()),
  ]);
}

const WIDTH = 5;
const HEIGHT = 3;
/** Computes values that differ between neighbours and reach both ends of the range. */
const sample = (x: number, y: number, c: number, most: number) =>
  x === 0 && y === 0 ? most : (7 * x + 11 * y + 5 * c + 13 * x * y) % (most + 1);

const FORMS = [
  ...[1, 2, 4, 8, 16].map((depth) => ({ colour: GREY, depth })),
  ...[8, 16].flatMap((depth) => [RGB, GREY_ALPHA, RGBA].map((colour) => ({ colour, depth }))),
  ...[1, 2, 4, 8].map((depth) => ({ colour: PALETTE, depth })),
].flatMap((form) => [false, true].map((interlaced) => ({ ...form, interlaced })));

describe.each(FORMS)('a PNG of colour type $colour, $depth bits, interlaced: $interlaced', (form) => {
  const { colour, depth } = form;
  const most = 2 ** depth - 1;
  const pixels = Array.from({ length: HEIGHT }, (_row, y) =>
    Array.from({ length: WIDTH }, (_column, x) =>
      Array.from({ length: CHANNELS[colour] }, (_channel, c) => sample(x, y, c, most)),
    ),
  );
  const palette = colour === PALETTE ? Array.from({ length: 3 * 2 ** depth }, (_, i) => (i * 37) % 256) : undefined;
  const decoded = (transparency?: number[]) => {
    const { data, largest } = decodeImage(png({ ...form, pixels, palette, transparency }), 'a.png');
    return Array.from(data, (value) => value / largest);
  };
  /** Computes red, green, blue and alpha from 0 to 1. */
  const unit = (values: readonly number[]): number[] => {
    if (palette) return [...palette.slice(3 * values[0], 3 * values[0] + 3).map((value) => value / 255), 1];
    const [a, b, c, d] = values.map((value) => value / most);
    return colour === GREY ? [a, a, a, 1] : colour === GREY_ALPHA ? [a, a, a, b] : [a, b, c, colour === RGBA ? d : 1];
  };
  const close = (found: readonly number[], expected: readonly number[]) => {
    expect(found).toHaveLength(expected.length);
    for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i], 12);
  };

  it('has the values that were written', () => {
    close(decoded(), pixels.flat().flatMap(unit));
  });

  const hasKey = colour === GREY || colour === RGB;
  if (hasKey)
    it('keeps the colour of transparent pixels', () => {
      const [key] = pixels[1];
      const transparency = key.flatMap((value) => [value >> 8, value & 255]);
      const alike = (values: readonly number[]) => values.every((value, i) => value === key[i]);
      const expected = pixels.flat().flatMap((values) => [...unit(values).slice(0, 3), alike(values) ? 0 : 1]);
      close(decoded(transparency), expected);
    });

  if (colour === PALETTE)
    it('keeps the colour of transparent entries', () => {
      const expected = pixels.flat().flatMap((values) => [...unit(values).slice(0, 3), [0, 0.2][values[0]] ?? 1]);
      close(decoded([0, 51]), expected);
    });
});
