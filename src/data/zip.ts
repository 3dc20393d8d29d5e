import { formatExactCount } from '../text/counts';
import type { ZipBytes } from '../zip/centralDirectory';
import { dataOffset, isDeflated, readCentralDirectory, ZipFault } from '../zip/centralDirectory';
import { canUnpackTo, unpackAll, unpackFirst } from './unpack';

/** A packed file in an archive that is in memory. */
export interface ZipMember {
  name: string;
  /** Length of the unpacked file according to the directory. */
  size: number;
  packed: Uint8Array<ArrayBuffer>;
  isPacked: boolean;
}

/**
 * Lists the files of an archive. Compares the sizes in the directory with the length of the archive. Refuses files that
 * share bytes, because small archives that unpack to petabytes rely on such files.
 * @param most largest number of files in the archive
 * @throws ZipFault
 */
export function zipMembers(bytes: Uint8Array<ArrayBuffer>, most: number): ZipMember[] {
  const archive = inMemory(bytes);
  const members: ZipMember[] = [];
  const spans: { name: string; from: number; to: number }[] = [];
  for (const entry of readCentralDirectory(archive, { most, zip64: true })) {
    const { name, size, packedSize } = entry;
    const isPacked = isDeflated(entry);
    const from = dataOffset(archive, entry);
    const to = from + packedSize;
    if (to > archive.size) throw new ZipFault(`${name} is cut off`);
    if (isPacked ? !canUnpackTo(packedSize, size) : size !== packedSize) {
      throw new ZipFault(
        `${name} cannot have ${formatExactCount(size)} bytes: ${formatExactCount(packedSize)} stand for it`,
      );
    }
    spans.push({ name, from: entry.headerOffset, to });
    members.push({ name, size, packed: bytes.subarray(from, to), isPacked });
  }
  spans.sort((a, b) => a.from - b.from);
  const shared = spans.findIndex(({ from }, i) => i > 0 && from < spans[i - 1].to);
  if (shared > 0) throw new ZipFault(`${spans[shared].name} and ${spans[shared - 1].name} lie over each other`);
  return members;
}

/** Unpacks the first `count` bytes of a file, or all of a shorter file. @throws Error if the data are damaged */
export function unzipFirst({ packed, isPacked, size }: ZipMember, count: number): Uint8Array<ArrayBuffer> {
  if (!isPacked) return packed.subarray(0, count);
  return count >= size ? unpackAll(packed, 'deflate', size) : unpackFirst(packed, 'deflate', count);
}

function inMemory(bytes: Uint8Array<ArrayBuffer>): ZipBytes {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { size: buffer.length, read: (from, to) => buffer.subarray(from, to) };
}
