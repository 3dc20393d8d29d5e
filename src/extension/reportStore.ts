import { createHash } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { reportFromJson, reportToJson } from '../report/json';
import type { Finding, Report } from '../report/report';
import { levelOf } from '../report/text/level';
import { withShownNames } from '../report/text/shownNames';
import { writeWhole } from '../writeWhole';
import type { StoppedRun } from './task';

/** A verdict of the index. What the reader should know has its summary, and the first advice if there is any. */
interface StoredVerdict extends Pick<Finding, 'id' | 'title' | 'verdict' | 'severity' | 'level'> {
  summary?: string;
  advice?: string;
}

/** The parts of a report that lists show without reading the whole file. */
export interface StoredReport {
  id: string;
  /** Path of the model. */
  model: string;
  /** Start of the analysis, in ISO 8601. */
  started: string;
  complete: boolean;
  /** Present while an analysis runs and after it was stopped. */
  stopped?: StoppedRun;
  loss: number | null;
  /** Checksum of the model file that was measured; absent where several models were, or another than `model`. */
  sha256?: string;
  verdicts: StoredVerdict[];
}

/**
 * Stores the reports of one workspace: a JSON file per run and an index, newest first, in a folder that the editor
 * provides. Changes run one after the other, and each file is written atomically, so that a crash leaves the old one.
 */
export class ReportStore {
  private index: StoredReport[] | undefined;
  private last: Promise<unknown> = Promise.resolve();
  private readonly listeners = new Set<() => void>();

  constructor(
    readonly folder: string,
    /** Returns how many reports to keep. */
    private readonly limit: () => number,
  ) {}

  /** Calls the listener after every change. @returns a function that removes the listener */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * Saves a report, which replaces an earlier one of the same run.
   * @param model the model that it is listed under: with a comparison, perhaps not the first
   * @param stopped how to continue the run, if the report is unfinished
   */
  save(report: Report, model = report.model.path, stopped?: StoppedRun): Promise<StoredReport> {
    return this.afterTheOthers(async () => {
      const entry = { ...summaryOf(report, model), ...(stopped ? { stopped } : {}) };
      await this.write(`${entry.id}.json`, reportToJson(report));
      const others = (await this.read()).filter(({ id }) => id !== entry.id);
      const all = [entry, ...others].sort((a, b) => (a.started < b.started ? 1 : -1));
      await this.replaceIndex(all.slice(0, this.limit()), all.slice(this.limit()));
      return entry;
    });
  }

  /** Lists the reports, or only those of `model`, newest first. */
  async list(model?: string): Promise<StoredReport[]> {
    const index = await this.afterTheOthers(() => this.read());
    return index.filter((entry) => model === undefined || entry.model === model);
  }

  /** @throws UserError if the file is damaged or comes from a newer version */
  async load(id: string): Promise<Report> {
    return reportFromJson(await readFile(join(this.folder, `${id}.json`), 'utf8'));
  }

  /** Loads what is stored of the run of a report; undefined if nothing is. */
  async sameRun(report: Report, model = report.model.path): Promise<Report | undefined> {
    const { id } = summaryOf(report, model);
    return (await this.list()).some((entry) => entry.id === id) ? this.load(id) : undefined;
  }

  async latest(model: string): Promise<Report | undefined> {
    const [newest] = await this.list(model);
    return newest && this.load(newest.id);
  }

  /** Deletes one report, or all reports. */
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
    // The caller of a failed change gets its error. The next change reads the index from the disk again.
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

/** Makes the index entry of a report. Its id consists of the start time and a hash of the model's path. */
function summaryOf(report: Report, model: string): StoredReport {
  const { provenance, objective, diagnostics, complete } = withShownNames(report);
  const { started } = provenance;
  const isOfModel = report.model.path === model && !report.comparison && !report.path;
  const name = createHash('sha256').update(model).digest('hex').slice(0, 8);
  return {
    id: `${started.replace(/[^0-9TZ]/g, '')}-${name}`,
    model,
    started,
    complete,
    loss: objective && Number.isFinite(objective.loss) ? objective.loss : null,
    ...(isOfModel ? { sha256: report.model.sha256 } : {}),
    verdicts: diagnostics.map(storedVerdict),
  };
}

function storedVerdict(finding: Finding): StoredVerdict {
  const { id, title, verdict, severity, level, summary, advice } = finding;
  const told = levelOf(finding);
  const isTold = told === 'action' || told === 'notice';
  const [first] = advice;
  return {
    id,
    title,
    verdict,
    severity,
    level,
    ...(isTold && { summary, ...(first === undefined ? {} : { advice: first }) }),
  };
}
