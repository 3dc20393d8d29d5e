import type { ConfidenceBins } from '../objective/objective';

/** How far the probabilities of the predicted classes are from the frequency of right answers. */
export interface Calibration {
  expectedError: { value: number; error: number };
  /** The bins that hold answers. */
  bins: { from: number; to: number; answers: number; confidence: number; accuracy: number }[];
}

/**
 * Expected calibration error over M bins of confidence:
 *   ECE = Σₘ wₘ·|accₘ − confₘ|,  wₘ the share of the answers in bin m, accₘ and confₘ their means.
 * The standard error takes the answers as independent: se² = Σₘ wₘ²·Var(right − p)/nₘ. Few answers in a bin make the ECE
 * too large by about this error, since it adds distances.
 * @see Guo, Pleiss, Sun & Weinberger 2017, arXiv:1706.04599
 */
export function calibrationOf({ counts, weights, confidence, right, squares }: ConfidenceBins): Calibration {
  const filled = Array.from(counts, (_, m) => m).filter((m) => counts[m] > 0 && weights[m] > 0);
  let [value, variance] = [0, 0];
  for (const m of filled) {
    const gap = (right[m] - confidence[m]) / weights[m];
    value += weights[m] * Math.abs(gap);
    variance += (weights[m] ** 2 * Math.max(0, squares[m] / weights[m] - gap ** 2)) / counts[m];
  }
  return {
    expectedError: { value, error: Math.sqrt(variance) },
    bins: filled.map((m) => ({
      from: m / counts.length,
      to: (m + 1) / counts.length,
      answers: counts[m],
      confidence: confidence[m] / weights[m],
      accuracy: right[m] / weights[m],
    })),
  };
}
