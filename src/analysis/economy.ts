import type { AnalysisOptions } from '../options/options';
import { resolveOptions } from '../options/presets';
import type { ResolvedOptions } from '../options/presets';
import type { Plan } from './plan';
import { planOf } from './plan';
import { plannedPasses, plannedProducts } from './stages';

/** What is known of a model before anything is measured. */
export interface ModelSize {
  dim: number;
  /** Seconds that a forward pass over the data is expected to take. */
  passSeconds: number;
  /** Seconds that making the graph of a Hessian product is expected to take. */
  graphSeconds: number;
  canDifferentiate: boolean;
  batches: number;
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
const GRAPHS = { loss: 0.1, gradient: 0.3, points: 0.2, hvp: 1, ggnvp: 0.5, samples: 0.5 };

/** Seconds that an analysis is expected to take, beside reading the model. */
export function expectedSecondsOf(options: ResolvedOptions, size: ModelSize): number {
  const plan = planOf(options, size.canDifferentiate);
  const passes = plannedPasses(plan, size.dim, options);
  const products = plannedProducts(plan, size.dim, options);
  return (
    LARGE * passes * size.passSeconds + products * size.dim * SECONDS_PER_WEIGHT + graphsOf(plan) * size.graphSeconds
  );
}

/** Graphs that an analysis makes, in those of a Hessian product. */
function graphsOf({ gradient, along, spectrum, ggn, linePoints, planePoints }: Plan): number {
  const made: readonly [boolean, keyof typeof GRAPHS][] = [
    [true, 'loss'],
    [gradient, 'gradient'],
    [linePoints + planePoints > 0, 'points'],
    [along !== 'nothing' || spectrum, 'hvp'],
    [along === 'gradient and θ' || ggn, 'ggnvp'],
    [spectrum, 'samples'],
  ];
  return made.reduce((sum, [is, graph]) => sum + (is ? GRAPHS[graph] : 0), 0);
}

/** Leaves something out. Options that somebody named stay as they are. */
interface Saving {
  left: string;
  apply(options: ResolvedOptions, asked: AnalysisOptions, size: ModelSize): ResolvedOptions;
}

const LEAN_LANCZOS = 15;
const LEAST_LANCZOS = 6;
const LEAN_LINE = 15;
const LEAST_LINE = 5;
const LEAN_PLANE = 9;

const without = (options: ResolvedOptions, asked: AnalysisOptions, ...parts: string[]): ResolvedOptions =>
  asked.only ? options : { ...options, only: options.only.filter((part) => !parts.includes(part)) };

const lanczos = (options: ResolvedOptions, asked: AnalysisOptions, steps: number): ResolvedOptions => ({
  ...options,
  lanczosSteps: asked.lanczosSteps ?? steps,
  extremeSteps: asked.lanczosSteps ?? steps,
});

const linesOf = (options: ResolvedOptions, asked: AnalysisOptions, steps: number): ResolvedOptions => ({
  ...options,
  lines: asked.line ? options.lines : options.lines.map((line) => ({ ...line, range: coarser(line.range, steps) })),
});

/** One after the other, until what remains keeps to its time. */
const SAVINGS: readonly Saving[] = [
  {
    left: 'the Gauss-Newton spectrum, scale-invariant curvature, self-checks and most repeated measurements',
    apply: (options, asked) => ({
      ...lanczos(without(options, asked, 'ggn'), asked, LEAN_LANCZOS),
      effort: 'lean',
      probes: asked.probes ?? 1,
    }),
  },
  {
    left: 'most points of lines and planes',
    apply: (options, asked) => ({
      ...linesOf(options, asked, LEAN_LINE),
      planes: asked.plane
        ? options.planes
        : options.planes.map((plane) => ({
            ...plane,
            xRange: coarser(plane.xRange, LEAN_PLANE),
            yRange: coarser(plane.yRange, LEAN_PLANE),
          })),
    }),
  },
  { left: 'the plane', apply: (options, asked) => (asked.plane ? options : without(options, asked, 'plane')) },
  {
    left: 'curvature along the weights and Gauss-Newton curvature along the gradient',
    apply: (options) => ({ ...options, along: 'gradient' }),
  },
  { left: 'most Lanczos steps', apply: (options, asked) => lanczos(options, asked, LEAST_LANCZOS) },
  {
    left: 'the spectrum on all samples (its ends are estimated on some of them)',
    apply: (options, _, { batches }) => (batches > 1 ? { ...options, spectrumOn: 'some samples' } : options),
  },
  { left: 'the spectrum', apply: (options, asked) => without(options, asked, 'spectrum') },
  { left: 'still more points of lines', apply: (options, asked) => linesOf(options, asked, LEAST_LINE) },
  { left: 'curvature along the gradient', apply: (options) => ({ ...options, along: 'nothing' }) },
];

/** @returns the options of a quick analysis that is expected to take a minute at most; other presets take their time */
export function withinTime(options: ResolvedOptions, asked: AnalysisOptions, size: ModelSize): Economy {
  let kept: Economy = { options, left: [] };
  if (options.preset !== 'quick') return kept;
  for (const { left, apply } of SAVINGS) {
    const seconds = expectedSecondsOf(kept.options, size);
    if (seconds <= QUICK_SECONDS) break;
    const options = apply(kept.options, asked, size);
    // What was asked for by name is not left out.
    if (expectedSecondsOf(options, size) < seconds) kept = { options, left: [...kept.left, left] };
  }
  return kept;
}

function coarser<R extends { steps: number }>(range: R, steps: number): R {
  return { ...range, steps: Math.min(range.steps, steps) };
}

/** Shorter ones are over before anybody has read how long they take. */
const WORTH_TELLING_SECONDS = 20;

/** The sentence that says beforehand how long an analysis will take and what it leaves out; null where neither is worth it. */
export function toldTime({ options, left }: Economy, asked: AnalysisOptions, size: ModelSize): string | null {
  const seconds = expectedSecondsOf(options, size);
  if (left.length > 0) {
    const standard = expectedSecondsOf(resolveOptions({ ...asked, preset: 'standard' }), size);
    return `The model is large: to stay within about a minute, this quick analysis leaves out ${listed(left)}. The standard preset measures all of it (about ${spoken(standard)}).`;
  }
  return seconds >= WORTH_TELLING_SECONDS ? `The analysis will take about ${spoken(seconds)}.` : null;
}

/** "40 s", "3 min", "2 h": of an estimate that may be off by a factor of two, no more digits. */
export function spoken(seconds: number): string {
  if (seconds < 90) return `${Math.max(10, Math.round(seconds / 10) * 10)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}

const listed = (items: readonly string[]) =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join('; ')}; and ${items[items.length - 1]}`;
