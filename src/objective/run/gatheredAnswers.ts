import type { Tensor } from '../../graph/tensor';
import type { ClassedAnswers, SampleAnswers } from '../objective';
import type { Span } from './span';

/** The number of bins that Guo et al. 2017 (arXiv:1706.04599) measure calibration with. */
const BINS = 15;

/** Collects the answers of each batch. Adding the batches in order makes the sums reproducible. */
export class GatheredAnswers {
  private readonly losses: Float64Array;
  private readonly shares: Float64Array;
  private readonly classes: ClassedAnswers | null;
  private filled = 0;

  /** @param answerShare factor from the wrong answers of a sample to its part of the 0–1 error; null without classes */
  constructor(
    private readonly span: Span,
    private readonly answerShare: number | null,
  ) {
    const { samples } = span;
    this.losses = new Float64Array(samples);
    this.shares = Float64Array.from(span.shares());
    this.classes =
      answerShare === null
        ? null
        : { errors: new Float64Array(samples), confidence: new Float64Array(samples), bins: emptyBins() };
  }

  /** @param answers losses [batchSize], and with classes confidence and wrong, [batchSize, positions] */
  add(batch: number, { losses, confidence, wrong }: Readonly<Record<string, Tensor>>): void {
    const { count } = this.span.batches[batch];
    const [first, { classes, answerShare }] = [this.filled, this];
    this.filled += count;
    this.losses.set((losses.data as Float64Array).subarray(0, count), first);
    if (!classes || answerShare === null) return;
    const [, positions] = confidence.shape;
    const [p, missed] = [confidence.data as Float64Array, wrong.data as Float64Array];
    for (let i = 0; i < count; i++) {
      let [asked, sum, wrongs] = [0, 0, 0];
      const weight = this.shares[first + i] * answerShare;
      for (let at = i * positions; at < (i + 1) * positions; at++) {
        // A negative confidence marks a position without a target.
        if (p[at] < 0) continue;
        asked++;
        sum += p[at];
        wrongs += missed[at];
        bin(classes.bins, p[at], missed[at] === 0, weight);
      }
      classes.errors[first + i] = wrongs * answerShare;
      classes.confidence[first + i] = asked > 0 ? sum / asked : NaN;
    }
  }

  get result(): SampleAnswers {
    return { losses: this.losses, shares: this.shares, classes: this.classes };
  }
}

function emptyBins(): ClassedAnswers['bins'] {
  const zeros = () => new Float64Array(BINS);
  return { counts: zeros(), weights: zeros(), confidence: zeros(), right: zeros(), squares: zeros() };
}

/** Adds one answer to its bin (m/M, (m + 1)/M]. */
function bin(bins: ClassedAnswers['bins'], p: number, isRight: boolean, weight: number): void {
  // Rounding may lift a probability slightly above 1. NaN belongs to no bin.
  const m = Math.min(BINS - 1, Math.max(0, Math.ceil(p * BINS) - 1));
  if (Number.isNaN(m)) return;
  const right = isRight ? 1 : 0;
  bins.counts[m]++;
  bins.weights[m] += weight;
  bins.confidence[m] += weight * p;
  bins.right[m] += weight * right;
  bins.squares[m] += weight * (right - p) ** 2;
}
