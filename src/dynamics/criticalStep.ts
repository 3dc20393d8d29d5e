import type { Objective } from '../objective/objective';

export interface CriticalStepRequest {
  /** L(θ) */
  loss: number;
  /** Differences of losses below this are rounding. */
  resolution: number;
  /** A step of the order that is looked for. */
  guess: number;
  signal?: AbortSignal;
}

/** Ratio of neighbouring steps of the scan. A rise and fall between two of them is not seen. */
const RATIO = 2;
/** The scan begins this many ratios below the guess, and goes on at most that many beyond it. */
const BELOW = 4;
const FURTHEST = 24;
/** The crossing is narrowed down to this fraction of the step. */
const PRECISION = 0.01;

/**
 * The critical step: the smallest η > 0 with L(θ − η·d) > L(θ). For a quadratic loss and d = g it is 2·gᵀg/gᵀHg, so
 * 2/η is the curvature along d. A scan in ratios of two finds the first rise, and bisection narrows it down.
 * Cost: 12 losses for a good guess, at most 60.
 * @param d along which the loss falls at first, [dim]
 * @returns the step with its error, from the width of the last bracket and the resolution of the loss; null where the
 * loss does not rise, or where no step lowers it
 * @see arXiv:2601.16979 (critical sharpness)
 */
export async function criticalStep(
  objective: Pick<Objective, 'plane'>,
  d: Float32Array,
  { loss, resolution, guess, signal }: CriticalStepRequest,
): Promise<{ value: number; error: number } | null> {
  const at = async (step: number): Promise<number> => {
    const [value] = await objective.plane(d, null, [{ alpha: -step, beta: 0 }], { signal });
    // NaN is an overflow, which counts as a rise.
    return Number.isNaN(value.loss) ? Infinity : value.loss;
  };
  let low = { step: guess / RATIO ** BELOW, loss: NaN };
  low.loss = await at(low.step);
  for (let i = 0; low.loss > loss + resolution; i++) {
    if (i === FURTHEST) return null;
    low = { step: low.step / RATIO, loss: NaN };
    low.loss = await at(low.step);
  }
  let high = low;
  for (let i = 0; high.loss <= loss + resolution; i++) {
    if (i === BELOW + FURTHEST) return null;
    low = high;
    high = { step: high.step * RATIO, loss: await at(high.step * RATIO) };
  }
  while (high.step - low.step > PRECISION * high.step) {
    const step = (low.step + high.step) / 2;
    const middle = { step, loss: await at(step) };
    if (middle.loss > loss) high = middle;
    else low = middle;
  }
  const width = high.step - low.step;
  // An infinite slope adds nothing; a rise within rounding leaves the crossing open over the whole step.
  const slope = (high.loss - low.loss) / width;
  const rounding = slope > 0 ? resolution / slope : high.step;
  return { value: (low.step + high.step) / 2, error: width / 2 + Math.min(rounding, high.step / 2) };
}
