import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { constants } from 'node:buffer';
import { UserError } from '../errors';
import { openRegularFile } from '../regularFile';

// One read call moves at most 2 GiB; 1 GiB keeps every offset a small integer.
const CHUNK = 2 ** 30;

/**
 * A whole file as bytes, files beyond 2 GiB in several reads (`fs.readFile` refuses those).
 * @throws UserError when it is missing, no regular file, unreadable, empty or larger than an array can be here
 */
export async function readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return withFile(path, async (file) => {
    const { size } = file;
    if (size === 0) throw new UserError({ what: 'The file is empty.', where: [path], action: 'Save the data again.' });
    if (size > constants.MAX_LENGTH) {
      throw new UserError({
        what: `The file has ${(size / 2 ** 30).toFixed(1)} GiB; at most ${constants.MAX_LENGTH / 2 ** 30} GiB can be read at once.`,
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

/** A file that is open for reading parts of it. */
export interface OpenFile {
  size: number;
  /** Fills `into` with the bytes from `at` on. @returns how many there were */
  read(into: Uint8Array, at: number): Promise<number>;
}

/** @throws UserError when it is missing, no regular file, or unreadable */
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

/** The first bytes of a file, fewer where it has no more. */
export function firstBytes(path: string, count: number): Promise<Uint8Array<ArrayBuffer>> {
  return withFile(path, async (file) => {
    const bytes = new Uint8Array(count);
    return bytes.subarray(0, await file.read(bytes, 0));
  });
}

export async function statOf(path: string): Promise<Stats> {
  return stat(path).catch((error: unknown) => unreadable(path, error));
}

/** Names in a folder, sorted by code point, hidden ones left out. */
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

/** sha256 of one file's bytes, or of several files with their names in between. */
export function sha256(parts: readonly (Uint8Array | string)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    // `update` takes at most 2 GiB at a time.
    if (typeof part === 'string') hash.update(part);
    else for (let at = 0; at < part.length; at += CHUNK) hash.update(part.subarray(at, at + CHUNK));
  }
  return hash.digest('hex');
}

/** A zeroed buffer, or a message instead of a RangeError when the memory is not there. */
export function allocate(size: number, path: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(size);
  } catch (cause) {
    throw new UserError(
      {
        what: `This data needs ${(size / 2 ** 30).toFixed(1)} GiB of memory, which is not available.`,
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
