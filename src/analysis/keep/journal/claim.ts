import { createHash } from 'node:crypto';
import { readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';

/** A journal that this process alone writes. */
export interface Claim {
  path: string;
  /** Leaves it to whoever runs the same analysis next. */
  release(): Promise<void>;
  /** It has served. */
  remove(): Promise<void>;
}

/** The owner tells this often that it lives, and counts as dead when it has not for that long. */
const HEARTBEAT_MS = 30_000;
const DEAD_AFTER_MS = 600_000;

/** Machines that share a folder cannot see each other's processes. */
const HOST = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
const HELD = /\.(?<host>[0-9a-f]{8})-(?<pid>\d+)-\d+\.journal$/;

const held = new Set<string>();
let claims = 0;

/**
 * Takes the journal of an analysis for this process. A journal lies free as `KEY.journal`, or carries its owner's name:
 * taking one is renaming it, which only one process can do. Of those that are free or whose owner died the longest is
 * taken; where there is none, a new one is begun, so that two runs of the same analysis do not meet.
 * @param fresh takes none, and deletes those
 */
export async function claimJournal(folder: string, key: string, fresh = false): Promise<Claim> {
  const path = join(folder, `${key}.${HOST}-${process.pid}-${claims++}.journal`);
  held.add(basename(path));
  // Of a process of the same number that died.
  if (fresh) await rm(path, { force: true });
  let taken = false;
  for (const candidate of await unheldOf(folder, key)) {
    taken ||= !fresh && (await renamed(candidate, path));
    // Shorter ones begin as the one taken does. It itself is no longer called so.
    await rm(candidate, { force: true });
  }
  const heartbeat = setInterval(() => {
    void utimes(path, new Date(), new Date()).catch(() => undefined);
  }, HEARTBEAT_MS).unref();
  const end = () => {
    clearInterval(heartbeat);
    held.delete(basename(path));
  };
  return {
    path,
    async release() {
      end();
      await renamed(path, join(folder, `${key}.journal`));
    },
    async remove() {
      end();
      await rm(path, { force: true });
    },
  };
}

/** Whether a living process writes this file. */
export async function isHeld(path: string): Promise<boolean> {
  const { host, pid } = HELD.exec(path)?.groups ?? {};
  if (!host || !pid) return false;
  if (host === HOST && Number(pid) === process.pid) return held.has(basename(path));
  if (host === HOST && !lives(Number(pid))) return false;
  // A number may have gone to another process since: then nobody tells that it lives.
  const stats = await stat(path).catch(() => null);
  return stats !== null && Date.now() - stats.mtimeMs < DEAD_AFTER_MS;
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, and somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The longest first. */
async function unheldOf(folder: string, key: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.startsWith(`${key}.`) && name.endsWith('.journal'));
  const found = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const stats = await stat(path).catch(() => null);
      return stats && !(await isHeld(path)) ? [{ path, size: stats.size }] : [];
    }),
  );
  return found
    .flat()
    .sort((a, b) => b.size - a.size)
    .map(({ path }) => path);
}

/** False where the file has gone: another process was quicker. */
async function renamed(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return false;
  }
}
