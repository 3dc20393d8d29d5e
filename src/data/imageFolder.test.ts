import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { beforeEach, expect, test } from 'vitest';
import type { InputSpec } from './dataset';
import { readDataset } from './readDataset';
import { resample } from './resample';

type Colour = readonly [number, number, number];
const red: Colour = [255, 0, 0];
const green: Colour = [0, 255, 0];
const grey: Colour = [51, 51, 51];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-images-'));
});

function rgba(width: number, height: number, colour: Colour): Buffer {
  return Buffer.from(Array.from({ length: width * height }, () => [...colour, 255]).flat());
}

async function picture(path: string, width: number, height: number, colour: Colour): Promise<void> {
  await mkdir(join(folder, path, '..'), { recursive: true });
  const data = rgba(width, height, colour);
  const png = new PNG({ width, height });
  png.data = data;
  const bytes = path.endsWith('.png') ? PNG.sync.write(png) : jpeg.encode({ width, height, data }, 95).data;
  await writeFile(join(folder, path), bytes);
}

const input = (shape: (number | null)[]): InputSpec => ({ name: 'image', dtype: 'float32', shape });

test('classes alternate and are numbered by folder name, with channels first', async () => {
  await picture('b/1.png', 4, 4, green);
  await picture('b/2.png', 4, 4, green);
  await picture('a/1.png', 4, 4, red);
  const data = await readDataset(folder, { inputs: [input([null, 3, 4, 4])] });
  expect(data.inputs.image.shape).toEqual([3, 3, 4, 4]);
  expect(data.target!.data).toEqual(BigInt64Array.of(0n, 1n, 1n));
  const values = Array.from(data.inputs.image.data as Float32Array);
  expect(values.slice(0, 48)).toEqual([...Array<number>(16).fill(1), ...Array<number>(32).fill(0)]);
  expect(values.slice(48 + 16, 48 + 32)).toEqual(Array<number>(16).fill(1));
  expect(data.notes[0]).toBe('Classes by folder: a = 0, b = 1.');
});

test('images may be grey, JPEG, of other sizes, with channels last, and normalized', async () => {
  await picture('a/1.jpg', 16, 8, grey);
  const last = await readDataset(folder, { inputs: [input([null, 2, 5, 3])] });
  expect(last.inputs.image.shape).toEqual([1, 2, 5, 3]);
  // JPEG preserves a uniform grey to within 1/255.
  for (const value of last.inputs.image.data as Float32Array) expect(Math.abs(value - 0.2)).toBeLessThan(0.005);
  const one = await readDataset(folder, {
    inputs: [input([null, 1, null, null])],
    normalize: { mean: [0.1], std: [0.5] },
  });
  expect(one.inputs.image.shape).toEqual([1, 1, 8, 16]);
  for (const value of one.inputs.image.data as Float32Array) expect(Math.abs(value - 0.2)).toBeLessThan(0.01);
});

test('the first samples include every class', async () => {
  for (const name of ['a/1.png', 'a/2.png', 'a/3.png', 'b/1.png']) await picture(name, 2, 2, red);
  const data = await readDataset(folder, { inputs: [input([null, 3, 2, 2])], samples: 2 });
  expect(data.target!.data).toEqual(BigInt64Array.of(0n, 1n));
  expect(data.notes).toContain('2 of 4 images are used, taken from the classes in turn.');
});

test('an empty class folder is named, and system folders are not classes', async () => {
  await picture('a/1.png', 2, 2, red);
  await mkdir(join(folder, '__MACOSX'));
  await mkdir(join(folder, '.ipynb_checkpoints'));
  const data = await readDataset(folder, { inputs: [input([null, 3, 2, 2])] });
  expect(data.notes[0]).toBe('Classes by folder: a = 0.');
  await mkdir(join(folder, 'A_empty'));
  await expect(readDataset(folder, { inputs: [input([null, 3, 2, 2])] })).rejects.toThrow('«A_empty»');
});

test.each([
  ['grey', 0, [0, 1, 32768, 65535]],
  ['grey with alpha', 4, [0, 1, 32768, 65535]],
  ['RGB', 2, [0, 1, 32768, 65535]],
  ['RGB with alpha', 6, [0, 1, 32768, 65535]],
] as const)('16 bits per channel are kept: %s', async (_, colorType, values) => {
  const data = Buffer.from(Uint16Array.from(values.flatMap((v) => [v, v, v, 65535])).buffer);
  const [width, height] = [2, 2];
  const png = { width, height, data } as PNG;
  await mkdir(join(folder, 'a'));
  const how = { bitDepth: 16, colorType, inputColorType: 6, inputHasAlpha: true } as const;
  await writeFile(join(folder, 'a', '1.png'), PNG.sync.write(png, how));
  const read = await readDataset(folder, { inputs: [input([null, 1, 2, 2])] });
  const found = Array.from(read.inputs.image.data as Float32Array);
  for (const [i, value] of values.entries()) expect(found[i]).toBeCloseTo(value / 65535, 7);
  expect(read.notes.join(' ')).toContain('1 of 1 images have 16 bits per channel');
  const raw = await readDataset(folder, { inputs: [input([null, 1, 2, 2])], scale: 1 });
  expect(Math.max(...Array.from(raw.inputs.image.data as Float32Array))).toBeCloseTo(65535, 1);
});

test('unusable folders and files are refused with a message', async () => {
  await mkdir(join(folder, 'a'));
  await expect(readDataset(folder, { inputs: [input([null, 3, 2, 2])] })).rejects.toThrow('no PNG or JPEG images');
  await writeFile(join(folder, 'a', 'x.png'), 'hello');
  await expect(readDataset(folder, { inputs: [input([null, 3, 2, 2])] })).rejects.toThrow(
    /cannot be decoded[\s\S]*x\.png/,
  );
  await expect(readDataset(folder, { inputs: [input([null, 12])] })).rejects.toThrow('does not look like images');
});

test('enlarging interpolates between pixel centres', () => {
  const row = { width: 2, height: 1, channels: 1, data: [0, 8] };
  expect(Array.from(resample(row, 4, 1))).toEqual([0, 2, 6, 8]);
});

test('reducing averages over all pixels under the filter, edges included', () => {
  const row = { width: 4, height: 1, channels: 1, data: [0, 4, 8, 12] };
  // A triangle of half-width 2 around 1 has the weights 1/4, 3/4, 3/4, 1/4 on pixels from −½; the first centre is 0.5.
  const expected = (0.75 * 0 + 0.75 * 4 + 0.25 * 8) / 1.75;
  const [left, right] = Array.from(resample(row, 2, 1));
  expect(left).toBeCloseTo(expected, 6);
  expect(left + right).toBeCloseTo(12, 6);
  const constant = { width: 7, height: 5, channels: 2, data: Array.from({ length: 70 }, (_, i) => (i % 2 ? 9 : 4)) };
  expect(Array.from(resample(constant, 3, 2)).map((value) => Math.round(value * 1e4) / 1e4)).toEqual([
    4, 9, 4, 9, 4, 9, 4, 9, 4, 9, 4, 9,
  ]);
});
