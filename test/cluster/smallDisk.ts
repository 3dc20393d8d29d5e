import { execFile } from 'node:child_process';
import { mkdtemp, open, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A folder on a disk that is soon full. */
export interface SmallDisk {
  path: string;
  /** Frees plenty of room, as an administrator does. */
  makeRoom(): Promise<void>;
  remove(): Promise<void>;
}

const PLENTY = 64 * 2 ** 20;

/**
 * Mounts a disk of `bytes`; a container that may not mount fills the small one that it has in memory.
 * @throws where neither can be done: as root, or with sudo that asks no password, mounting works
 */
export async function smallDisk(bytes: number): Promise<SmallDisk> {
  return (await mounted(bytes)) ?? (await filled('/dev/shm', bytes));
}

async function mounted(bytes: number): Promise<SmallDisk | null> {
  const path = await mkdtemp(join(tmpdir(), 'ridgeline-disk-'));
  const mode = `uid=${process.getuid!()},mode=755`;
  try {
    await asRoot('mount', '-t', 'tmpfs', '-o', `size=${bytes},${mode}`, 'tmpfs', path);
  } catch {
    await rm(path, { recursive: true });
    return null;
  }
  return {
    path,
    makeRoom: () => asRoot('mount', '-o', `remount,size=${PLENTY}`, path),
    async remove() {
      await asRoot('umount', '--lazy', path);
      await rm(path, { recursive: true });
    },
  };
}

async function filled(disk: string, bytes: number): Promise<SmallDisk> {
  const { bsize, bavail } = await statfs(disk);
  const room = bsize * bavail;
  if (room > 4 * PLENTY) throw new Error(`No small disk: this user may not mount one, and ${disk} is large.`);
  const path = await mkdtemp(join(disk, 'ridgeline-disk-'));
  const filler = join(disk, `${path.split('/').pop()!}.filler`);
  const file = await open(filler, 'w');
  for (let left = room - bytes; left > 0; left -= 2 ** 20) await file.write(Buffer.alloc(Math.min(left, 2 ** 20)));
  await file.close();
  return {
    path,
    makeRoom: () => rm(filler),
    async remove() {
      await rm(filler, { force: true });
      await rm(path, { recursive: true, force: true });
    },
  };
}

async function asRoot(command: string, ...args: string[]): Promise<void> {
  const words = process.getuid!() === 0 ? [command, ...args] : ['sudo', '-n', command, ...args];
  await promisify(execFile)(words[0], words.slice(1));
}
