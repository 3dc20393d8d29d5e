import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../errors';
import { readSmallText } from '../../regularFile';
import { reportFromJson, reportToJson } from '../../report/json';
import type { Report } from '../../report/report';
import { writeWhole } from '../../writeWhole';
import { isHeld } from '../../journal/claim';

/** Limits for all analyses together between runs. A run may add its journal on top. */
export interface CacheLimits {
  bytes: number;
  reports: number;
}

/** A training path keeps a report for each of its checkpoints, of which a run may have hundreds. */
const CACHE_LIMITS: CacheLimits = { bytes: 8 * 2 ** 30, reports: 2000 };

/** Largest accepted report in bytes. Reports with many finely drawn planes reach about ten million. */
const LARGEST_REPORT = 2 ** 28;

/** Largest number of remembered thread choices. Even a file of a hundred bytes takes a block of the disk. */
const THREAD_CHOICES = 1000;

/** A write takes seconds. A temporary file older than this belongs to a process that died. */
const UNFINISHED_MS = 3_600_000;

/**
 * A folder with finished reports (`reports/KEY.json`), journals of unfinished analyses (`journals/`), graphs that the
 * runtime has prepared (`graphs/`) and thread choices of models (`threads/`).
 * Everything in it can be deleted at any time and is then measured again. Files are written atomically.
 */
export class Cache {
  private readonly reportFolder: string;
  readonly journals: string;
  /** Folder of prepared graphs. Its writer enforces its own limits. */
  readonly graphs: string;
  /** Folder of thread choices, about a hundred bytes for each model. */
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

  /** Opens the cache folder. @throws Error of the file system if the folder cannot be created or written */
  static async open(folder: string, limits = CACHE_LIMITS): Promise<Cache> {
    const cache = new Cache(folder, limits);
    for (const path of [cache.reportFolder, cache.journals]) await mkdir(path, { recursive: true, mode: 0o700 });
    const probe = join(cache.journals, `${process.pid}.new`);
    await writeFile(probe, '');
    await rm(probe, { force: true });
    return cache;
  }

  /**
   * Returns the finished report of an analysis, or null if there is none that can be read.
   * @param onDamage called if the file is damaged, which is then deleted
   */
  async report(key: string, onDamage: () => void = () => undefined): Promise<Report | null> {
    const path = this.reportPath(key);
    const text = await readSmallText(path, LARGEST_REPORT).catch(() => null);
    if (text === null) return null;
    try {
      const report = reportFromJson(checked(text));
      // A new file time marks the report as recently used, so eviction takes it last.
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

  /** Deletes the least recently used files until the limits hold. Journals that a process is writing stay. */
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

/** Adds a checksum of the whole report as an additional key. */
function withChecksum(json: string): string {
  const report = JSON.parse(json) as object;
  return `${JSON.stringify({ ...report, checksum: checksumOf(report) }, null, 1)}\n`;
}

/**
 * Verifies the checksum and returns the JSON of the report without it.
 * @throws UserError if the report is damaged
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
    // Another process may have deleted the file meanwhile.
    const stats = await stat(path).catch(() => null);
    return stats?.isFile() ? [{ path, size: stats.size, used: stats.mtimeMs }] : [];
  });
  return (await Promise.all(found)).flat();
}
