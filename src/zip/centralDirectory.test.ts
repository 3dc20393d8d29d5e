import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import type { ZipBytes } from './centralDirectory';
import { dataOffset, isDeflated, readCentralDirectory, ZipFault } from './centralDirectory';

const text = Buffer.from('All happy families are alike. '.repeat(100));
const plain = Buffer.from(zipSync({ 'a/deflated.txt': text, 'stored.txt': [text, { level: 0 }] }));
const END_BYTES = 22;

/** Creates an archive that refuses ranges outside it, as a file on disk would. */
function archive(bytes: Buffer): ZipBytes & { bytesRead: number } {
  const reader = {
    size: bytes.length,
    bytesRead: 0,
    read(from: number, to: number): Buffer {
      expect(from).toBeGreaterThanOrEqual(0);
      expect(to).toBeGreaterThanOrEqual(from);
      expect(to).toBeLessThanOrEqual(bytes.length);
      reader.bytesRead += to - from;
      return bytes.subarray(from, to);
    },
  };
  return reader;
}
const limits = { most: 9, zip64: true };
const namesOf = (bytes: Buffer) => readCentralDirectory(archive(bytes), limits).map(({ name }) => name);

function withComment(comment: Buffer, { said = comment.length } = {}): Buffer {
  const bytes = Buffer.concat([plain, comment]);
  bytes.writeUInt16LE(said, plain.length - 2);
  return bytes;
}

describe('the central directory', () => {
  it('says where the data of each file begins and how it is packed', () => {
    const entries = readCentralDirectory(archive(plain), limits);
    expect(entries.map((entry) => [entry.name, entry.size, isDeflated(entry)])).toEqual([
      ['a/deflated.txt', text.length, true],
      ['stored.txt', text.length, false],
    ]);
    const from = dataOffset(archive(plain), entries[1]);
    expect(plain.subarray(from, from + text.length).equals(text)).toBe(true);
  });

  it('is found without reading the packed data', () => {
    const reader = archive(Buffer.from(zipSync({ large: [new Uint8Array(2 ** 20), { level: 0 }] })));
    expect(readCentralDirectory(reader, limits)).toHaveLength(1);
    expect(reader.bytesRead).toBeLessThan(2 ** 17);
  });

  it('is found before a comment, even one that looks like the end of an archive', () => {
    expect(namesOf(withComment(Buffer.from('by hand')))).toHaveLength(2);
    expect(namesOf(withComment(Buffer.alloc(0xffff)))).toHaveLength(2);
    const inner = Buffer.concat([plain.subarray(-END_BYTES), Buffer.from('!')]);
    expect(namesOf(withComment(inner))).toHaveLength(2);
  });

  it('is found even if stray bytes follow the archive', () => {
    expect(namesOf(withComment(Buffer.from('\n'), { said: 0 }))).toHaveLength(2);
  });

  it('never leads the reader outside the archive, whichever byte is changed', () => {
    const from = plain.readUInt32LE(plain.length - 6);
    for (let at = from; at < plain.length; at++) {
      for (const value of [0, 1, 0x7f, 0xff]) {
        const bytes = Buffer.from(plain);
        bytes[at] = value;
        try {
          const reader = archive(bytes);
          for (const entry of readCentralDirectory(reader, limits)) dataOffset(reader, entry);
        } catch (fault) {
          expect(fault).toBeInstanceOf(ZipFault);
        }
      }
    }
  });
});
