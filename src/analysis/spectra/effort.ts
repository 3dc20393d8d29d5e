import type { Effort, ResolvedOptions } from '../../options/presets';
import { EXACT_DIM } from '../../spectrum/exact';

interface EstimateNumbers {
  /** How long a trace is estimated. */
  trace: { relativeError: number; minProbes: number; maxProbes: number };
  /** Pairs of vectors and nudged weights that measure the noise of products. */
  noise: { pairs: number; nudges: number };
}

/** 23 products, whatever the preset. */
const NOISE = { pairs: 3, nudges: 4 };

/** What the presets leave to the measurement of a spectrum. */
export const ESTIMATES: Record<Effort, EstimateNumbers> = {
  lean: { trace: { relativeError: 0.1, minProbes: 2, maxProbes: 2 }, noise: { pairs: 1, nudges: 0 } },
  quick: { trace: { relativeError: 0.1, minProbes: 6, maxProbes: 8 }, noise: NOISE },
  standard: { trace: { relativeError: 0.05, minProbes: 12, maxProbes: 24 }, noise: NOISE },
  thorough: { trace: { relativeError: 0.01, minProbes: 20, maxProbes: 100 }, noise: NOISE },
};

/** Eigenpairs whose values are measured again with nudged weights, at most. */
const NUDGED_PAIRS = 4;

export type SpectrumNumbers = Pick<ResolvedOptions, 'effort' | 'lanczosSteps' | 'extremeSteps' | 'probes'>;

/** Products that a spectrum takes at most. */
export function productsOf(dim: number, { effort, lanczosSteps, extremeSteps, probes }: SpectrumNumbers): number {
  if (dim <= EXACT_DIM) return dim;
  const { trace, noise } = ESTIMATES[effort];
  const lanczos = probes * lanczosSteps + Math.max(0, extremeSteps - lanczosSteps);
  return lanczos + 2 * noise.pairs + 1 + noise.nudges * NUDGED_PAIRS + trace.maxProbes;
}
