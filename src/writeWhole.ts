import { randomBytes } from 'node:crypto';
import { access, constants, lstat, open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/**
 * Writes a file that is there whole or not at all: beside its place under another name, then renamed into it. Whatever
 * fails on the way, a full disk or the end of the process, the earlier file stays as it was. A link stays a link, and the
 * file it leads to is replaced; permissions stay. Pipes, terminals and other devices are written directly.
 * @param flush whether the disk has the bytes before the name leads to them; not needed where a checksum tells
 * @throws Error of the file system
 */
export async function writeWhole(
  path: string,
  contents: string | Uint8Array,
  { flush = true }: { flush?: boolean } = {},
): Promise<void> {
  const place = await placeOf(path);
  if (place === 'direct') return writeFile(path, contents);
  const unfinished = join(dirname(place.target), `.ridgeline-${process.pid}-${randomBytes(6).toString('hex')}.new`);
  const file = await open(unfinished, 'wx', place.mode).catch((error: NodeJS.ErrnoException) => {
    // A file that may be written can lie in a folder that may not.
    if (place.exists && DENIED.has(error.code ?? '')) return null;
    throw error;
  });
  if (!file) return writeFile(path, contents);
  try {
    try {
      await file.writeFile(contents);
      // Opening took away what the person's mask forbids for new files.
      if (place.exists) await file.chmod(place.mode);
      if (flush) await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, place.target);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

/** Codes of a folder in which no file can be made. */
const DENIED = new Set(['EACCES', 'EPERM', 'EROFS']);
const NEW_FILE = 0o666;

interface Place {
  target: string;
  mode: number;
  exists: boolean;
}

/** Where the file lies that a path leads to; `direct` for what cannot be replaced by another file. */
async function placeOf(path: string): Promise<Place | 'direct'> {
  // Names that the system gives to what a process has open: /dev/stdout may well be a file, which the shell goes on writing.
  if (/^\/(?:dev|proc)\//.test(resolve(path))) return 'direct';
  const there = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  // A link that leads nowhere yet makes a file where it leads.
  if (!there) return (await isLink(path)) ? 'direct' : { target: path, mode: NEW_FILE, exists: false };
  if (!there.isFile()) return 'direct';
  // Renaming would replace a file that is protected from writing.
  await access(path, constants.W_OK);
  return { target: await realpath(path), mode: there.mode & 0o7777, exists: true };
}

async function isLink(path: string): Promise<boolean> {
  const link = await lstat(path).catch(() => null);
  return link?.isSymbolicLink() ?? false;
}
