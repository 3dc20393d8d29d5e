import { formatExactCount } from '../text/counts';

/** The bytes of an archive, in memory or on disk. The parser asks only for ranges within `size`. */
export interface ZipBytes {
  size: number;
  read: (from: number, to: number) => Buffer;
}

/** One file of an archive, as the central directory describes it. */
export interface ZipEntry {
  name: string;
  method: number;
  encrypted: boolean;
  /** CRC-32 of the unpacked file. */
  crc: number;
  packedSize: number;
  /** Length of the unpacked file. */
  size: number;
  /** Offset of the file's own header. */
  headerOffset: number;
}

/** Thrown if an archive contradicts itself or uses an unsupported format. The caller turns it into a message. */
export class ZipFault extends Error {}

const END = { signature: 0x06054b50, bytes: 22 };
const END_64 = { signature: 0x06064b50, bytes: 56 };
const LOCATOR_64 = { signature: 0x07064b50, bytes: 20 };
const CENTRAL = { signature: 0x02014b50, bytes: 46 };
const LOCAL = { signature: 0x04034b50, bytes: 30 };
const LONGEST_COMMENT = 0xffff;
/** Placeholders in fields whose true value is in a zip64 field. */
const WIDE_16 = 0xffff;
const WIDE_32 = 0xffffffff;
const SIZES_64 = 1;
const STORED = 0;
const DEFLATED = 8;

/**
 * Lists the files of an archive from the directory at its end. Compares the sizes in the directory with the length of
 * the archive.
 * @param limits.most largest number of files in the archive
 * @param limits.zip64 whether to read sizes beyond 4 GiB; otherwise an archive that has them is refused
 * @throws ZipFault
 * @see PKWARE APPNOTE 6.3, sections 4.3.12 to 4.3.16 and 4.5.3
 */
export function readCentralDirectory(archive: ZipBytes, limits: { most: number; zip64: boolean }): ZipEntry[] {
  const { from, to, count } = findDirectory(archive, limits);
  if (count > limits.most)
    throw new ZipFault(`it holds ${formatExactCount(count)} files, at most ${formatExactCount(limits.most)} are read`);
  const directory = archive.read(from, to);
  const entries: ZipEntry[] = [];
  for (let i = 0, at = 0; i < count; i++) {
    const { entry, next } = entryAt(directory, at, limits);
    entries.push(entry);
    at = next;
  }
  return entries;
}

/** Whether the file is deflated rather than stored. @throws ZipFault when it is encrypted or compressed otherwise */
export function isDeflated({ name, method, encrypted }: ZipEntry): boolean {
  if (encrypted) throw new ZipFault(`${name} is encrypted`);
  if (method !== STORED && method !== DEFLATED) throw new ZipFault(`${name} is compressed by method ${method}`);
  return method === DEFLATED;
}

/**
 * Computes the offset of a file's data. They follow the file's own header, whose extra field may be longer than the one
 * in the directory.
 * @throws ZipFault if there is no such header
 * @see PKWARE APPNOTE 6.3, section 4.3.7
 */
export function dataOffset(archive: ZipBytes, { name, headerOffset }: ZipEntry): number {
  const end = headerOffset + LOCAL.bytes;
  const header = end <= archive.size ? archive.read(headerOffset, end) : null;
  if (header?.readUInt32LE(0) !== LOCAL.signature) throw new ZipFault(`${name} is not where the directory says`);
  return end + header.readUInt16LE(26) + header.readUInt16LE(28);
}

interface Directory {
  from: number;
  to: number;
  count: number;
}

function findDirectory(archive: ZipBytes, { zip64 }: { zip64: boolean }): Directory {
  const { end, record } = findEnd(archive);
  let count = record.readUInt16LE(10);
  let bytes = record.readUInt32LE(12);
  let from = record.readUInt32LE(16);
  if (!zip64) {
    if (count === WIDE_16 || bytes === WIDE_32 || from === WIDE_32) throw new ZipFault('it is in the zip64 format');
  } else {
    const wide = findEnd64(archive, end);
    if (wide) [count, bytes, from] = [32, 40, 48].map((at) => long(wide, at));
  }
  const to = from + bytes;
  if (to > end || count * CENTRAL.bytes > bytes) throw new ZipFault('its directory is cut off');
  return { from, to, count };
}

