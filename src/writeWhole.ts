import { randomBytes } from 'node:crypto';
import { access, constants, lstat, open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/**
 * Writes a file atomically: writes the contents under another name in the same folder, and renames that file. If
 * anything fails before the end, such as a full disk or the end of the process, the old file stays as it was. A link
 * stays a link, and the file that it leads to is replaced. Permissions stay. Pipes, terminals and other devices are
 * written directly.
 * @param flush waits until the disk has the bytes before the rename; not needed if a checksum reveals a damaged file
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
    // A writable file can lie in a folder in which no file can be created.
    if (place.exists && DENIED.has(error.code ?? '')) return null;
    throw error;
  });
  if (!file) return writeFile(path, contents);
  try {
    try {
      await file.writeFile(contents);
      // The user's mask may have removed permissions from the new file, so the old ones are restored.
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

/** Error codes for a folder in which no file can be created. */
const DENIED = new Set(['EACCES', 'EPERM', 'EROFS']);
const NEW_FILE = 0o666;

interface Place {
  target: string;
  mode: number;
  exists: boolean;
}

/** Finds the file that a path leads to. Returns `direct` if another file cannot replace it. */
async function placeOf(path: string): Promise<Place | 'direct'> {
  // These paths name open files of a process. /dev/stdout may be a regular file, which the shell continues to write.
  if (/^\/(?:dev|proc)\//.test(resolve(path))) return 'direct';
  const there = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  // Writing through a link whose target does not exist creates the target.
  if (!there) return (await isLink(path)) ? 'direct' : { target: path, mode: NEW_FILE, exists: false };
  if (!there.isFile()) return 'direct';
  // A rename would replace even a write-protected file, so the permission is checked first.
  await access(path, constants.W_OK);
  return { target: await realpath(path), mode: there.mode & 0o7777, exists: true };
}

async function isLink(path: string): Promise<boolean> {
  const link = await lstat(path).catch(() => null);
  return link?.isSymbolicLink() ?? false;
}
