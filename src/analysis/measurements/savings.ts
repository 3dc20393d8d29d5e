import type { AnalysisOptions, Part } from '../../options/options';
import type { ResolvedOptions } from '../../options/presets';

/** Returns the range with at most `steps` steps. */
export function coarser<R extends { steps: number }>(range: R, steps: number): R {
  return { ...range, steps: Math.min(range.steps, steps) };
}

/** Leaves a part out, unless the user named the parts. */
export function withoutPart(options: ResolvedOptions, asked: AnalysisOptions, part: Part): ResolvedOptions {
  return asked.only ? options : { ...options, only: options.only.filter((each) => each !== part) };
}
