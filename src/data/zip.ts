import { canUnpackTo, unpackAll, unpackFirst } from './unpack';

/** A file of an archive, not unpacked yet. */
export interface ZipMember {
  name: string;
  /** Of the file when unpacked, as the directory says. */
  size: number;
  packed: Uint8Array<ArrayBuffer>;
  isPacked: boolean;
}

/** An archive contradicts itself, or is of a kind that is not read; who opens it turns this into a message. */
export class ZipFault extends Error {}

const END = { signature: 0x06054b50, bytes: 22 };
const END_64 = { signature: 0x06064b50, bytes: 56 };
const LOCATOR_64 = { signature: 0x07064b50, bytes: 20 };
const CENTRAL = { signature: 0x02014b50, bytes: 46 };
const LOCAL = { signature: 0x04034b50, bytes: 30 };
const LONGEST_COMMENT = 0xffff;
const SIZES_64 = 1;
const STORED = 0;
const DEFLATED = 8;

/**
 * The files of an archive, by the directory at its end. Everything the directory promises is compared with the length
 * of the archive, and no two files may share bytes: small archives that unpack to petabytes are made that way.
 * @param most files that are read
 * @throws ZipFault
 * @see PKWARE APPNOTE 6.3, sections 4.3.7, 4.3.12 to 4.3.16 and 4.5.3
 */
export function zipMembers(bytes: Uint8Array<ArrayBuffer>, most: number): ZipMember[] {
  const archive = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const directory = directoryOf(archive);
  const { count } = directory;
  if (count > most) throw new ZipFault(`it holds ${count} files, at most ${most} are read`);
  const members: ZipMember[] = [];
  const spans: { name: string; from: number; to: number }[] = [];
  for (let i = 0, at = directory.from; i < count; i++) {
    const entry = entryAt(archive, at, directory.to);
    at = entry.next;
    const { name, method, size, packedSize, encrypted } = entry;
    if (encrypted) throw new ZipFault(`${name} is encrypted`);
    if (method !== STORED && method !== DEFLATED) throw new ZipFault(`${name} is compressed by method ${method}`);
    const from = dataOffset(archive, entry);
    const to = from + packedSize;
    if (to > archive.length) throw new ZipFault(`${name} is cut off`);
    const isPacked = method === DEFLATED;
    if (isPacked ? !canUnpackTo(packedSize, size) : size !== packedSize) {
      throw new ZipFault(`${name} cannot have ${size} bytes: ${packedSize} stand for it`);
    }
    spans.push({ name, from: entry.offset, to });
    members.push({ name, size, packed: bytes.subarray(from, to), isPacked });
  }
  spans.sort((a, b) => a.from - b.from);
  const shared = spans.findIndex(({ from }, i) => i > 0 && from < spans[i - 1].to);
  if (shared > 0) throw new ZipFault(`${spans[shared].name} and ${spans[shared - 1].name} lie over each other`);
  return members;
}

/** The first bytes of a file, fewer where it has no more; all of them from `size` on. @throws Error when they are damaged */
export function unzipFirst({ packed, isPacked, size }: ZipMember, count: number): Uint8Array<ArrayBuffer> {
  if (!isPacked) return packed.subarray(0, count);
  return count >= size ? unpackAll(packed, 'deflate', size) : unpackFirst(packed, 'deflate', count);
}

function directoryOf(archive: Buffer): { from: number; to: number; count: number } {
  const end = endOf(archive);
  let count = archive.readUInt16LE(end + 10);
  let bytes = archive.readUInt32LE(end + 12);
  let from = archive.readUInt32LE(end + 16);
  const locator = end - LOCATOR_64.bytes;
  if (locator >= 0 && archive.readUInt32LE(locator) === LOCATOR_64.signature) {
    const end64 = long(archive, locator + 8);
    if (end64 + END_64.bytes > archive.length || archive.readUInt32LE(end64) !== END_64.signature) {
      throw new ZipFault('its directory is not where its end says');
    }
    [count, bytes, from] = [32, 40, 48].map((at) => long(archive, end64 + at));
  }
  const to = from + bytes;
  if (to > end || count * CENTRAL.bytes > bytes) throw new ZipFault('its directory is cut off');
  return { from, to, count };
}

/** Where the record at the end begins; a comment may follow it. */
function endOf(archive: Buffer): number {
  const first = Math.max(0, archive.length - END.bytes - LONGEST_COMMENT);
  for (let at = archive.length - END.bytes; at >= first; at--) {
    if (archive.readUInt32LE(at) === END.signature) return at;
  }
  throw new ZipFault('it does not end like a zip file');
}

interface Entry {
  name: string;
  method: number;
  encrypted: boolean;
  size: number;
  packedSize: number;
  /** Of the file's own header. */
  offset: number;
  /** Where the next entry begins. */
  next: number;
}

function entryAt(archive: Buffer, at: number, end: number): Entry {
  if (at + CENTRAL.bytes > end || archive.readUInt32LE(at) !== CENTRAL.signature) {
    throw new ZipFault('its directory cannot be read');
  }
  const nameEnd = at + CENTRAL.bytes + archive.readUInt16LE(at + 28);
  const extraEnd = nameEnd + archive.readUInt16LE(at + 30);
  if (extraEnd > end) throw new ZipFault('its directory cannot be read');
  const entry = {
    name: archive.toString('utf8', at + CENTRAL.bytes, nameEnd),
    method: archive.readUInt16LE(at + 10),
    encrypted: (archive.readUInt16LE(at + 8) & 1) === 1,
    size: archive.readUInt32LE(at + 24),
    packedSize: archive.readUInt32LE(at + 20),
    offset: archive.readUInt32LE(at + 42),
    next: extraEnd + archive.readUInt16LE(at + 32),
  };
  const sizes = wideSizes(archive.subarray(nameEnd, extraEnd));
  for (const field of ['size', 'packedSize', 'offset'] as const) {
    if (entry[field] !== 0xffffffff) continue;
    const wide = sizes.shift();
    if (wide === undefined) throw new ZipFault(`the directory says not all of ${entry.name}`);
    entry[field] = wide;
  }
  return entry;
}

/** Sizes beyond 4 GiB stand in a field of their own, in the order of the fields that lack them. */
function wideSizes(extra: Buffer): number[] {
  for (let at = 0; at + 4 <= extra.length;) {
    const [id, length] = [extra.readUInt16LE(at), extra.readUInt16LE(at + 2)];
    const field = extra.subarray(at + 4, at + 4 + length);
    if (id === SIZES_64) return Array.from({ length: Math.min(3, field.length >> 3) }, (_, i) => long(field, 8 * i));
    at += 4 + length;
  }
  return [];
}

/** Behind the file's own header, whose extra field may be longer than that of the directory. */
function dataOffset(archive: Buffer, { name, offset }: Entry): number {
  if (offset + LOCAL.bytes > archive.length || archive.readUInt32LE(offset) !== LOCAL.signature) {
    throw new ZipFault(`${name} is not where the directory says`);
  }
  return offset + LOCAL.bytes + archive.readUInt16LE(offset + 26) + archive.readUInt16LE(offset + 28);
}

function long(bytes: Buffer, at: number): number {
  const value = Number(bytes.readBigUInt64LE(at));
  if (!Number.isSafeInteger(value)) throw new ZipFault('a size in it is impossible');
  return value;
}
