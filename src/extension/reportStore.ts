import { createHash } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { reportFromJson, reportToJson } from '../report/json';
import type { Finding, Report } from '../report/report';
import { writeWhole } from '../writeWhole';

/** What lists show of a report without reading all of it. */
export interface StoredReport {
  id: string;
  /** Path of the model. */
  model: string;
  /** ISO 8601. */
  started: string;
  complete: boolean;
  loss: number | null;
  verdicts: Pick<Finding, 'id' | 'title' | 'verdict' | 'severity'>[];
}

/**
 * Reports of one workspace: a JSON file per run and an index, newest first, in a folder of the editor's own. Changes
 * follow one another, and a file is replaced as a whole, so that a crash leaves the old one.
 */
export class ReportStore {
  private index: StoredReport[] | undefined;
  private last: Promise<unknown> = Promise.resolve();
  private readonly listeners = new Set<() => void>();

  constructor(
    readonly folder: string,
    /** How many reports are kept. */
    private readonly limit: () => number,
  ) {}

  /** Called after every change. @returns a function that ends it */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Saves a report; one of the same run is replaced. */
  save(report: Report): Promise<StoredReport> {
    return this.afterTheOthers(async () => {
      const entry = summaryOf(report);
      await this.write(`${entry.id}.json`, reportToJson(report));
      const others = (await this.read()).filter(({ id }) => id !== entry.id);
      const all = [entry, ...others].sort((a, b) => (a.started < b.started ? 1 : -1));
      await this.replaceIndex(all.slice(0, this.limit()), all.slice(this.limit()));
      return entry;
    });
  }

  /** Newest first; of one model when given. */
  async list(model?: string): Promise<StoredReport[]> {
    const index = await this.afterTheOthers(() => this.read());
    return index.filter((entry) => model === undefined || entry.model === model);
  }

  /** @throws UserError when the file is damaged or of a newer version */
  async load(id: string): Promise<Report> {
    return reportFromJson(await readFile(join(this.folder, `${id}.json`), 'utf8'));
  }

  async latest(model: string): Promise<Report | undefined> {
    const [newest] = await this.list(model);
    return newest && this.load(newest.id);
  }

  /** Deletes one report, or all. */
  remove(id?: string): Promise<void> {
    return this.afterTheOthers(async () => {
      const index = await this.read();
      const goes = (entry: StoredReport): boolean => id === undefined || entry.id === id;
      await this.replaceIndex(
        index.filter((entry) => !goes(entry)),
        index.filter(goes),
      );
    });
  }

  private afterTheOthers<T>(change: () => Promise<T>): Promise<T> {
    const result = this.last.then(change);
    // A change that failed is its caller's; the next one starts from what is on the disk.
    this.last = result.catch(() => (this.index = undefined));
    return result;
  }

  private async read(): Promise<StoredReport[]> {
    if (this.index) return this.index;
    const text = await readFile(join(this.folder, 'index.json'), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '[]';
      throw error;
    });
    return (this.index = JSON.parse(text) as StoredReport[]);
  }

  private async replaceIndex(kept: StoredReport[], dropped: StoredReport[]): Promise<void> {
    await this.write('index.json', JSON.stringify(kept, null, 1));
    this.index = kept;
    for (const { id } of dropped) await rm(join(this.folder, `${id}.json`), { force: true });
    for (const listener of this.listeners) listener();
  }

  private async write(name: string, text: string): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    await writeWhole(join(this.folder, name), text);
  }
}

/** A run is known by its model and the moment it started. */
function summaryOf({ model, provenance, objective, diagnostics, complete }: Report): StoredReport {
  const { started } = provenance;
  const name = createHash('sha256').update(model.path).digest('hex').slice(0, 8);
  return {
    id: `${started.replace(/[^0-9TZ]/g, '')}-${name}`,
    model: model.path,
    started,
    complete,
    loss: objective && Number.isFinite(objective.loss) ? objective.loss : null,
    verdicts: diagnostics.map(({ id, title, verdict, severity }) => ({ id, title, verdict, severity })),
  };
}
