import { RUNTIME_VERSION } from '../engine/runtime';
import { StoredGraphs } from '../engine/storedGraphs';
import { UserError } from '../errors';
import type { ThreadWish } from '../objective/resources/bestThreads';
import type { ModelAndData } from '../objective/open/readModelAndData';
import { readModelAndData } from '../objective/open/readModelAndData';
import type { AnalysisOptions } from '../options/options';
import { resolveOptions } from '../options/presets';
import type { ResolvedOptions } from '../options/presets';
import type { AnalysisNote } from '../protocol/worker';
import type { Report } from '../report/report';
import { analysisKey } from './keep/analysisKey';
import type { Answers } from './answers';
import type { ModelSize } from './economy';
import { analyzeObjective } from './analyzeObjective';
import type { AnalysisHooks } from './analyzeObjective';
import { Cache } from './keep/cache';
import { beginKept } from './keep/beginKept';
import type { Kept } from './keep/kept';
import { moment, unkept } from './keep/kept';
import { openAnalysis } from './openAnalysis';
import type { Over } from './openAnalysis';
import { profileSection } from './profileSection';
import { saveBest } from './save/saveBest';
import { plannedLosses, plannedProducts, scheduleOf } from './schedule';
import { ThreadChoices, threadsKey } from './keep/threadChoices';

export interface AnalyzeHooks extends AnalysisHooks {
  /** Folder for finished reports and for the journals that stopped runs continue from. Without it nothing is kept. */
  cache?: string;
  /** Receives notes, such as that a finished report was found or that a stopped run continues. */
  onNote?: (note: AnalysisNote) => void;
  /** What other processes have measured for this analysis. */
  answers?: Answers;
  /** See `AnalysisRequest.size`. */
  size?: ModelSize | null;
  /** Returns the report of a model of a path or a comparison that another process has analysed; null if none has. */
  finished?: (model: string) => Promise<Report | null>;
  /** Lets other processes hold the data and answer. */
  over?: Over;
  /** Reduces what is measured, for many analyses of one kind. */
  reduce?: (options: ResolvedOptions) => ResolvedOptions;
}

/**
 * Analyses a model file on its data. Returns a finished report from the cache if there is one, and continues a run that
 * was stopped.
 * @throws UserError when model, data or options are at fault; AbortError when the signal aborts
 */
export async function analyze(model: string, asked: AnalysisOptions, hooks: AnalyzeHooks = {}): Promise<Report> {
  const resolved = resolveOptions(asked);
  const whole = hooks.reduce?.(resolved) ?? resolved;
  const { signal, onNote: tell = () => undefined } = hooks;
  const started = new Date().toISOString();
  hooks.onProgress?.({ stage: 'Loading', fraction: 0 });
  const read = await readModelAndData(model, whole);
  signal?.throwIfAborted();
  // A profile must measure everything anew, because answers from the cache take no time.
  const fresh = (asked.fresh ?? false) || whole.profile;
  const save = whole.saveBest === null ? null : await saveBest(read, whole.saveBest);
  const cache = hooks.cache === undefined ? null : await openCache(hooks.cache, asked, tell);
  const kept = cache && { cache, key: await analysisKey(read, whole), fresh, tell };
  // A stored report holds no weights, so they are found again.
  const known = kept && !kept.fresh && !save ? await kept.cache.report(kept.key, () => tell(DAMAGED)) : null;
  if (known) {
    tell({ kind: 'found', text: `Found the finished report of ${moment(known.provenance.started)}.` });
    // The model file may have moved since the report was written.
    return {
      ...known,
      model: { ...known.model, path: model },
      provenance: { ...known.provenance, options: asked },
    };
  }
  const graphs = cache && !asked.fresh ? await storedGraphs(cache) : null;
  const analysis = await openAnalysis(model, {
    asked,
    whole,
    read,
    started,
    graphs,
    threads: await threadWish(cache, read, whole),
    answers: hooks.answers,
    size: hooks.size,
    over: hooks.over,
    signal,
  });
  const { opened, options } = analysis;
  let run: Kept | null = null;
  try {
    hooks.onProgress?.({ stage: 'Loading', detail: analysis.memory, fraction: 0 });
    for (const text of analysis.told) tell({ kind: 'told', text });
    const { canDifferentiate, batches, objective } = opened;
    const planned = plannedProducts(scheduleOf(options, { dim: objective.dim, canDifferentiate, batches }));
    run = kept && (await beginKept(opened, kept, { started, planned }));
    let improved: Float32Array | null = null;
    const { objective: measured, facts } = analysis.measurable((asked, name) => run?.keeping(asked, name) ?? asked);
    const report = await analyzeObjective(measured, facts, options, {
      ...hooks,
      results: hooks.answers?.results,
      onImproved: (theta) => (improved = theta),
    });
    const spent = await opened.profile();
    const finished = spent ? { ...report, profile: profileSection(spent) } : report;
    await run?.finish(finished);
    run = null;
    if (save) {
      const text = improved
        ? `Wrote the improved weights to ${whole.saveBest}.`
        : `No optimizer found better weights, so ${whole.saveBest} was not written.`;
      if (improved) await save(opened.objective.parameters, improved);
      tell({ kind: 'told', text });
    }
    return finished;
  } finally {
    await run?.leave();
    await analysis.dispose();
  }
}

/** Returns the finished report of an analysis from the cache, or null if there is none. Measures nothing. */
export async function finishedReport(
  read: ModelAndData,
  asked: AnalysisOptions,
  folder: string,
): Promise<Report | null> {
  const cache = await openCache(folder, asked, () => undefined);
  const known = cache && (await cache.report(await analysisKey(read, resolveOptions(asked))));
  return known && { ...known, model: { ...known.model, path: read.model.path } };
}

const DAMAGED: AnalysisNote = {
  kind: 'told',
  text: 'The report that was kept of this analysis is not what was written; everything is measured anew.',
};

/**
 * Opens the cache, or returns null if the default folder cannot be used.
 * @throws UserError if the folder that the user chose cannot be used
 */
export async function openCache(
  folder: string,
  { cache: asked }: AnalysisOptions,
  tell: (note: AnalysisNote) => void,
): Promise<Cache | null> {
  try {
    return await Cache.open(folder);
  } catch (error) {
    if (asked !== undefined) {
      const what = `The cache folder cannot be used: ${(error as NodeJS.ErrnoException).code ?? String(error)}.`;
      throw new UserError({ what, where: [folder], action: 'Choose another folder with --cache DIR.' });
    }
    tell({ kind: 'unkept', text: unkept(folder, error) });
    return null;
  }
}

/** Opens the stored graphs, or returns null if they cannot be used. The graphs are then prepared anew. */
export async function storedGraphs({ graphs }: Cache): Promise<StoredGraphs | null> {
  return StoredGraphs.open(graphs, RUNTIME_VERSION).catch(() => null);
}

/**
 * Returns how to choose the number of threads, or null if the choice cannot be remembered. Without memory the choice
 * could change between runs of the same analysis, and the results would differ in their last digits.
 */
export async function threadWish(
  cache: Cache | null,
  read: ModelAndData,
  options: ResolvedOptions,
): Promise<ThreadWish | null> {
  if (!cache || options.threads !== null) return null;
  const [choices, key] = [new ThreadChoices(cache.threads), threadsKey(read, options)];
  return {
    known: await choices.known(key),
    cost: (dim, canDifferentiate) => plannedLosses(scheduleOf(options, { dim, canDifferentiate, batches: 1 })),
    remember: (choice) => choices.remember(key, choice),
  };
}
