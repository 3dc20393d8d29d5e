import type { ModelAndData } from '../../objective/open/readModelAndData';
import type { AnalysisOptions } from '../../options/options';
import type { ResolvedOptions } from '../../options/presets';
import { analysisKey } from '../keep/analysisKey';
import { fingerprint } from '../../journal/fingerprint';

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
