import { hostname } from 'node:os';
import type { ClusterPlan } from '../../cluster/plan';
import type { RunFolder } from '../../cluster/runFolder';
import { partsOfTask } from '../../cluster/submitRun';
import { formatError, UserError } from '../../errors';
import { readModelAndData } from '../../objective/open/readModelAndData';
import type { OnnxModel } from '../../onnx/model';
import { readModel } from '../../onnx/read';
import { resolveOptions } from '../../options/presets';
import { reportToJson } from '../../report/json';
import { analyze } from '../analyze';
import { optionsOfEach } from '../compare/optionsOfEach';
import { contentsOf } from '../keep/analysisKey';
import { fingerprint } from '../../journal/fingerprint';
import { openAnalysis, thisMachine } from '../openAnalysis';
import type { OpenedAnalysis } from '../openAnalysis';
import { optionsOfCheckpoint, reducedForPath } from '../path/reduced';
import { knownParts } from '../../cluster/knownParts';
import { measurePart } from './measurePart';
import { PartAnswers } from './partAnswers';
import { PartWriter } from '../../cluster/partFile';
import { reportOf } from './partWork';
import type { PartWork, SharedFacts } from './partWork';

interface Task {
  /** Number of the submission. */
  submission: number;
  wave: number;
  /** Index in the array. */
  index: number;
}

/**
 * Measures the parts of one task of an array, those that are not there yet. A part that fails does not stop the next.
 * @param say tells what happens, for the log
 * @returns the number of parts that failed
 */
export async function runTask(
  folder: RunFolder,
  { submission, wave, index }: Task,
  { signal, say }: { signal: AbortSignal; say: (text: string) => void },
): Promise<number> {
  const plan = await folder.plan<PartWork>();
  const submitted = (await folder.submissions()).find(({ number }) => number === submission);
  const array = submitted?.waves.find((each) => each.wave === wave);
  if (!array) throw new Error(`submission ${submission} has no wave ${wave}`);
  const runner = new PartRunner(folder, plan, wave, signal);
  let failed = 0;
  try {
    for (const part of partsOfTask(array, index)) {
      signal.throwIfAborted();
      if ((await folder.partsThere()).has(part)) continue;
      say(`Part ${part}: ${plan.parts[part].label}.`);
      try {
        await runner.run(part);
        await folder.forgetFailure(part);
      } catch (error) {
        signal.throwIfAborted();
        failed++;
        const text = error instanceof UserError ? formatError(error) : String((error as Error).stack ?? error);
        say(text);
        // A full disk may refuse this, too; the part is missing in any case.
        await folder.fail(part, text).catch(() => undefined);
      }
    }
  } finally {
    await runner.dispose();
  }
  return failed;
}

/** Runs parts one after the other, with the model opened once. */
class PartRunner {
  private readonly answers = new PartAnswers();
  private opened: Promise<OpenedAnalysis> | undefined;
  private readonly shared: SharedFacts;

  constructor(
    private readonly folder: RunFolder,
    private readonly plan: ClusterPlan<PartWork>,
    private readonly wave: number,
    private readonly signal: AbortSignal,
  ) {
    this.shared = plan.shared as SharedFacts;
  }

  async run(part: number): Promise<void> {
    const started = performance.now();
    const { work } = this.plan.parts[part];
    const provider = await this.prepare(work);
    const writer = await PartWriter.create(this.folder.partPath(part));
    this.answers.writeTo(writer);
    try {
      const used = work.kind === 'report' ? await this.report(work.model) : await this.pieces(work);
      this.answers.writeTo(null);
      await writer.finish({
        node: hostnameOfNode(),
        machine: thisMachine(),
        provider: used || provider,
        seconds: (performance.now() - started) / 1000,
      });
    } catch (error) {
      this.answers.writeTo(null);
      await writer.discard();
      throw error;
    }
  }

  async dispose(): Promise<void> {
    await (await this.opened?.catch(() => null))?.dispose();
  }

  /** Opens the model, once, before the file of a part is begun. @returns the provider */
  private async prepare(work: PartWork): Promise<string> {
    if (work.kind === 'report') return '';
    return (await (this.opened ??= this.open())).opened.provider.used;
  }

  private async open(): Promise<OpenedAnalysis> {
    const { parts, request, created } = this.plan;
    const { answers, missing } = await knownParts(this.folder, this.partsRead());
    // A measurement does without pieces of its own that are missing; findings of others must be there.
    const needed = [...missing].filter((part) => parts[part].work.kind === 'measurements');
    if (needed.length > 0) {
      const labels = needed.map((part) => parts[part].label);
      throw new UserError({
        what: `A part that this one reads is missing: ${labels.join(', ')}.`,
        where: [this.folder.path],
        action: 'It is submitted again. If it fails again, its log says why.',
      });
    }
    this.answers.know(answers);
    const [model] = request.places;
    const whole = resolveOptions(request.options);
    const read = await readModelAndData(model, whole);
    await checkModel(this.shared, read.model);
    if (read.data.sha256 !== this.shared.contents.data) throw changed('The data', model);
    const { signal } = this;
    return openAnalysis(model, {
      asked: request.options,
      whole,
      read,
      started: created,
      answers: this.answers,
      size: this.shared.size,
      signal,
    });
  }

  /** The parts of earlier waves that this one reads: findings, and the pieces of what it measures as a whole. */
  private partsRead(): number[] {
    const { parts } = this.plan;
    const whole = parts.flatMap(({ wave, work }) =>
      wave === this.wave && work.kind === 'measurements' ? work.ids : [],
    );
    return parts.flatMap(({ wave, work }, i) => {
      const isRead = work.kind === 'measurements' || (work.kind === 'pieces' && whole.includes(work.id));
      return wave < this.wave && isRead ? [i] : [];
    });
  }

  private async pieces(work: Exclude<PartWork, { kind: 'report' }>): Promise<string> {
    const analysis = await this.opened!;
    const { objective, facts } = analysis.measurable((asked) => asked);
    const { results } = this.answers;
    await measurePart(objective, facts, analysis.options, work, { results, signal: this.signal });
    return analysis.opened.provider.used;
  }

  /** Analyses one model as a path or a comparison does. */
  private async report(model: string): Promise<string> {
    const { command, places, options } = this.plan.request;
    await checkModel(this.shared, await readModel(model));
    const { signal } = this;
    const report =
      command === 'path'
        ? await analyze(model, optionsOfCheckpoint(options), { reduce: reducedForPath, signal })
        : await analyze(model, await optionsOfEach(options, places), { signal });
    if (report.provenance.data !== this.shared.contents.data) throw changed('The data', model);
    await this.answers.results.keep(reportOf(model), reportToJson(report));
    return report.provider?.used ?? '';
  }
}

/** @throws UserError if the model is not what was planned */
async function checkModel({ contents }: SharedFacts, model: OnnxModel): Promise<void> {
  const found = fingerprint(await contentsOf(model)).toString('hex');
  if (found !== contents[model.path]) throw changed('The model', model.path);
}

const changed = (what: string, model: string): UserError =>
  new UserError({
    what: `${what} changed after the run was planned.`,
    where: [model],
    action: 'Start the same command again: it makes a new run.',
  });

/** Slurm's name of this node; several nodes may share one host. */
const hostnameOfNode = () => process.env.SLURMD_NODENAME ?? hostname();
