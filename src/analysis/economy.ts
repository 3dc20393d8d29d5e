import type { AnalysisOptions } from '../options/options';
import { resolveOptions } from '../options/presets';
import type { ResolvedOptions } from '../options/presets';
import { formatExpectedSeconds } from '../text/time';
import type { GraphKind, Measurable, Saving } from './measurements/measurement';
import { MEASUREMENTS } from './measurements/table';
import { plannedGraphs, plannedLosses, plannedProducts, scheduleOf } from './schedule';

/** The facts about a model that are known before anything is measured, with expected times. */
export interface ModelSize extends Measurable {
  /** Expected seconds for a forward pass over the data. */
  passSeconds: number;
  /** Expected seconds for building the graph of a Hessian product. */
  graphSeconds: number;
}

/** The options of an analysis that fits its time limit, and a list of what it leaves out for that. */
export interface Economy {
  options: ResolvedOptions;
  /** Names what is left out, e.g. "the Gauss-Newton spectrum". Empty if everything in the preset is measured. */
  left: string[];
}

/** Time limit of a quick analysis, which is a first look. */
const QUICK_SECONDS = 60;
/** Derivatives of large networks cost this factor more passes than `LOSSES` says, which describes small networks. */
const LARGE = 1.2;
/**
 * Seconds per weight that a product takes in addition to the passes over the data, for writing gradients and reading
 * the Krylov basis. Measured: 1.9 s for ResNet-50 (25.6 million) on one picture.
 */
const SECONDS_PER_WEIGHT = 7.5e-8;
/** Time to build each kind of graph, relative to the graph of a Hessian product. */
const GRAPHS: Record<GraphKind, number> = {
  loss: 0.1,
  gradient: 0.3,
  points: 0.2,
  hvp: 1,
  ggnvp: 0.5,
  samples: 0.5,
  single: 0.3,
};

/** Returns the expected seconds of an analysis without reading the model. */
export function expectedSecondsOf(options: ResolvedOptions, size: ModelSize): number {
  const steps = scheduleOf(options, size);
  const graphs = [...plannedGraphs(steps)].reduce((sum, kind) => sum + GRAPHS[kind], 0);
  return (
    LARGE * plannedLosses(steps) * size.passSeconds +
    plannedProducts(steps) * size.dim * SECONDS_PER_WEIGHT +
    graphs * size.graphSeconds
  );
}

/** All savings in the order in which they are tried. */
const SAVINGS: readonly Saving[] = MEASUREMENTS.flatMap(({ savings = [] }) => savings).sort(
  (a, b) => a.order - b.order,
);

/**
 * Leaves out parts of a quick analysis until it is expected to take at most a minute. Other presets stay unchanged.
 */
export function withinTime(options: ResolvedOptions, asked: AnalysisOptions, size: ModelSize): Economy {
  let kept: Economy = { options, left: [] };
  if (options.preset !== 'quick') return kept;
  for (const { left, covers = [], apply } of SAVINGS) {
    const seconds = expectedSecondsOf(kept.options, size);
    if (seconds <= QUICK_SECONDS) break;
    const options = apply(kept.options, asked, size);
    // A saving has no effect on what the user asked for by name, so it saves no time there.
    if (expectedSecondsOf(options, size) < seconds)
      kept = { options, left: [...kept.left.filter((text) => !covers.includes(text)), left] };
  }
  return kept;
}

/** Shorter analyses end before anyone has read how long they take. */
const WORTH_TELLING_SECONDS = 20;

/** States in advance how long an analysis takes and what it leaves out. Returns null if it is short and complete. */
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
