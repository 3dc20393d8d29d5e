import type { SampleAnswers } from '../objective/objective';

/** The samples with the largest losses, and what they weigh in the loss. */
export interface WorstSamples {
  /** Indices of the samples, the largest loss first. */
  indices: number[];
  /** Their share of all samples, by weight. */
  share: number;
  /** Their share of the loss, with its standard error over the samples. */
  lossShare: { value: number; error: number };
  /** The 0–1 error that they cause; null where the targets are not classes. */
  errorShare: number | null;
  /** Their loss over their 0–1 error; null where none of them is wrong. */
  lossPerError: { value: number; error: number } | null;
}

/** Slack for sums of shares that are rounded. */
const ROUNDING = 1e-9;

/**
 * The samples with the largest losses that together weigh at most `fraction`, but at least one. Let W be these samples,
 * q the smallest loss in W, wᵢ the share of sample i in the mean and f = Σ_W wᵢ:
 *   S = A/L,  A = Σ_W wᵢℓᵢ,  L = Σ wᵢℓᵢ.
 * The standard error is that of the infinitesimal jackknife, from the influence of each sample on S:
 *   IFᵢ = ((ℓᵢ − q)₊ + f·q − A − S·(ℓᵢ − L))/L,  se² = N/(N − 1) · Σ wᵢ²·IFᵢ².
 * The loss per error, Σ_W wᵢℓᵢ/Σ_W wᵢeᵢ, has the standard error of a ratio of means (Cochran 1977, section 2.11).
 * @returns null unless every loss is at least zero and some are positive: shares of other losses mean nothing
 * @see Efron & Tibshirani 1993, An Introduction to the Bootstrap, chapter 21
 */
export function worstSamples({ losses, shares, classes }: SampleAnswers, fraction: number): WorstSamples | null {
  const order = Array.from(losses, (_, i) => i).sort((i, j) => losses[j] - losses[i] || i - j);
  const total = losses.reduce((sum, loss, i) => sum + shares[i] * loss, 0);
  if (!(total > 0 && Number.isFinite(total)) || losses[order[order.length - 1]] < 0) return null;
  const indices: number[] = [];
  let [share, carried] = [0, 0];
  for (const i of order) {
    if (indices.length > 0 && share + shares[i] > fraction + ROUNDING) break;
    indices.push(i);
    share += shares[i];
    carried += shares[i] * losses[i];
  }
  const least = losses[indices[indices.length - 1]];
  const lossShare = carried / total;
  const influence = (loss: number) =>
    (Math.max(0, loss - least) + share * least - carried - lossShare * (loss - total)) / total;
  const error = spread(Array.from(losses, (loss, i) => shares[i] * influence(loss)));
  if (!classes) {
    return { indices, share, lossShare: { value: lossShare, error }, errorShare: null, lossPerError: null };
  }
  const errorShare = indices.reduce((sum, i) => sum + shares[i] * classes.errors[i], 0);
  const ratio = carried / errorShare;
  const residuals = indices.map((i) => (shares[i] * (losses[i] - ratio * classes.errors[i])) / errorShare);
  return {
    indices,
    share,
    lossShare: { value: lossShare, error },
    errorShare,
    lossPerError: errorShare > 0 ? { value: ratio, error: spread(residuals) } : null,
  };
}

/** √(n/(n − 1) · Σ xᵢ²), 0 for a single value, whose spread is not known. */
function spread(values: readonly number[]): number {
  const { length } = values;
  return length < 2 ? 0 : Math.sqrt((length / (length - 1)) * values.reduce((sum, value) => sum + value ** 2, 0));
}
