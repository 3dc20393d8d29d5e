import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { decodeHeader, HEADER_BYTES } from './record';
import type { RecordHeader } from './record';

/** @throws Error where something else than a file lies there: reading a pipe would never end */
export async function openOrCreate(path: string): Promise<FileHandle> {
  const file = await open(path, constants.O_RDWR | constants.O_CREAT | (constants.O_NONBLOCK ?? 0));
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new Error(`${path} is no regular file`);
}

/** The header that begins at a byte of the file; null where none does. */
export async function headerAt(file: FileHandle, at: number): Promise<{ bytes: Buffer; header: RecordHeader } | null> {
  const bytes = Buffer.alloc(HEADER_BYTES);
  if (!(await readFully(file, bytes, at))) return null;
  const header = decodeHeader(bytes);
  return header && { bytes, header };
}

/** One read or write moves at most 2 GiB. */
const CHUNK = 2 ** 30;

/** Fills an array from the file; false where the file ends before. */
export async function readFully(file: FileHandle, into: Uint8Array, at: number): Promise<boolean> {
  for (let done = 0; done < into.length;) {
    const { bytesRead } = await file.read(into, done, Math.min(CHUNK, into.length - done), at + done);
    if (bytesRead === 0) return false;
    done += bytesRead;
  }
  return true;
}

/** Writes pieces one after the other: small ones in one call, long ones in several. */
export async function writeFully(file: FileHandle, pieces: readonly Uint8Array[], at: number): Promise<void> {
  const total = pieces.reduce((sum, { length }) => sum + length, 0);
  let rest = pieces;
  for (let done = 0; done < total;) {
    const few = leading(rest, CHUNK);
    const { bytesWritten } = await file.writev(few, at + done);
    done += bytesWritten;
    rest = withoutFirst(rest, bytesWritten);
  }
}

/** As many bytes of the beginning as `most`. */
function leading(pieces: readonly Uint8Array[], most: number): Uint8Array[] {
  const taken: Uint8Array[] = [];
  let bytes = 0;
  for (const piece of pieces) {
    if (bytes >= most) break;
    taken.push(piece.subarray(0, most - bytes));
    bytes += taken.at(-1)!.length;
  }
  return taken;
}

function withoutFirst(pieces: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let skipped = bytes;
  return pieces.flatMap((piece) => {
    const cut = Math.min(skipped, piece.length);
    skipped -= cut;
    return cut === piece.length ? [] : [piece.subarray(cut)];
  });
}
