import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { decodeHeader, HEADER_BYTES } from './record';
import type { RecordHeader } from './record';

/** Opens or creates a file. @throws Error if the path is no regular file, because reading a pipe would never end */
export async function openOrCreate(path: string): Promise<FileHandle> {
  const file = await open(path, constants.O_RDWR | constants.O_CREAT | (constants.O_NONBLOCK ?? 0));
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new Error(`${path} is no regular file`);
}

/** Reads the header that begins at byte `at` of the file. Returns null if none begins there. */
export async function headerAt(file: FileHandle, at: number): Promise<{ bytes: Buffer; header: RecordHeader } | null> {
  const bytes = Buffer.alloc(HEADER_BYTES);
  if (!(await readFully(file, bytes, at))) return null;
  const header = decodeHeader(bytes);
  return header && { bytes, header };
}

/** One read or write moves at most 2 GiB. */
const CHUNK = 2 ** 30;

/** Fills an array from the file. Returns false if the file ends too early. */
export async function readFully(file: FileHandle, into: Uint8Array, at: number): Promise<boolean> {
  for (let done = 0; done < into.length;) {
    const { bytesRead } = await file.read(into, done, Math.min(CHUNK, into.length - done), at + done);
    if (bytesRead === 0) return false;
    done += bytesRead;
  }
  return true;
}

/** Writes pieces one after the other. Small pieces share one call, and long pieces take several. */
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

/** Returns the first `most` bytes of the pieces. */
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
