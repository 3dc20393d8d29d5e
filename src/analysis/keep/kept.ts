import { stat, statfs } from 'node:fs/promises';
import type { Objective } from '../../objective/objective';
import type { AnalysisNote } from '../../protocol/worker';
import type { Report } from '../../report/report';
import { formatCount } from '../../text/counts';
import type { Cache } from './cache';
import { claimJournal } from '../../journal/claim';
import type { Claim } from '../../journal/claim';
import { fingerprint } from '../../journal/fingerprint';
import { Journal } from '../../journal/journal';
import { journaled } from '../../journal/journaled';

/** Largest size of a journal in bytes. It also takes at most half of the free space of its disk. */
const JOURNAL_BYTES = 4 * 2 ** 30;
const FREE_SHARE = 1 / 2;

export interface KeptRun {
  /** What must be the same, in addition to the key, for a run to continue: the device chosen when the model opened. */
  same: unknown;
  /** ISO 8601. */
  started: string;
  /** Largest number of products that the analysis takes. */
  planned: number;
}

/**
 * Keeps the results of a run that may be stopped: every answer of the objective while it runs, and the report at its
 * end. If the files cannot be read or written, the run still measures and a note says that nothing is kept.
 */
export class Kept {
  private constructor(
    readonly objective: Objective,
    private readonly cache: Cache,
    private readonly key: string,
    private readonly journal: Journal,
    private readonly claim: Claim,
    private readonly tell: (note: AnalysisNote) => void,
  ) {}

  /** @throws Error of the file system */
  static async begin(
    objective: Objective,
    { cache, key, fresh, tell }: { cache: Cache; key: string; fresh: boolean; tell: (note: AnalysisNote) => void },
    { same, started, planned }: KeptRun,
  ): Promise<Kept> {
    await cache.evict();
    const claim = await claimJournal(cache.journals, key, fresh);
    try {
      const journal = await Journal.open(claim.path, {
        limit: await roomFor(claim.path, cache.folder),
        onStop: (text) => tell({ kind: 'unkept', text }),
      });
      const asked = () => fingerprint(['run on', same]);
      const begun = await journal.recall(asked);
      if (begun?.kind === 'answer') tell(continued(begun.value as string, journal.products, planned));
      else await journal.append('answer', asked, started);
      return new Kept(journaled(objective, journal), cache, key, journal, claim, tell);
    } catch (error) {
      await claim.release();
      throw error;
    }
  }

  /** Keeps the answers of another objective of the same run as well. */
  keeping(objective: Objective, name: string): Objective {
    return journaled(objective, this.journal, name);
  }

  /** Stores the report and deletes the journal. */
  async finish(report: Report): Promise<void> {
    await this.journal.close();
    try {
      await this.cache.store(this.key, report);
      await this.claim.remove();
      await this.cache.evict();
    } catch (error) {
      this.tell({ kind: 'unkept', text: unkept(this.cache.folder, error) });
      await this.claim.release();
    }
  }

  /** Ends the run and leaves its journal for the next run to continue. */
  async leave(): Promise<void> {
    await this.journal.close();
    await this.claim.release();
  }
}

/** Formats a time as in "24 Nov 2026, 11:20". */
export function moment(iso: string): string {
  const format = { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' } as const;
  return new Date(iso).toLocaleString('en-GB', format);
}

export function unkept(folder: string, error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return `Nothing of this run is kept: ${folder} cannot be used (${code ?? message}).`;
}

function continued(started: string, products: number, planned: number): AnalysisNote {
  const run = `Continues a run of ${moment(started)}`;
  const measured = `${formatCount(products)} of at most ${formatCount(planned)} products are there`;
  return { kind: 'continued', text: planned > 0 ? `${run}: ${measured}.` : `${run}.` };
}

/** Returns the size limit of a journal. Its existing bytes do not count against the free space. */
async function roomFor(journal: string, folder: string): Promise<number> {
  const { size } = await stat(journal).catch(() => ({ size: 0 }));
  const { bavail, bsize } = await statfs(folder);
  return Math.min(JOURNAL_BYTES, size + bavail * bsize * FREE_SHARE);
}
