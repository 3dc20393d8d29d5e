import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { constants } from 'node:buffer';
import { UserError } from '../errors';
import { openRegularFile } from '../regularFile';
import { formatBytes } from '../text/sizes';

// One read call moves at most 2 GiB; 1 GiB keeps every offset a small integer.
const CHUNK = 2 ** 30;

/**
 * Reads a whole file. Reads files beyond 2 GiB in several steps, because `fs.readFile` refuses them.
 * @throws UserError if the file is missing, not a regular file, unreadable, empty or larger than the longest array
 */
export async function readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return withFile(path, async (file) => {
    const { size } = file;
    if (size === 0) throw new UserError({ what: 'The file is empty.', where: [path], action: 'Save the data again.' });
    if (size > constants.MAX_LENGTH) {
      throw new UserError({
        what: `The file has ${formatBytes(size)}; at most ${formatBytes(constants.MAX_LENGTH)} can be read at once.`,
        where: [path],
        action:
          'Save fewer samples to a separate file; a few thousand samples give nearly the same result as the whole set.',
      });
    }
    const bytes = allocate(size, path);
    const count = await file.read(bytes, 0);
    if (count < size) throw new UserError({ what: 'The file shrank while Ridgeline read it.', where: [path] });
    return bytes;
  });
}

/** An open file whose parts can be read. */
export interface OpenFile {
  size: number;
  /** Fills `into` with the bytes from offset `at` on. @returns the number of bytes read */
  read(into: Uint8Array, at: number): Promise<number>;
}

/** Opens a file while `use` runs. @throws UserError if it is missing, not a regular file, or unreadable */
export async function withFile<T>(path: string, use: (file: OpenFile) => Promise<T>): Promise<T> {
  const { file, size } = await openRegularFile(path).catch((error: unknown) => unreadable(path, error));
  try {
    const read = async (into: Uint8Array, from: number): Promise<number> => {
      let done = 0;
      while (done < into.length) {
        const { bytesRead } = await file.read(into, done, Math.min(CHUNK, into.length - done), from + done);
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      return done;
    };
    return await use({ size, read });
  } finally {
    await file.close();
  }
}

/** Reads the first `count` bytes of a file, or all of a shorter file. */
export function firstBytes(path: string, count: number): Promise<Uint8Array<ArrayBuffer>> {
  return withFile(path, async (file) => {
    const bytes = new Uint8Array(count);
    return bytes.subarray(0, await file.read(bytes, 0));
  });
}

export async function statOf(path: string): Promise<Stats> {
  return stat(path).catch((error: unknown) => unreadable(path, error));
}

/** Lists the names in a folder, sorted by code point and without hidden ones. */
export async function listFolder(path: string): Promise<string[]> {
  const names = await readdir(path).catch((error: unknown) => unreadable(path, error));
  return names.filter((name) => !name.startsWith('.')).sort();
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Computes the sha256 of one file's bytes, or of several files with their names in between. */
export function sha256(parts: readonly (Uint8Array | string)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    // `update` takes at most 2 GiB at a time.
    if (typeof part === 'string') hash.update(part);
    else for (let at = 0; at < part.length; at += CHUNK) hash.update(part.subarray(at, at + CHUNK));
  }
  return hash.digest('hex');
}

/** Allocates a zeroed buffer. @throws UserError instead of a RangeError if the memory does not suffice */
export function allocate(size: number, path: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(size);
  } catch (cause) {
    throw new UserError(
      {
        what: `This data needs ${formatBytes(size)} of memory, which is not available.`,
        where: [path],
        action: 'Use fewer samples (`--samples`), or save them to a smaller file.',
      },
      { cause },
    );
  }
}

function unreadable(path: string, cause: unknown): never {
  if (cause instanceof UserError) throw cause;
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    throw new UserError(
      { what: 'This file or folder does not exist.', where: [path], action: 'Check the path to the data.' },
      { cause },
    );
  }
  throw new UserError(
    { what: `The data cannot be read: ${code ?? String(cause)}.`, where: [path], action: 'Check its permissions.' },
    { cause },
  );
}
