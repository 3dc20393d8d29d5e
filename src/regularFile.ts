import type { Stats } from 'node:fs';
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open, stat } from 'node:fs/promises';
import { UserError } from './errors';
import { formatBytes } from './text/sizes';

/** The path leads to a folder, a pipe, a socket or a device. Reading from it may never end, or may change something. */
export class NoRegularFileError extends UserError {
  constructor(
    path: string,
    readonly found: Irregular,
  ) {
    super({
      what: found === 'folder' ? 'This is a folder.' : `This is no regular file, but a ${found}.`,
      where: [path],
      action: 'Give the path of a file on the disk.',
    });
  }
}

type Irregular = 'folder' | 'named pipe' | 'socket' | 'device';

/**
 * Opens a regular file for reading, and follows links. Checks the path before it opens it, because opening a device may
 * already have an effect. Checks the open file again, because another process may have replaced it in between. Opening
 * does not block, so that a pipe without a writer cannot hang it.
 * @throws NoRegularFileError; Error of the file system if the file does not exist or may not be read
 */
export async function openRegularFile(path: string): Promise<{ file: FileHandle; size: number }> {
  checkRegular(path, await stat(path));
  // Windows has no such flag, and no pipes in its file system.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = await file.stat();
    checkRegular(path, stats);
    return { file, size: stats.size };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Reads a text file as `readRegularFile` does, with the same limit in bytes. */
export async function readSmallText(path: string, limit: number): Promise<string> {
  return (await readRegularFile(path, limit)).toString('utf8');
}

/**
 * Reads a file that somebody else may have put there, and that may therefore be of any kind or size.
 * @param limit longest accepted file, in bytes
 * @throws UserError if the file is not regular or too long; Error of the file system
 */
export async function readRegularFile(path: string, limit: number): Promise<Buffer> {
  const { file, size } = await openRegularFile(path);
  try {
    if (size > limit) {
      throw new UserError({
        what: `The file has ${formatBytes(size)}; at most ${formatBytes(limit)} are read here.`,
        where: [path],
        action: 'Check that it is the file you mean.',
      });
    }
    return await file.readFile();
  } finally {
    await file.close();
  }
}

function checkRegular(path: string, stats: Stats): void {
  if (stats.isFile()) return;
  if (stats.isDirectory()) throw new NoRegularFileError(path, 'folder');
  if (stats.isFIFO()) throw new NoRegularFileError(path, 'named pipe');
  throw new NoRegularFileError(path, stats.isSocket() ? 'socket' : 'device');
}
