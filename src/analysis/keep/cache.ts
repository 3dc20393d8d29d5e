import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../errors';
import { readSmallText } from '../../regularFile';
import { reportFromJson, reportToJson } from '../../report/json';
import type { Report } from '../../report/report';
import { writeWhole } from '../../writeWhole';
import { isHeld } from './journal/claim';

/** Of all analyses together, between runs; a run may add its journal to that. */
export interface CacheLimits {
  bytes: number;
  reports: number;
}

const CACHE_LIMITS: CacheLimits = { bytes: 8 * 2 ** 30, reports: 200 };

/** Bytes; the largest, of many finely drawn planes, have some ten million. */
const LARGEST_REPORT = 2 ** 28;

/** Numbers of threads are that of so many models at most: a file of a hundred bytes takes a block of the disk. */
const THREAD_CHOICES = 1000;

/** A finished write takes seconds; a file still called so after this long belongs to a process that died. */
const UNFINISHED_MS = 3_600_000;

/**
 * A folder of finished reports (`reports/KEY.json`), of journals of analyses that are not finished (`journals/`), of
 * graphs as the runtime prepared them (`graphs/`), and of how many threads models take (`threads/`).
 * Everything in it can be deleted at any time: it is then measured again. Files appear whole or not at all.
 */
export class Cache {
  private readonly reportFolder: string;
  readonly journals: string;
  /** Kept within its own limits by whoever writes there. */
  readonly graphs: string;
  /** Of numbers of threads, a hundred bytes for each model. */
  readonly threads: string;

  private constructor(
    readonly folder: string,
    private readonly limits: CacheLimits,
  ) {
    this.reportFolder = join(folder, 'reports');
    this.journals = join(folder, 'journals');
    this.graphs = join(folder, 'graphs');
    this.threads = join(folder, 'threads');
  }

  /** @throws Error of the file system where the folder cannot be made or written */
  static async open(folder: string, limits = CACHE_LIMITS): Promise<Cache> {
    const cache = new Cache(folder, limits);
    for (const path of [cache.reportFolder, cache.journals]) await mkdir(path, { recursive: true, mode: 0o700 });
    const probe = join(cache.journals, `${process.pid}.new`);
    await writeFile(probe, '');
    await rm(probe, { force: true });
    return cache;
  }

  /**
   * The finished report of an analysis; null where there is none that can be read.
   * @param onDamage called where the file is not what was written: it is deleted
   */
  async report(key: string, onDamage: () => void = () => undefined): Promise<Report | null> {
    const path = this.reportPath(key);
    const text = await readSmallText(path, LARGEST_REPORT).catch(() => null);
    if (text === null) return null;
    try {
      const report = reportFromJson(checked(text));
      // What is asked for is kept longest.
      await utimes(path, new Date(), new Date()).catch(() => undefined);
      return report;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      onDamage();
      await rm(path, { force: true });
      return null;
    }
  }

  async store(key: string, report: Report): Promise<void> {
    await writeWhole(this.reportPath(key), withChecksum(reportToJson(report)), { flush: false });
  }

  /** Deletes what was used least lately, until the limits hold. Journals that a process writes stay. */
  async evict(): Promise<void> {
    const files = [...(await filesOf(this.reportFolder)), ...(await filesOf(this.journals))];
    files.sort((a, b) => b.used - a.used);
    const choices = await filesOf(this.threads).catch(() => []);
    choices.sort((a, b) => b.used - a.used);
    for (const { path } of choices.slice(THREAD_CHOICES)) await rm(path, { force: true });
    let [bytes, reports] = [0, 0];
    for (const { path, size, used } of files) {
      if (await isHeld(path)) continue;
      if (path.endsWith('.new')) {
        if (Date.now() - used > UNFINISHED_MS) await rm(path, { force: true });
        continue;
      }
      bytes += size;
      if (path.endsWith('.json')) reports++;
      if (bytes > this.limits.bytes || reports > this.limits.reports) await rm(path, { force: true });
    }
  }

  private reportPath(key: string): string {
    return join(this.reportFolder, `${key}.json`);
  }
}

/** A kept report carries the checksum of all it says, as one key more. */
function withChecksum(json: string): string {
  const report = JSON.parse(json) as object;
  return `${JSON.stringify({ ...report, checksum: checksumOf(report) }, null, 1)}\n`;
}

/**
 * The JSON of the report alone.
 * @throws UserError where it is not what was written
 */
function checked(text: string): string {
  const damaged = (cause?: unknown) =>
    new UserError({ what: 'The kept report is not what was written.', action: 'Analyse the model again.' }, { cause });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw damaged(cause);
  }
  if (typeof value !== 'object' || value === null) throw damaged();
  const { checksum, ...report } = value as Record<string, unknown>;
  if (checksum !== checksumOf(report)) throw damaged();
  return JSON.stringify(report);
}

function checksumOf(report: object): string {
  return createHash('sha256').update(JSON.stringify(report)).digest('hex');
}

async function filesOf(folder: string): Promise<{ path: string; size: number; used: number }[]> {
  const found = (await readdir(folder)).map(async (name) => {
    const path = join(folder, name);
    // Another process may have taken it away meanwhile.
    const stats = await stat(path).catch(() => null);
    return stats?.isFile() ? [{ path, size: stats.size, used: stats.mtimeMs }] : [];
  });
  return (await Promise.all(found)).flat();
}
