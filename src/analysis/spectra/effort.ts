import type { Effort, ResolvedOptions } from '../../options/presets';
import { EXACT_DIM } from '../../spectrum/exact';

interface EstimateNumbers {
  /** When to stop estimating a trace. */
  trace: { relativeError: number; minProbes: number; maxProbes: number };
  /** How many pairs of vectors and how many nudges of the weights measure the noise of products. */
  noise: { pairs: number; nudges: number };
}

/** Costs 23 products in each preset that uses it. */
const NOISE = { pairs: 3, nudges: 4 };

/** The settings of a spectrum measurement that depend only on the preset. */
export const ESTIMATES: Record<Effort, EstimateNumbers> = {
  lean: { trace: { relativeError: 0.1, minProbes: 2, maxProbes: 2 }, noise: { pairs: 1, nudges: 0 } },
  quick: { trace: { relativeError: 0.1, minProbes: 6, maxProbes: 8 }, noise: NOISE },
  standard: { trace: { relativeError: 0.05, minProbes: 12, maxProbes: 24 }, noise: NOISE },
  thorough: { trace: { relativeError: 0.01, minProbes: 20, maxProbes: 100 }, noise: NOISE },
};

/** Largest number of eigenpairs whose values are measured again with nudged weights. */
const NUDGED_PAIRS = 4;

export type SpectrumNumbers = Pick<
  ResolvedOptions,
  'effort' | 'spectrumOf' | 'lanczosSteps' | 'extremeSteps' | 'probes'
>;

/** Returns the largest number of products that a spectrum takes. */
export function productsOf(
  dim: number,
  { effort, spectrumOf, lanczosSteps, extremeSteps, probes }: SpectrumNumbers,
): number {
  if (dim <= EXACT_DIM) return dim;
  const { trace, noise } = ESTIMATES[effort];
  const ofNoise = 2 * noise.pairs + 1 + noise.nudges * NUDGED_PAIRS;
  if (spectrumOf === 'ends') return extremeSteps + ofNoise;
  const lanczos = probes * lanczosSteps + Math.max(0, extremeSteps - lanczosSteps);
  return lanczos + ofNoise + (spectrumOf === 'everything' ? trace.maxProbes : 0);
}
