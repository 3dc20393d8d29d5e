import { createReadStream, createWriteStream, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';
import { UserError } from '../../errors';
import { formatExactCount } from '../../text/counts';
import type { ZipBytes, ZipEntry } from '../../zip/centralDirectory';
import { dataOffset, isDeflated, readCentralDirectory, ZipFault } from '../../zip/centralDirectory';
import { crc32 } from './crc32';

/**
 * The files of an archive on the disk, by name. Only its directory is read, which finds a library of a gigabyte at once.
 * Zip64 is refused: NuGet signs no such package (its error NU3006), and without it sizes end at 4 GiB.
 * @throws UserError when the archive is damaged or of a kind that is not read
 */
export async function readDirectory(path: string): Promise<Map<string, ZipEntry>> {
  const entries = await withArchive(path, (archive) => readCentralDirectory(archive, { most: Infinity, zip64: false }));
  return new Map(entries.map((entry) => [entry.name, entry]));
}

/**
 * Writes one file of the archive to `target`, chunk by chunk, and compares size and CRC-32 with the directory.
 * @throws UserError if they differ or the data cannot be unpacked
 */
export async function extract(
  path: string,
  entry: ZipEntry,
  target: string,
  { signal, onBytes }: { signal?: AbortSignal; onBytes?: (bytes: number) => void } = {},
): Promise<void> {
  const { name, packedSize, size } = entry;
  const { start, deflated } = await withArchive(path, (archive) => ({
    deflated: isDeflated(entry),
    start: dataOffset(archive, entry),
  }));
  // An empty range cannot be requested.
  const packed = packedSize === 0 ? Readable.from([]) : createReadStream(path, { start, end: start + packedSize - 1 });
  let written = 0;
  let crc = 0;
  const check = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      written += chunk.length;
      if (written > size) throw damaged(`${name} is longer than the ${formatExactCount(size)} bytes it should have`);
      crc = crc32(chunk, crc);
      yield chunk;
      onBytes?.(written);
    }
  };
  const out = createWriteStream(target, { flags: 'wx', flush: true });
  try {
    if (deflated) await pipeline(packed, createInflateRaw(), check, out, { signal });
    else await pipeline(packed, check, out, { signal });
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code?.startsWith('Z_')) throw damaged(`${name} cannot be unpacked`, fault);
    throw fault;
  }
  if (written !== size)
    throw damaged(`${name} has ${formatExactCount(written)} bytes instead of ${formatExactCount(size)}`);
  if (crc !== entry.crc) throw damaged(`the checksum (CRC-32) of ${name} differs`);
}

/** Opens the archive for one question about its headers. They are small, so they are read without a promise for each. */
async function withArchive<T>(path: string, ask: (archive: ZipBytes) => T): Promise<T> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    return ask({ size, read: (from, to) => readRange(file.fd, from, to) });
  } catch (fault) {
    throw fault instanceof ZipFault ? damaged(fault.message, fault) : fault;
  } finally {
    await file.close();
  }
}

function readRange(file: number, from: number, to: number): Buffer {
  const bytes = Buffer.alloc(to - from);
  if (readSync(file, bytes, 0, bytes.length, from) < bytes.length) throw new ZipFault('it is cut off');
  return bytes;
}

function damaged(reason: string, cause?: unknown): UserError {
  const text = { what: `The package cannot be unpacked: ${reason}.`, action: 'Nothing was kept. Try again later.' };
  return new UserError(text, { cause });
}
