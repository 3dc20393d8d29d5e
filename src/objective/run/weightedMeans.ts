import type { SampleCurvature } from '../objective';
import type { ShardSums } from '../shards';
import type { Span } from './span';

/** The sums over the span that `lossSums` defines, by name. */
export type Sums = ShardSums;

/**
 * Standard error of the mean loss: √(Var ℓ/(N − 1)).
 * @param answers number of losses that were averaged: samples, or batches where the graph gives one loss per batch
 */
export function standardErrorOf({ loss, square }: Sums, answers: number): number {
  const variance = Math.max(0, square - loss ** 2);
  return answers > 1 ? Math.sqrt(variance / (answers - 1)) : NaN;
}

/**
 * Standard error of a weighted mean L = Σ wᵢℓᵢ, Σ wᵢ = 1, as a ratio of sums: √(N/(N − 1) · Σ wᵢ²(ℓᵢ − L)²).
 * @see Cochran 1977, Sampling Techniques, 6.4
 */
export function weightedStandardErrorOf({ loss, squareLoss, squareSquare }: Sums, span: Span): number {
  const { samples } = span;
  if (samples < 2) return NaN;
  const squares = span.shares().reduce((sum, share) => sum + share ** 2, 0);
  const spread = span.scale * (squareSquare - 2 * loss * squareLoss) + loss ** 2 * squares;
  return Math.sqrt((samples / (samples - 1)) * Math.max(0, spread));
}

/** Maps each cᵢ to c̄ + N·wᵢ·(cᵢ − c̄), whose plain mean and standard error are those of the weighted mean c̄. */
export function asPlainMeans({ slopes, curvatures }: SampleCurvature, span: Span): SampleCurvature {
  if (!span.weighted) return { slopes, curvatures };
  const shares = span.shares();
  const plain = (values: Float64Array) => {
    const centre = values.reduce((sum, value, i) => sum + shares[i] * value, 0);
    return values.map((value, i) => centre + shares.length * shares[i] * (value - centre));
  };
  return { slopes: plain(slopes), curvatures: plain(curvatures) };
}
