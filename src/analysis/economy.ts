import type { AnalysisOptions } from '../options/options';
import { resolveOptions } from '../options/presets';
import type { ResolvedOptions } from '../options/presets';
import { formatExpectedSeconds } from '../report/text/time';
import type { GraphKind, Measurable, Saving } from './measurements/measurement';
import { MEASUREMENTS } from './measurements/table';
import { plannedGraphs, plannedLosses, plannedProducts, scheduleOf } from './schedule';

/** What is known of a model before anything is measured. */
export interface ModelSize extends Measurable {
  /** Seconds that a forward pass over the data is expected to take. */
  passSeconds: number;
  /** Seconds that making the graph of a Hessian product is expected to take. */
  graphSeconds: number;
}

/** An analysis that keeps to its time, and what it does not measure for that. */
export interface Economy {
  options: ResolvedOptions;
  /** "the Gauss-Newton spectrum"; empty where all of the preset is measured. */
  left: string[];
}

/** A quick analysis is a first look. */
const QUICK_SECONDS = 60;
/** Derivatives of networks so large that it matters take more passes than those of small ones, which progress goes by. */
const LARGE = 1.2;
/**
 * What a product takes beside the passes over the data, for each weight: their gradients are written, and a Krylov basis of
 * vectors as long is read. Measured: 1.9 s for ResNet-50 (25.6 million) on one picture.
 */
const SECONDS_PER_WEIGHT = 7.5e-8;
/** Time to make a graph, relative to that of a Hessian product. */
const GRAPHS: Record<GraphKind, number> = { loss: 0.1, gradient: 0.3, points: 0.2, hvp: 1, ggnvp: 0.5, samples: 0.5 };

/** Seconds that an analysis is expected to take, beside reading the model. */
export function expectedSecondsOf(options: ResolvedOptions, size: ModelSize): number {
  const steps = scheduleOf(options, size);
  const graphs = [...plannedGraphs(steps)].reduce((sum, kind) => sum + GRAPHS[kind], 0);
  return (
    LARGE * plannedLosses(steps) * size.passSeconds +
    plannedProducts(steps) * size.dim * SECONDS_PER_WEIGHT +
    graphs * size.graphSeconds
  );
}

/** In the order in which they are tried. */
const SAVINGS: readonly Saving[] = MEASUREMENTS.flatMap(({ savings = [] }) => savings).sort(
  (a, b) => a.order - b.order,
);

/** @returns the options of a quick analysis that is expected to take a minute at most; other presets take their time */
export function withinTime(options: ResolvedOptions, asked: AnalysisOptions, size: ModelSize): Economy {
  let kept: Economy = { options, left: [] };
  if (options.preset !== 'quick') return kept;
  for (const { left, covers = [], apply } of SAVINGS) {
    const seconds = expectedSecondsOf(kept.options, size);
    if (seconds <= QUICK_SECONDS) break;
    const options = apply(kept.options, asked, size);
    // What was asked for by name is not left out.
    if (expectedSecondsOf(options, size) < seconds)
      kept = { options, left: [...kept.left.filter((text) => !covers.includes(text)), left] };
  }
  return kept;
}

/** Shorter ones are over before anybody has read how long they take. */
const WORTH_TELLING_SECONDS = 20;

/** The sentence that says beforehand how long an analysis will take and what it leaves out; null where neither is worth it. */
export function toldTime({ options, left }: Economy, asked: AnalysisOptions, size: ModelSize): string | null {
  const seconds = expectedSecondsOf(options, size);
  if (left.length > 0) {
    const standard = expectedSecondsOf(resolveOptions({ ...asked, preset: 'standard' }), size);
    return `The model is large: to stay within about a minute, this quick analysis leaves out ${listed(left)}. The standard preset measures all of it (${formatExpectedSeconds(standard)}).`;
  }
  return seconds >= WORTH_TELLING_SECONDS ? `The analysis will take ${formatExpectedSeconds(seconds)}.` : null;
}

const listed = (items: readonly string[]) =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join('; ')}; and ${items[items.length - 1]}`;
