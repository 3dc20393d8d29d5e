import type { SampleAnswers } from '../objective/objective';

/** A figure of each sample, and its share in the mean. */
export type PairedSamples = Pick<SampleAnswers, 'losses' | 'shares'>;

/**
 * The change of the mean loss from one point to another, over the same samples:
 *   Δ = Σ wᵢdᵢ,  dᵢ = ℓᵢ(there) − ℓᵢ(here),  se² = N/(N − 1) · Σ wᵢ²(dᵢ − Δ)².
 * Pairs leave out the spread between samples, so the error is far below that of either loss.
 * @returns an error of NaN for a single sample
 */
export function pairedChange(here: PairedSamples, there: PairedSamples): { value: number; error: number } {
  const { shares } = here;
  const changes = there.losses.map((loss, i) => loss - here.losses[i]);
  const value = changes.reduce((sum, change, i) => sum + shares[i] * change, 0);
  const squares = changes.reduce((sum, change, i) => sum + (shares[i] * (change - value)) ** 2, 0);
  const { length } = changes;
  return { value, error: length > 1 ? Math.sqrt((length / (length - 1)) * squares) : NaN };
}
