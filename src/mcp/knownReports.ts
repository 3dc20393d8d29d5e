import { resolve } from 'node:path';
import { UserError } from '../errors';
import { readSmallText } from '../regularFile';
import { reportFromJson } from '../report/json';
import type { Report } from '../report/report';

/** Longest report that is read, in bytes. */
const LONGEST_FILE = 2 ** 28;

/** The reports of this session by model, and those that lie in files. */
export class KnownReports {
  private readonly byModel = new Map<string, Report>();

  add(model: string, report: Report): void {
    this.byModel.set(resolve(model), report);
  }

  /** @param path a model that was analysed in this session, or a report in JSON */
  async of(path: string): Promise<Report> {
    const known = this.byModel.get(resolve(path));
    if (known) return known;
    if (path.endsWith('.json')) return reportFromJson(await readSmallText(path, LONGEST_FILE));
    throw new UserError({
      what: 'No report of this model is known in this session.',
      where: [path],
      action: 'Call analyze_landscape first, or name a report file in JSON.',
    });
  }
}
