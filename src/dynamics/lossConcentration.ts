import type { SampleAnswers } from '../objective/objective';

/** What the samples with the largest losses carry, for growing numbers of them. */
export interface LossConcentration {
  /** Share of all samples, by weight, ascending to 1. */
  samples: number[];
  /** Their share of the loss. */
  loss: number[];
  /** Their share of the 0–1 error; null where the targets are not classes or no answer is wrong. */
  error: number[] | null;
}

/**
 * The Lorenz curve of the losses from its upper end. With the losses in descending order, for k = 0 … N:
 *   samples = Σ_{i≤k} wᵢ,  loss = Σ_{i≤k} wᵢℓᵢ / L,  error = Σ_{i≤k} wᵢeᵢ / E.
 * @param points most points that are kept; k grows with their square, because the curve is steep at its beginning
 * @returns null unless every loss is finite and at least zero and some are positive: shares of other losses mean nothing
 * @see Gastwirth 1971, A General Definition of the Lorenz Curve
 */
export function lossConcentration(
  { losses, shares, classes }: SampleAnswers,
  points: number,
): LossConcentration | null {
  const order = Array.from(losses, (_, i) => i).sort((i, j) => losses[j] - losses[i] || i - j);
  const running = (values: Float64Array): number[] => {
    let sum = 0;
    return [0, ...order.map((i) => (sum += shares[i] * values[i]))];
  };
  const carried = running(losses);
  const total = carried[losses.length];
  if (!(total > 0 && Number.isFinite(total)) || losses[order[order.length - 1]] < 0) return null;
  const wrong = classes && running(classes.errors);
  const counts = [
    ...new Set(Array.from({ length: points }, (_, p) => Math.round(losses.length * (p / (points - 1)) ** 2))),
  ];
  const kept = (sums: number[]): number[] => counts.map((k) => sums[k] / sums[losses.length]);
  return {
    samples: kept(running(Float64Array.from(losses, () => 1))),
    loss: kept(carried),
    error: wrong && wrong[losses.length] > 0 ? kept(wrong) : null,
  };
}
