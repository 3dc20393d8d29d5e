import { createHash } from 'node:crypto';
import { readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';

/** A journal that only this process writes. */
export interface Claim {
  path: string;
  /** Releases the journal for the next run of the same analysis. */
  release(): Promise<void>;
  /** Deletes the journal, which is no longer needed. */
  remove(): Promise<void>;
}

/** The owner updates the file's time this often. It counts as dead after `DEAD_AFTER_MS` without an update. */
const HEARTBEAT_MS = 30_000;
const DEAD_AFTER_MS = 600_000;

/** Identifies this machine, because machines that share a folder cannot see each other's processes. */
const HOST = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
const HELD = /\.(?<host>[0-9a-f]{8})-(?<pid>\d+)-\d+\.journal$/;

const held = new Set<string>();
let claims = 0;

/**
 * Claims the journal of an analysis for this process. A free journal is named `KEY.journal`, and a claimed one carries
 * its owner's name. Claiming renames the file, which only one process can do. The longest journal that is free or whose
 * owner died is claimed. If there is none, a new one is begun, so two runs of the same analysis never share a journal.
 * @param fresh whether to delete the free journals and begin a new one
 */
export async function claimJournal(folder: string, key: string, fresh = false): Promise<Claim> {
  const path = join(folder, `${key}.${HOST}-${process.pid}-${claims++}.journal`);
  held.add(basename(path));
  // The file may be left from a dead process with the same number.
  if (fresh) await rm(path, { force: true });
  let taken = false;
  for (const candidate of await unheldOf(folder, key)) {
    taken ||= !fresh && (await renamed(candidate, path));
    // Shorter journals repeat the beginning of the claimed one, whose own name has changed.
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

/**
 * Gives up all journals of a folder that only one run uses at a time, so that a run that is started again on another
 * machine continues the journal of the machine that was lost.
 */
export async function disown(folder: string): Promise<void> {
  const long = new Date(Date.now() - 2 * DEAD_AFTER_MS);
  const journals = (await readdir(folder)).filter((name) => name.endsWith('.journal'));
  await Promise.all(journals.map((name) => utimes(join(folder, name), long, long)));
}

/** Whether a living process writes this file. */
export async function isHeld(path: string): Promise<boolean> {
  const { host, pid } = HELD.exec(path)?.groups ?? {};
  if (!host || !pid) return false;
  if (host === HOST && Number(pid) === process.pid) return held.has(basename(path));
  if (host === HOST && !lives(Number(pid))) return false;
  // Another process may have the number by now. Then nobody updates the file's time.
  const stats = await stat(path).catch(() => null);
  return stats !== null && Date.now() - stats.mtimeMs < DEAD_AFTER_MS;
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM means that the process exists and belongs to another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Lists the journals of an analysis that no living process holds. The longest comes first. */
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

/** Renames a file. Returns false if it is gone because another process was faster. */
async function renamed(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return false;
  }
}
