import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import jpeg from 'jpeg-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tensor } from '../graph/tensor';
import { openIdx } from './idx';
import { checkImageSize } from './imageSize';
import { npyFileEntry } from './npy';
import { openNpz } from './npz';
import { readDataset } from './readDataset';
import { npyFile } from './testing/npyFile';
import { canUnpackTo, unpackFirst } from './unpack';
import { zipMembers } from './zip';

/** Small files may declare huge sizes. The readers compare these sizes with the file before they allocate memory. */

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-promises-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, bytes: Uint8Array): Promise<string> {
  await mkdir(dirname(join(folder, name)), { recursive: true });
  await writeFile(join(folder, name), bytes);
  return join(folder, name);
}

const table = { inputs: [{ name: 'x', dtype: 'float32' as const, shape: [null, 4] }] };
const pictures = { inputs: [{ name: 'x', dtype: 'float32' as const, shape: [null, 3, 4, 4] }] };

/** Writes a numpy header with nothing after it. */
function npyHeader(descr: string, shape: string, { fortran = false } = {}): Uint8Array<ArrayBuffer> {
  const text = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${shape}), }`;
  return new Uint8Array(Buffer.from(`\x93NUMPY\x01\x00\x76\x00${text.padEnd(117)}\n`, 'latin1'));
}

describe('.npy', () => {
  it.each([
    ['text', '<U9', '2, 1099511627776', 'contains text'],
    ['Python objects', '|O', '2, 1099511627776', 'contains Python objects'],
    ['more than the file has', '<f4', '4, 1099511627776', 'is truncated'],
    ['more elements than can be counted', '<f4', '9007199254740991, 9007199254740991', 'its shape is'],
    ['too many axes', '<f4', '1,'.repeat(40) + '1,'.repeat(25), 'it has 65 axes'],
    ['a type named like a property of every object', '<constructor', '2, 4', 'real numbers and booleans only'],
    ['another such type', '|toString', '2, 4', 'real numbers and booleans only'],
  ])('is refused in column-major order: %s', async (_, descr, shape, message) => {
    const header = Buffer.from(npyHeader(descr, '', { fortran: true }));
    const text = header.toString('latin1').replace('()', `(${shape})`).replace(/ *\n$/, '');
    const bytes = Buffer.from(`${text}\n`, 'latin1');
    bytes.writeUInt16LE(bytes.length - 10, 8);
    const path = await file('x.npy', bytes);
    await expect(npyFileEntry(path, 'x').then(({ entry }) => entry.load())).rejects.toThrow(message);
  });

  it('without rows has no samples, however many columns it declares', async () => {
    const path = await file('x.npy', npyHeader('<f4', '0, 1099511627776', { fortran: true }));
    await expect(readDataset(path, table)).rejects.toThrow('no samples');
  });

  it('gives the first samples of many short columns and of few long ones', async () => {
    // Columns of 3 rows fit in one block; columns of 2 MiB and more do not.
    for (const [rows, columns] of [
      [3, 5000],
      [2 ** 21, 4],
    ] as const) {
      const header = npyHeader('<f4', `${rows}, ${columns}`, { fortran: true });
      const data = Float32Array.from({ length: rows * columns }, (_, i) => i);
      const path = await file('x.npy', Buffer.concat([header, new Uint8Array(data.buffer)]));
      const wanted = { inputs: [{ name: 'x', dtype: 'float32' as const, shape: [null, columns] }], samples: 2 };
      const { inputs } = await readDataset(path, wanted);
      const first = Float32Array.from({ length: columns }, (_, c) => c * rows);
      expect(inputs.x.data).toEqual(Float32Array.from([...first, ...first.map((value) => value + 1)]));
    }
  });
});

describe('.npz', () => {
  const zeros = 2 ** 22;

  it('unpacks only the requested samples', async () => {
    const member = Buffer.concat([npyHeader('<f4', `${zeros / 16}, 4`), new Uint8Array(zeros)]);
    const path = await file('x.npz', zipSync({ 'x.npy': member }));
    const { entries } = await openNpz(path, { samples: 4 });
    expect(entries[0].shape).toEqual([zeros / 16, 4]);
    const loaded = entries[0].load();
    expect(loaded.shape).toEqual([4, 4]);
    expect(loaded.data.buffer.byteLength).toBe(128 + 4 * 16);
    expect((await openNpz(path)).entries[0].load().shape).toEqual([zeros / 16, 4]);
  });

  it('does not unpack bytes beyond the header or arrays that do not fit', async () => {
    const member = Buffer.concat([npyHeader('<f4', '2, 4'), new Uint8Array(zeros)]);
    const { entries } = await openNpz(await file('x.npz', zipSync({ 'x.npy': member })));
    expect(entries[0].load().data.buffer.byteLength).toBe(128 + 32);
    const wide = Buffer.concat([npyHeader('<f4', `${zeros / 32}, 8`), new Uint8Array(zeros)]);
    await expect(readDataset(await file('y.npz', zipSync({ 'x.npy': wide })), table)).rejects.toThrow('does not fit');
  });

  const plain = () => zipSync({ 'x.npy': npyFile(tensor('float32', [2, 4], [1, 2, 3, 4, 5, 6, 7, 8])) });
  const patched = (change: (bytes: Buffer, central: number, end: number) => void): Uint8Array<ArrayBuffer> => {
    const bytes = Buffer.from(plain());
    const end = bytes.length - 22;
    change(bytes, bytes.readUInt32LE(end + 16), end);
    return new Uint8Array(bytes);
  };

  it.each([
    ['a size that the packed bytes cannot unpack to', (b: Buffer, at: number) => b.writeUInt32LE(2 ** 31, at + 24)],
    ['more packed bytes than the file has', (b: Buffer, at: number) => b.writeUInt32LE(2 ** 31, at + 20)],
    ['a member that begins beyond the end', (b: Buffer, at: number) => b.writeUInt32LE(2 ** 31, at + 42)],
    ['more files than fit into the directory', (b: Buffer, _: number, end: number) => b.writeUInt16LE(99, end + 10)],
    ['a directory beyond the end', (b: Buffer, _: number, end: number) => b.writeUInt32LE(2 ** 31, end + 16)],
    ['an unknown method', (b: Buffer, at: number) => b.writeUInt16LE(12, at + 10)],
    ['sizes in a missing field', (b: Buffer, at: number) => b.writeUInt32LE(2 ** 32 - 1, at + 24)],
  ])('refuses %s', async (_, change) => {
    await expect(openNpz('x.npz', { read: patched(change) })).rejects.toThrow('The .npz archive is damaged');
  });

  it('refuses members that share bytes, and too many members', () => {
    const two = Buffer.from(zipSync({ 'a.npy': new Uint8Array(9), 'b.npy': new Uint8Array(9) }));
    const central = two.readUInt32LE(two.length - 6);
    const second = central + 46 + 5;
    two.writeUInt32LE(two.readUInt32LE(central + 42), second + 42);
    expect(() => zipMembers(new Uint8Array(two), 9)).toThrow('lie over each other');
    expect(() => zipMembers(plain(), 0)).toThrow('it holds 1 files');
  });

  it('reads 64-bit sizes', async () => {
    // numpy writes the sizes of each member in a zip64 field, although they are small.
    const bytes = Buffer.from(plain());
    const end = bytes.length - 22;
    const central = bytes.readUInt32LE(end + 16);
    const entry = Buffer.concat([bytes.subarray(central, end), Buffer.alloc(20)]);
    entry.writeUInt16LE(1, entry.length - 20);
    entry.writeUInt16LE(16, entry.length - 18);
    entry.writeBigUInt64LE(BigInt(entry.readUInt32LE(24)), entry.length - 16);
    entry.writeBigUInt64LE(BigInt(entry.readUInt32LE(20)), entry.length - 8);
    entry.writeUInt32LE(2 ** 32 - 1, 20);
    entry.writeUInt32LE(2 ** 32 - 1, 24);
    entry.writeUInt16LE(20, 30);
    const end64 = Buffer.alloc(56 + 20);
    end64.writeUInt32LE(0x06064b50, 0);
    end64.writeBigUInt64LE(1n, 32);
    end64.writeBigUInt64LE(BigInt(entry.length), 40);
    end64.writeBigUInt64LE(BigInt(central), 48);
    end64.writeUInt32LE(0x07064b50, 56);
    end64.writeBigUInt64LE(BigInt(central + entry.length), 64);
    const last = Buffer.from(bytes.subarray(end)).fill(0xff, 8, 20);
    const whole = Buffer.concat([bytes.subarray(0, central), entry, end64, last]);
    const path = await file('x.npz', whole);
    expect((await readDataset(path, table)).inputs.x.data).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8));
  });
});

it('an array in an .npz is read at any alignment of its elements', async () => {
  // This header has 113 bytes, because writers other than numpy may leave it unaligned.
  const npy = Buffer.concat([
    npyHeader('<f4', '2, 4').subarray(0, 113),
    new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8).buffer),
  ]);
  npy[8] = 103;
  const { inputs } = await readDataset(await file('x.npz', zipSync({ 'x.npy': npy })), table);
  expect(inputs.x.data).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8));
});

describe('gzipped IDX', () => {
  it('unpacks only the requested samples', async () => {
    const header = Buffer.from([0, 0, 8, 2, 0, 64, 0, 0, 0, 0, 0, 4]);
    const path = await file('a-images-idx2-ubyte.gz', gzipSync(Buffer.concat([header, new Uint8Array(2 ** 24)])));
    const loaded = (await openIdx(path, { samples: 3 })).entries[0].load();
    expect(loaded.shape).toEqual([3, 4]);
    expect(loaded.data.buffer.byteLength).toBe(12 + 12);
  });

  it('counts as truncated if its bytes cannot unpack to the declared size', async () => {
    const header = Buffer.from([0, 0, 8, 2, 0x7f, 0, 0, 0, 0, 0, 0, 4]);
    const path = await file('a-images-idx2-ubyte.gz', gzipSync(Buffer.concat([header, new Uint8Array(2 ** 20)])));
    await expect(readDataset(path, table)).rejects.toThrow('is truncated');
  });
});

it('a stream is not unpacked beyond the requested bytes, even if it is damaged there', () => {
  const packed = deflateRawSync(new Uint8Array(2 ** 24));
  packed.fill(0xff, packed.length / 2);
  expect(unpackFirst(packed, 'deflate', 100)).toEqual(new Uint8Array(100));
  expect(canUnpackTo(deflateRawSync(new Uint8Array(2 ** 24)).length, 2 ** 24)).toBe(true);
});

describe('pictures', () => {
  /** Writes a PNG of a header and one chunk of pixel data, valid or not. */
  function png(width: number, height: number, { pixels = new Uint8Array(0), interlaced = false } = {}): Uint8Array {
    const header = Buffer.alloc(33 + 8);
    Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR', 'latin1').copy(header);
    header.writeUInt32BE(width, 16);
    header.writeUInt32BE(height, 20);
    header.set([8, 2, 0, 0, interlaced ? 1 : 0], 24);
    const packed = deflateSync(pixels);
    header.writeUInt32BE(packed.length, 33);
    header.write('IDAT', 37);
    return Buffer.concat([header, packed]);
  }

  it.each([
    ['2³¹ − 1 pixels each way', png(2 ** 31 - 1, 2 ** 31 - 1), 'the limit is'],
    ['more than the file can hold', png(8000, 8000), 'cannot hold 8000 × 8000'],
    ['no pixels', png(0, 3), 'it has 0 × 3 pixels'],
    ['no header', png(3, 3).fill(0, 12, 16), 'does not begin like a PNG'],
  ])('of %s are refused before they are decoded', async (_, bytes, message) => {
    expect(() => checkImageSize(bytes)).toThrow(message);
    await file('data/a/1.png', bytes);
    await expect(readDataset(join(folder, 'data'), pictures)).rejects.toThrow('The image cannot be decoded');
  });

  it('cannot unpack to more than their size when interlaced', () => {
    // Adam7 splits 9 × 9 RGB pixels into passes of 2×2, 1×2, 3×1, 2×3, 5×2, 4×5 and 9×4, with a filter byte per row.
    const size = 2 * 7 + 2 * 4 + 10 + 3 * 7 + 2 * 16 + 5 * 13 + 4 * 28;
    const pixels = new Uint8Array(size);
    expect(() => checkImageSize(png(9, 9, { pixels, interlaced: true }))).not.toThrow();
    const bomb = png(9, 9, { pixels: new Uint8Array(size + 1), interlaced: true });
    expect(() => checkImageSize(bomb)).toThrow();
  });

  it('are also checked in JPEG', () => {
    const bytes = jpeg.encode({ width: 8, height: 8, data: new Uint8Array(256) }, 50).data;
    expect(() => checkImageSize(bytes)).not.toThrow();
    const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]));
    bytes.writeUInt16BE(5000, frame + 5);
    bytes.writeUInt16BE(5000, frame + 7);
    expect(() => checkImageSize(bytes)).toThrow('cannot hold 5000 × 5000');
    bytes.writeUInt16BE(65535, frame + 5);
    bytes.writeUInt16BE(65535, frame + 7);
    expect(() => checkImageSize(bytes)).toThrow('the limit is');
  });
});
