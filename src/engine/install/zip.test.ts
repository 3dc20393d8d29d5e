import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatExactCount } from '../../text/counts';
import { crc32 } from './crc32';
import { extract, readDirectory } from './zip';

let folder: string;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-zip-'));
});
afterAll(() => rm(folder, { recursive: true }));

const text = Buffer.from('All happy families are alike. '.repeat(10_000));
const archive = zipSync({
  'a/deflated.txt': text,
  'a/stored.txt': [text, { level: 0 }],
  'a/empty.txt': new Uint8Array(),
});

/** Of a field of the central directory's entry `name`. */
function at(bytes: Uint8Array, name: string, field: number): number {
  return Buffer.from(bytes).lastIndexOf(name) - 46 + field;
}

function changed(change: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.from(archive);
  change(bytes);
  return bytes;
}

async function written(bytes: Uint8Array): Promise<string> {
  const path = join(folder, `${count++}.zip`);
  await writeFile(path, bytes);
  return path;
}

async function extracted(bytes: Uint8Array, name: string): Promise<Buffer> {
  const path = await written(bytes);
  const target = join(folder, `${count++}.txt`);
  await extract(path, (await readDirectory(path)).get(name)!, target);
  return readFile(target);
}

describe('crc32', () => {
  it('gives the check value of its definition, in one piece or in two', () => {
    const digits = Buffer.from('123456789');
    expect(crc32(digits)).toBe(0xcbf43926);
    expect(crc32(digits.subarray(4), crc32(digits.subarray(0, 4)))).toBe(0xcbf43926);
  });
});

describe('readDirectory', () => {
  it('lists the files of the archive', async () => {
    const entries = await readDirectory(await written(archive));
    expect([...entries.keys()]).toEqual(['a/deflated.txt', 'a/stored.txt', 'a/empty.txt']);
    expect([...entries.values()].map(({ size }) => size)).toEqual([text.length, text.length, 0]);
  });

  it('finds the directory before a comment', async () => {
    const comment = Buffer.from('written by hand');
    const bytes = Buffer.concat([archive, comment]);
    bytes.writeUInt16LE(comment.length, archive.length - 2);
    expect((await readDirectory(await written(bytes))).size).toBe(3);
  });

  it.each([
    ['an empty file', new Uint8Array(), 'it does not end like a zip file'],
    ['text', text, 'it does not end like a zip file'],
    ['half an archive', archive.subarray(0, archive.length >> 1), 'it does not end like a zip file'],
    ['a directory beyond the end', changed((b) => b.writeUInt32LE(b.length, b.length - 6)), 'its directory is cut off'],
    ['a directory elsewhere', changed((b) => b.writeUInt32LE(0, b.length - 6)), 'its directory cannot be read'],
    ['zip64 as a whole', changed((b) => b.writeUInt32LE(0xffffffff, b.length - 6)), 'it is in the zip64 format'],
    [
      'zip64 of one file',
      changed((b) => b.writeUInt32LE(0xffffffff, at(b, 'a/stored.txt', 24))),
      'a/stored.txt is in the zip64 format',
    ],
  ])('refuses %s', async (_, bytes, reason) => {
    await expect(readDirectory(await written(bytes))).rejects.toThrow(`cannot be unpacked: ${reason}.`);
  });
});

describe('extract', () => {
  it.each([
    ['a/deflated.txt', text],
    ['a/stored.txt', text],
    ['a/empty.txt', Buffer.alloc(0)],
  ])('returns the contents of %s', async (name, expected) => {
    expect((await extracted(archive, name)).equals(expected)).toBe(true);
  });

  const stored = 'a/stored.txt';
  const deflated = 'a/deflated.txt';
  it.each([
    ['checksum', stored, 16, 1, `the checksum (CRC-32) of ${stored} differs`],
    ['checksum', deflated, 16, 1, `the checksum (CRC-32) of ${deflated} differs`],
    ['size', deflated, 24, 1, `${deflated} is longer than the 1 bytes it should have`],
    ['size', deflated, 24, 2 ** 30, `${deflated} has ${formatExactCount(text.length)} bytes instead of 1,073,741,824`],
    ['packed size', deflated, 20, 10, `${deflated} cannot be unpacked`],
    ['place', deflated, 42, 3, `${deflated} is not where the directory says`],
    ['flags', deflated, 8, 1, `${deflated} is encrypted`],
    ['method', deflated, 10, 93, `${deflated} is compressed by method 93`],
  ])('refuses a wrong %s of %s', async (field, name, offset, value, reason) => {
    const wide = !['flags', 'method'].includes(field);
    const bytes = changed((b) => {
      if (wide) b.writeUInt32LE(value, at(b, name, offset));
      else b.writeUInt16LE(value, at(b, name, offset));
    });
    await expect(extracted(bytes, name)).rejects.toThrow(`cannot be unpacked: ${reason}.`);
  });

  it('refuses packed data that was changed', async () => {
    const bytes = changed((b) => b.fill(0xff, b.indexOf('a/deflated.txt') + 14, b.indexOf('a/deflated.txt') + 40));
    await expect(extracted(bytes, deflated)).rejects.toThrow(`${deflated} cannot be unpacked`);
  });
});
