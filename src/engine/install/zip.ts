import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';
import { UserError } from '../../errors';
import { crc32 } from './crc32';

/** One file of an archive, as its central directory has it. */
export interface ZipEntry {
  name: string;
  method: number;
  encrypted: boolean;
  crc: number;
  compressedSize: number;
  size: number;
  headerOffset: number;
}

const END = { signature: 0x06054b50, bytes: 22 };
const CENTRAL = { signature: 0x02014b50, bytes: 46 };
const LOCAL = { signature: 0x04034b50, bytes: 30 };
const LONGEST_COMMENT = 0xffff;
const STORED = 0;
const DEFLATED = 8;

/**
 * The files of an archive by name, from the directory at its end: a library of a gigabyte is found without reading it.
 * Zip64 is refused: NuGet signs no such package (its error NU3006), and without it sizes end at 4 GiB.
 * @throws UserError when the archive is damaged or of a kind that is not read
 * @see PKWARE APPNOTE 6.3, sections 4.3.12 and 4.3.16
 */
export async function readDirectory(path: string): Promise<Map<string, ZipEntry>> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const tail = await read(file, Math.max(0, size - END.bytes - LONGEST_COMMENT), size);
    const end = endOfDirectory(tail);
    const [count, bytes, offset] = [end.readUInt16LE(10), end.readUInt32LE(12), end.readUInt32LE(16)];
    if (count === 0xffff || bytes === 0xffffffff || offset === 0xffffffff) throw damaged('it is in the zip64 format');
    if (offset + bytes > size) throw damaged('its directory is cut off');
    return entriesOf(await read(file, offset, offset + bytes), count);
  } finally {
    await file.close();
  }
}

/**
 * Writes one file of the archive to `target`, chunk by chunk, and compares size and CRC-32 with the directory.
 * @throws UserError when they differ, or the data cannot be unpacked
 */
export async function extract(
  path: string,
  entry: ZipEntry,
  target: string,
  { signal, onBytes }: { signal?: AbortSignal; onBytes?: (bytes: number) => void } = {},
): Promise<void> {
  const { name, method, encrypted, compressedSize, size } = entry;
  if (encrypted) throw damaged(`${name} is encrypted`);
  if (method !== STORED && method !== DEFLATED) throw damaged(`${name} is compressed by method ${method}`);
  const start = await dataOffset(path, entry);
  // A range without bytes cannot be asked for.
  const packed =
    compressedSize === 0 ? Readable.from([]) : createReadStream(path, { start, end: start + compressedSize - 1 });
  let written = 0;
  let crc = 0;
  const check = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      written += chunk.length;
      if (written > size) throw damaged(`${name} is longer than the ${size} bytes it should have`);
      crc = crc32(chunk, crc);
      yield chunk;
      onBytes?.(written);
    }
  };
  const out = createWriteStream(target, { flags: 'wx', flush: true });
  try {
    if (method === STORED) await pipeline(packed, check, out, { signal });
    else await pipeline(packed, createInflateRaw(), check, out, { signal });
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code?.startsWith('Z_')) throw damaged(`${name} cannot be unpacked`, fault);
    throw fault;
  }
  if (written !== size) throw damaged(`${name} has ${written} bytes instead of ${size}`);
  if (crc !== entry.crc) throw damaged(`the checksum (CRC-32) of ${name} differs`);
}

/** The record at the end; a comment of any length may follow it. */
function endOfDirectory(tail: Buffer): Buffer {
  for (let at = tail.length - END.bytes; at >= 0; at--) {
    const ends = at + END.bytes + tail.readUInt16LE(at + 20) === tail.length;
    if (ends && tail.readUInt32LE(at) === END.signature) return tail.subarray(at);
  }
  throw damaged('it does not end like a zip file');
}

function entriesOf(directory: Buffer, count: number): Map<string, ZipEntry> {
  const entries = new Map<string, ZipEntry>();
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + CENTRAL.bytes > directory.length || directory.readUInt32LE(at) !== CENTRAL.signature)
      throw damaged('its directory cannot be read');
    const nameBytes = directory.readUInt16LE(at + 28);
    const name = directory.toString('utf8', at + CENTRAL.bytes, at + CENTRAL.bytes + nameBytes);
    const entry = {
      name,
      encrypted: (directory.readUInt16LE(at + 8) & 1) === 1,
      method: directory.readUInt16LE(at + 10),
      crc: directory.readUInt32LE(at + 16),
      compressedSize: directory.readUInt32LE(at + 20),
      size: directory.readUInt32LE(at + 24),
      headerOffset: directory.readUInt32LE(at + 42),
    };
    if ([entry.compressedSize, entry.size, entry.headerOffset].includes(0xffffffff))
      throw damaged(`${name} is in the zip64 format`);
    entries.set(name, entry);
    at += CENTRAL.bytes + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

/** Behind the entry's own header, whose extra field may be longer than that of the directory. */
async function dataOffset(path: string, { name, headerOffset }: ZipEntry): Promise<number> {
  const file = await open(path);
  try {
    const header = await read(file, headerOffset, headerOffset + LOCAL.bytes);
    if (header.readUInt32LE(0) !== LOCAL.signature) throw damaged(`${name} is not where the directory says`);
    return headerOffset + LOCAL.bytes + header.readUInt16LE(26) + header.readUInt16LE(28);
  } finally {
    await file.close();
  }
}

async function read(file: FileHandle, from: number, to: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(to - from), 0, to - from, from);
  if (bytesRead < to - from) throw damaged('it is cut off');
  return buffer;
}

function damaged(reason: string, cause?: unknown): UserError {
  const text = { what: `The package cannot be unpacked: ${reason}.`, action: 'Nothing was kept. Try again later.' };
  return new UserError(text, { cause });
}
