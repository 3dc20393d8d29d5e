import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import type { ArrayEntry } from './dataset';
import { openNpz } from './npz';

const folder = new URL('../../test/data/', import.meta.url).pathname;
const base = [0, 1, 2, 3, 4, 5];

async function entries(file: string): Promise<Map<string, ArrayEntry>> {
  const { entries } = await openNpz(join(folder, file));
  return new Map(entries.map((entry) => [entry.key, entry]));
}

/** numpy 2.4 wrote this file. It holds the same numbers in every type and byte order. */
describe('reads what numpy writes', async () => {
  const arrays = await entries('numpy.npz');

  test.each([
    ['f2', 'float32', base.map((i) => i * 0.5 - 1)],
    ['f4', 'float32', base.map((i) => i * 0.5 - 1)],
    ['f4_v2', 'float32', base.map((i) => i * 0.5 - 1)],
    ['f4_v3', 'float32', base.map((i) => i * 0.5 - 1)],
    ['f8', 'float64', base.map((i) => i * 0.1)],
    ['i1', 'int8', base.map((i) => i - 3)],
    ['i2', 'int16', base.map((i) => i - 3)],
    ['i4', 'int32', base.map((i) => i - 3)],
    ['i8', 'int64', base.map((i) => BigInt(i - 3))],
    ['u1', 'uint8', base.map((i) => i * 40)],
    ['u2', 'uint16', base.map((i) => i * 40)],
    ['u4', 'uint32', base.map((i) => i * 40)],
    ['u8', 'uint64', base.map((i) => BigInt(i * 40))],
    ['bool', 'bool', base.map((i) => i % 2)],
  ] as const)('%s', (key, dtype, values) => {
    for (const name of [key, `big_${key}`]) {
      const tensor = arrays.get(name)?.load();
      if (!tensor && name.startsWith('big_')) continue;
      expect(tensor).toMatchObject({ dtype, shape: [2, 3] });
      expect(Array.from(tensor!.data as ArrayLike<unknown>)).toEqual(values);
    }
  });

  test('both byte orders of every type wider than a byte', () => {
    const wide = ['f2', 'f4', 'f8', 'i2', 'i4', 'i8', 'u2', 'u4', 'u8'];
    expect(wide.filter((key) => !arrays.has(`big_${key}`))).toEqual([]);
  });

  test('Fortran order becomes row-major', () => {
    expect(arrays.get('fortran')!.load()).toEqual({
      dtype: 'float32',
      shape: [2, 3, 4],
      data: Float32Array.from({ length: 24 }, (_, i) => i),
    });
    expect(arrays.get('fortran_big_i8')!.load().data).toEqual(BigInt64Array.from([0n, 1n, 2n, 3n, 4n, 5n]));
  });

  test('half floats keep subnormals, infinities and NaN', () => {
    const values = Array.from(arrays.get('half_specials')!.load().data as Float32Array);
    expect(values.slice(0, 5)).toEqual([0, -0, 1, -2, 65504]);
    expect(values[5]).toBeCloseTo(6.1e-5, 7);
    expect(values[6]).toBe(2 ** -24);
    expect(values.slice(7)).toEqual([Infinity, -Infinity, NaN, 0.333251953125]);
  });

  test('scalars and empty arrays', () => {
    expect(arrays.get('scalar')!.load()).toEqual({ dtype: 'float64', shape: [], data: Float64Array.of(3.5) });
    expect(arrays.get('empty')!.load()).toEqual({ dtype: 'float32', shape: [0, 3], data: new Float32Array(0) });
  });

  test.each([
    ['text', 'text'],
    ['objects', 'Python objects'],
    ['complex', 'complex numbers'],
    ['records', 'records'],
    ['dates', 'dates'],
    ['longdouble', 'f16'],
  ])('%s are listed but refused on access', (key, dtype) => {
    expect(arrays.get(key)!.dtype).toContain(dtype);
    expect(() => arrays.get(key)!.load()).toThrow(/real numbers and booleans only[\s\S]*numpy\.npz/);
  });
});

test('uncompressed members are read without copying the elements', async () => {
  const arrays = await entries('numpy-stored.npz');
  const entry = arrays.get('f4')!;
  expect(entry.load().data.buffer).toBe(entry.load().data.buffer);
  expect([...arrays.keys()]).toEqual(['f4', 'f4_v2', 'f4_v3', 'i8', 'u1']);
});

describe('refuses', () => {
  const open = (bytes: Uint8Array<ArrayBuffer>): Promise<unknown> => openNpz('some.npz', { read: bytes });
  const whole = async (): Promise<Uint8Array<ArrayBuffer>> => new Uint8Array(await readFile(join(folder, 'numpy.npz')));

  test('text renamed to .npz', async () => {
    await expect(open(new TextEncoder().encode('hello, world'))).rejects.toThrow('does not begin like a zip file');
  });

  test('an archive cut short', async () => {
    const bytes = await whole();
    await expect(open(bytes.slice(0, bytes.length / 2))).rejects.toThrow('The .npz archive is damaged');
  });

  test('an archive without arrays', async () => {
    await expect(open(zipSync({ 'readme.txt': new Uint8Array(3) }))).rejects.toThrow('holds no arrays');
    await expect(open(zipSync({}))).rejects.toThrow('holds no arrays');
  });

  test.each([
    ['an array with a broken header', (npy: Uint8Array) => npy.fill(0x20, 10, 60), 'lacks type, order or shape'],
    ['an array cut within its header', (npy: Uint8Array) => npy.slice(0, 40), 'ends within its header'],
    ['an array of an unknown version', (npy: Uint8Array) => npy.fill(9, 6, 7), 'version 9 is unknown'],
    ['something else called .npy', (npy: Uint8Array) => npy.fill(0, 0, 4), 'numpy signature'],
  ])('%s', async (_name, damage, message) => {
    await expect(open(zipSync({ 'x.npy': damage(npyBytes()) }))).rejects.toThrow(message);
  });

  test('an array truncated within its elements, on access', async () => {
    const { entries } = await openNpz('some.npz', { read: zipSync({ 'x.npy': npyBytes().slice(0, -1) }) });
    expect(() => entries[0].load()).toThrow('promises 8 bytes of data, but the file has 7');
  });
});

/** Encodes two float32 numbers with a header of format version 1.0. */
function npyBytes(): Uint8Array<ArrayBuffer> {
  const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }".padEnd(117) + '\n';
  const bytes = new Uint8Array(10 + header.length + 8);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length, 0]);
  bytes.set(new TextEncoder().encode(header), 10);
  return bytes;
}
