import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors';
import { writeWhole } from '../writeWhole';
import type { ClusterPlan } from './plan';

/** The parts that one submission hands to the cluster. */
export interface Submission {
  /** Counts from 1. */
  number: number;
  /** ISO 8601. */
  submitted: string;
  waves: { wave: number; parts: number[]; tasks: number }[];
  /** Most tasks at once. */
  jobs: number | null;
  /** Further arguments of sbatch. */
  sbatch: string[];
  /** Whether the gatherer submitted what was missing; a user's start leaves it out. */
  again?: boolean;
}

/** How far the last step of a run is. */
export interface GatherProgress {
  stage: string;
  detail?: string;
  fraction: number;
}

/**
 * The folder of one run, on a file system that all machines share:
 *   plan.json            what is measured, written once
 *   parts/7.part         the answers of part 7, whole or not there
 *   submissions/1.json   what was handed to the cluster, and when
 *   failed/7.json        why part 7 failed the last time
 *   logs/                what the tasks printed
 *   gather.json          how far the last step is
 *   report.json          the report
 * A file is written under another name and renamed. Readers list folders instead of asking for single names, because
 * NFS remembers for a while that a file was not there.
 */
export class RunFolder {
  constructor(readonly path: string) {}

  /** Makes the folder and writes the plan, unless it is there. */
  async create(plan: ClusterPlan): Promise<void> {
    for (const name of ['parts', 'submissions', 'failed', 'logs'])
      await mkdir(join(this.path, name), { recursive: true, mode: 0o700 });
    if (!(await this.lists('', 'plan.json'))) await this.write('plan.json', plan);
  }

  /** @throws UserError if there is none that can be read */
  async plan<Work>(): Promise<ClusterPlan<Work>> {
    const plan = await this.read<ClusterPlan<Work>>('plan.json');
    if (plan && Array.isArray(plan.parts)) return plan;
    throw new UserError({
      what: 'This folder holds no run.',
      where: [this.path],
      action: 'List the runs there are with "ridgeline jobs".',
    });
  }

  partPath(part: number): string {
    return join(this.path, 'parts', `${part}.part`);
  }

  /** The numbers of the parts whose files are there. */
  async partsThere(): Promise<Set<number>> {
    const names = await this.list('parts');
    return new Set(names.flatMap((name) => (/^\d+\.part$/.test(name) ? [parseInt(name, 10)] : [])));
  }

  async removePart(part: number): Promise<void> {
    await rm(this.partPath(part), { force: true });
  }

  /** All submissions, the first one first. */
  async submissions(): Promise<Submission[]> {
    const names = await this.list('submissions');
    const all = await Promise.all(names.map((name) => this.read<Submission>(join('submissions', name))));
    return all.filter((submission) => submission !== null).sort((a, b) => a.number - b.number);
  }

  addSubmission(submission: Submission): Promise<void> {
    return this.write(join('submissions', `${submission.number}.json`), submission);
  }

  /** Keeps why a part failed, for the user. */
  fail(part: number | 'gather', text: string): Promise<void> {
    return this.write(join('failed', `${part}.json`), { text, when: new Date().toISOString() });
  }

  failurePath(part: number | 'gather'): string {
    return join(this.path, 'failed', `${part}.json`);
  }

  async forgetFailure(part: number | 'gather'): Promise<void> {
    await rm(this.failurePath(part), { force: true });
  }

  /** Why parts failed the last time, by part. */
  async failures(): Promise<Map<string, string>> {
    const found = (await this.list('failed')).map(async (name): Promise<[string, string][]> => {
      const failure = await this.read<{ text: string }>(join('failed', name));
      return failure ? [[name.replace('.json', ''), failure.text]] : [];
    });
    return new Map((await Promise.all(found)).flat());
  }

  tellGathering(progress: GatherProgress): Promise<void> {
    return this.write('gather.json', progress);
  }

  gathering(): Promise<GatherProgress | null> {
    return this.read('gather.json');
  }

  /** What the gatherer keeps of its own measurements, so that it continues where it was stopped. */
  get cache(): string {
    return join(this.path, 'cache');
  }

  get logs(): string {
    return join(this.path, 'logs');
  }

  hasReport(): Promise<boolean> {
    return this.lists('', 'report.json');
  }

  async report(): Promise<string | null> {
    if (!(await this.hasReport())) return null;
    return readFile(join(this.path, 'report.json'), 'utf8').catch(() => null);
  }

  async storeReport(json: string): Promise<void> {
    await writeWhole(join(this.path, 'report.json'), json);
  }

  async removeReport(): Promise<void> {
    await rm(join(this.path, 'report.json'), { force: true });
  }

  /** Marks the run as cancelled by its user, or takes the mark away. */
  async markCancelled(isCancelled: boolean): Promise<void> {
    if (isCancelled) await this.write('cancelled.json', { when: new Date().toISOString() });
    else await rm(join(this.path, 'cancelled.json'), { force: true });
  }

  isCancelled(): Promise<boolean> {
    return this.lists('', 'cancelled.json');
  }

  /** Deletes everything. */
  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }

  private async lists(folder: string, name: string): Promise<boolean> {
    return (await this.list(folder)).includes(name);
  }

  private async list(folder: string): Promise<string[]> {
    const names = await readdir(join(this.path, folder)).catch(() => []);
    return names.filter((name) => !name.startsWith('.'));
  }

  private write(name: string, value: unknown): Promise<void> {
    return writeWhole(join(this.path, name), `${JSON.stringify(value, null, 1)}\n`);
  }

  private async read<T>(name: string): Promise<T | null> {
    try {
      return JSON.parse(await readFile(join(this.path, name), 'utf8')) as T;
    } catch {
      // A file that is missing or not whole yet is as good as none.
      return null;
    }
  }
}

/** Tells how far a run is, at most once a second. */
export class ToldProgress {
  private told = 0;

  constructor(private readonly folder: RunFolder) {}

  tell(progress: GatherProgress): void {
    if (Date.now() - this.told < 1000) return;
    this.told = Date.now();
    // Where the folder is full, nobody hears how far it is, and the run goes on.
    void this.folder.tellGathering(progress).catch(() => undefined);
  }
}

/** The folder of all runs in a cache folder. */
export const runsFolder = (cache: string): string => join(cache, 'cluster');

/** The runs in a cache folder, the newest first. */
export async function runsIn(cache: string): Promise<RunFolder[]> {
  const root = runsFolder(cache);
  const names = await readdir(root).catch(() => []);
  const dated = await Promise.all(
    names.map(async (name) => ({
      folder: new RunFolder(join(root, name)),
      when: (await stat(join(root, name, 'plan.json')).catch(() => null))?.mtimeMs ?? null,
    })),
  );
  return dated
    .filter(({ when }) => when !== null)
    .sort((a, b) => b.when! - a.when!)
    .map(({ folder }) => folder);
}
