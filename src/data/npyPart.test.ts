import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tensor } from '../graph/tensor';
import { sha256 } from './files';
import { npyFileEntry } from './npy';
import { readDataset } from './readDataset';
import { npyFile } from './testing/npyFile';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-npy-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const values = Array.from({ length: 24 }, (_, i) => i);
const rows = tensor('float32', [4, 2, 3], values);

/** Encodes the array in column-major order, as numpy writes it. */
function columnMajor(): Uint8Array<ArrayBuffer> {
  const inFile = values.map((i) => {
    const [a, rest] = [i % 4, Math.floor(i / 4)];
    return a * 6 + (rest % 2) * 3 + Math.floor(rest / 2);
  });
  const bytes = npyFile(tensor('float32', [4, 2, 3], inFile));
  const at = Buffer.from(bytes.buffer).indexOf('False');
  bytes.set(new TextEncoder().encode('True '), at);
  return bytes;
}

describe('with an .npy file', () => {
  it('only the requested samples are read, whatever the size of the file', async () => {
    // A sparse file of 16 GiB holds [2²¹, 2048] float32 and takes only a few pages on the disk.
    const [count, width] = [2 ** 21, 2048];
    const path = join(folder, 'x.npy');
    const start = npyFile(tensor('float32', [2, width], [...Array(2 * width).keys()]));
    // The larger shape overwrites the shape of two rows, within the padding of the header.
    const header = Buffer.from(start.buffer).toString('latin1').replace(`(2, ${width},)`, `(${count}, ${width},)`);
    const text = header.slice(0, header.indexOf('}') + 1);
    start.set(Buffer.from(text, 'latin1'));
    const file = await open(path, 'w');
    await file.write(start);
    await file.truncate(128 + count * width * 4);
    await file.close();
    await writeFile(join(folder, 'x_target.npy'), npyFile(tensor('int32', [3], [0, 1, 2])));

    const { entry, bytes } = await npyFileEntry(path, 'x', 3);
    expect(entry.shape).toEqual([count, width]);
    expect(bytes.length).toBe(128 + 3 * width * 4);
    const { shape, data } = entry.load();
    expect(shape).toEqual([3, width]);
    expect([data[0], data[2 * width - 1], data[2 * width]]).toEqual([0, 2 * width - 1, 0]);
    const request = { inputs: [{ name: 'x', dtype: 'float32' as const, shape: [null, width] }], samples: 3 };
    await expect(readDataset(path, request)).rejects.toThrow(/different numbers of samples/);
    await rm(join(folder, 'x_target.npy'));
    expect((await readDataset(path, request)).inputs.x.shape).toEqual([3, width]);
  });

  it.each([
    ['row-major', () => npyFile(rows)],
    ['column-major', columnMajor],
  ])('the first rows equal those of the whole file: %s', async (_, written) => {
    const path = join(folder, 'x.npy');
    await writeFile(path, written());
    const loaded = async (samples?: number) => (await npyFileEntry(path, 'x', samples)).entry.load();
    expect(await loaded()).toEqual(rows);
    expect(await loaded(3)).toEqual(tensor('float32', [3, 2, 3], values.slice(0, 18)));
    expect((await loaded(9)).shape).toEqual([4, 2, 3]);
  });

  it('the hash covers what was read', async () => {
    const path = join(folder, 'x.npy');
    const whole = npyFile(rows);
    await writeFile(path, whole);
    const spec = { name: 'x', dtype: 'float32' as const, shape: [null, 2, 3] };
    const hash = async (samples?: number) => (await readDataset(path, { inputs: [spec], samples })).sha256;
    expect(await hash()).toBe(sha256([whole]));
    const first = await hash(1);
    expect(first).toBe(sha256([whole.slice(0, whole.length - 18 * 4)]));
    whole[whole.length - 1] = 7;
    await writeFile(path, whole);
    expect(await hash(1)).toBe(first);
  });

  it('nothing is read if the file is truncated, and the message says so', async () => {
    const path = join(folder, 'x.npy');
    await writeFile(path, npyFile(rows).slice(0, -4));
    const { entry } = await npyFileEntry(path, 'x', 1);
    expect(() => entry.load()).toThrow(/promises 96 bytes of data, but the file has 92/);
  });
});