/**
 * Finds the record at the end. A comment may follow the record and may itself look like a record. The function
 * therefore prefers a record whose comment fills the rest of the archive. Otherwise it takes the last record, because
 * some writers leave a few bytes after the archive.
 */
function findEnd(archive: ZipBytes): { end: number; record: Buffer } {
  const start = Math.max(0, archive.size - END.bytes - LONGEST_COMMENT);
  const tail = archive.read(start, archive.size);
  let last: number | null = null;
  for (let at = tail.length - END.bytes; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== END.signature) continue;
    last ??= at;
    if (at + END.bytes + tail.readUInt16LE(at + 20) !== tail.length) continue;
    last = at;
    break;
  }
  if (last === null) throw new ZipFault('it does not end like a zip file');
  return { end: start + last, record: tail.subarray(last) };
}

/** Finds the zip64 record through the locator before the end record. Returns null if there is no locator. */
function findEnd64(archive: ZipBytes, end: number): Buffer | null {
  if (end < LOCATOR_64.bytes) return null;
  const locator = archive.read(end - LOCATOR_64.bytes, end);
  if (locator.readUInt32LE(0) !== LOCATOR_64.signature) return null;
  const from = long(locator, 8);
  const record = from + END_64.bytes <= archive.size ? archive.read(from, from + END_64.bytes) : null;
  if (record?.readUInt32LE(0) !== END_64.signature) throw new ZipFault('its directory is not where its end says');
  return record;
}

function entryAt(directory: Buffer, at: number, limits: { zip64: boolean }): { entry: ZipEntry; next: number } {
  const nameAt = at + CENTRAL.bytes;
  if (nameAt > directory.length || directory.readUInt32LE(at) !== CENTRAL.signature) {
    throw new ZipFault('its directory cannot be read');
  }
  const extraAt = nameAt + directory.readUInt16LE(at + 28);
  const extraEnd = extraAt + directory.readUInt16LE(at + 30);
  if (extraEnd > directory.length) throw new ZipFault('its directory cannot be read');
  const entry = {
    name: directory.toString('utf8', nameAt, extraAt),
    method: directory.readUInt16LE(at + 10),
    encrypted: (directory.readUInt16LE(at + 8) & 1) === 1,
    crc: directory.readUInt32LE(at + 16),
    packedSize: directory.readUInt32LE(at + 20),
    size: directory.readUInt32LE(at + 24),
    headerOffset: directory.readUInt32LE(at + 42),
  };
  const wide = (['size', 'packedSize', 'headerOffset'] as const).filter((field) => entry[field] === WIDE_32);
  if (wide.length > 0 && !limits.zip64) throw new ZipFault(`${entry.name} is in the zip64 format`);
  const sizes = wideSizes(directory.subarray(extraAt, extraEnd));
  if (wide.length > sizes.length) throw new ZipFault(`the directory says not all of ${entry.name}`);
  wide.forEach((field, i) => (entry[field] = sizes[i]));
  return { entry, next: extraEnd + directory.readUInt16LE(at + 32) };
}

/** Reads the extra field with sizes beyond 4 GiB. It holds only those that the entry lacks, in the standard order. */
function wideSizes(extra: Buffer): number[] {
  for (let at = 0; at + 4 <= extra.length;) {
    const [id, length] = [extra.readUInt16LE(at), extra.readUInt16LE(at + 2)];
    const field = extra.subarray(at + 4, at + 4 + length);
    if (id === SIZES_64) return Array.from({ length: Math.min(3, field.length >> 3) }, (_, i) => long(field, 8 * i));
    at += 4 + length;
  }
  return [];
}

function long(bytes: Buffer, at: number): number {
  const value = Number(bytes.readBigUInt64LE(at));
  if (!Number.isSafeInteger(value)) throw new ZipFault('a size in it is impossible');
  return value;
}
