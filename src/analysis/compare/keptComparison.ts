import type { ModelAndData } from '../../objective/open/readModelAndData';
import type { OpenedObjective } from '../../objective/open/openedObjective';
import type { AnalysisOptions } from '../../options/options';
import type { ResolvedOptions } from '../../options/presets';
import type { AnalyzeHooks } from '../analyze';
import { analysisKey } from '../keep/analysisKey';
import type { Cache } from '../keep/cache';
import { fingerprint } from '../keep/journal/fingerprint';
import { Kept, unkept } from '../keep/kept';

/** Where a comparison is kept, and under which key. */
export interface ComparisonKeep {
  cache: Cache;
  key: string;
  fresh: boolean;
}

/** The key covers the contents of all models, the data, the options and the program. */
export async function comparisonKey(
  read: ModelAndData,
  options: ResolvedOptions,
  others: readonly string[],
  { match = false }: Pick<AnalysisOptions, 'match'>,
): Promise<string> {
  const range = { from: 0, to: 1, steps: 2 };
  const leading = others.map((path) => ({ direction: { kind: 'to' as const, path }, range }));
  // As the key of an analysis whose lines lead to these models, it counts them by their contents.
  const only = [...new Set([...options.only, 'lines' as const])];
  const key = await analysisKey(read, { ...options, only, lines: [...options.lines, ...leading] });
  return fingerprint(['comparison', key, match]).toString('hex');
}

/** Starts keeping the answers of a comparison; null, with a note, where they cannot be kept. */
export async function beginComparison(
  { objective, provider, batchSize, lanes }: OpenedObjective,
  { cache, key, fresh }: ComparisonKeep,
  started: string,
  { onNote: tell = () => undefined }: AnalyzeHooks,
): Promise<Kept | null> {
  const same = [provider.used, provider.device, batchSize, lanes, objective.dim];
  try {
    return await Kept.begin(objective, { cache, key, fresh, tell }, { same, started, planned: 0 });
  } catch (error) {
    tell({ kind: 'unkept', text: unkept(cache.folder, error) });
    return null;
  }
}
