import { pairedChange } from '../dynamics/pairedChange';
import type { LossValue, Objective, PlanePoint, SampleAnswers } from '../objective/objective';
import type { Barrier, BetweenModels } from '../report/sections/comparison';
import { widestGain } from './summit';

/** The straight line between two models, as points of a plane: α = 0 is one model, α = 1 the other. */
export interface Segment {
  d1: Float32Array;
  d2: Float32Array | null;
  pointAt(alpha: number): PlanePoint;
}

/** The losses of single samples at both ends of a line. */
export interface AnswersAtEnds {
  from: SampleAnswers | null;
  to: SampleAnswers | null;
}

export interface BarrierOptions {
  signal?: AbortSignal;
  /** What the caller knows of the ends. The rest is measured. */
  known?: Partial<AnswersAtEnds>;
  /** Called for each measured point; `total` grows while the maximum is refined. */
  onPoint?: (done: number, total: number) => void;
}

/** The line is measured at α = k/24. */
const STEPS = 24;
/** Largest number of further points around the maximum. */
const MOST_REFINED = 16;
/** The height is refined until it is certain to this fraction of itself, or of its standard error. */
const CERTAIN_TO = { height: 1e-3, error: 0.1 };
/** Relative float32 error of a mean loss. A rise within it is none: that is all that a shuffled copy leaves, once matched. */
const ROUNDING = 1e-6;

/**
 * The loss on the straight line between two models, and its barrier:
 *   max over α in [0, 1] of e(α),  e(α) = L(α) − ((1 − α)·L(0) + α·L(1)).
 * L is measured at α = k/24 and then around its highest point until no point in between can lie much higher. The error
 * is that of the mean over samples of eᵢ(α*) at the maximum α*, so the spread between samples does not enter.
 * Cost: 25 to 43 losses, and one or two passes for the losses of single samples besides those at ends that are not known.
 * @see Entezari, Sedghi, Saukh & Neyshabur 2022, arXiv:2110.06296
 */
export async function barrierBetween(
  objective: Objective,
  { d1, d2, pointAt }: Segment,
  { signal, onPoint, known = {} }: BarrierOptions = {},
): Promise<BetweenModels> {
  const measured = new Map<number, LossValue>();
  const measure = async (alphas: readonly number[]) => {
    const before = measured.size;
    const values = await objective.plane(d1, d2, alphas.map(pointAt), {
      signal,
      onPoint: (() => {
        let done = before;
        return () => onPoint?.(++done, before + alphas.length);
      })(),
    });
    alphas.forEach((alpha, i) => measured.set(alpha, values[i]));
  };
  const answersAt = (alpha: number) => objective.perSample({ signal, at: { d1, d2, ...pointAt(alpha) } });
  const line = () => {
    const alpha = [...measured.keys()].sort((a, b) => a - b);
    return { alpha, excess: excessOver(alpha, (at) => measured.get(at)!.loss) };
  };

  await measure(Array.from({ length: STEPS + 1 }, (_, k) => k / STEPS));
  const ends: Partial<AnswersAtEnds> = { ...known };
  const errorAt = async (alpha: number) => {
    const from = (ends.from ??= await answersAt(0));
    const to = (ends.to ??= await answersAt(1));
    const there = from && to && (await answersAt(alpha));
    return there ? pairedChange(chord(from, to, alpha), there).error : NaN;
  };

  const resolution = ROUNDING * Math.max(...[0, 1].map((at) => Math.abs(measured.get(at)!.loss)));
  const coarse = highestOf(line(), resolution);
  let barrier = coarse;
  let error = Number.isFinite(barrier.height) ? await errorAt(barrier.inner) : NaN;
  if (Number.isFinite(barrier.height) && barrier.height > 0) {
    const noise = Math.max(resolution, ROUNDING * barrier.height);
    await measure(besideHighest(line()));
    for (let refined = 0; ; refined++) {
      const { alpha, excess } = line();
      const gain = widestGain(alpha, excess);
      const enough = Math.max(noise, CERTAIN_TO.height * barrier.height, CERTAIN_TO.error * (error || 0));
      barrier = { ...highestOf({ alpha, excess }, resolution), unseen: gain?.rise ?? 0 };
      if (!gain || gain.rise <= enough || refined === MOST_REFINED) break;
      await measure([gain.at]);
    }
    if (Number.isFinite(barrier.height) && barrier.inner !== coarse.inner) error = await errorAt(barrier.inner);
  }

  const { alpha } = line();
  const accuracy = alpha.map((at) => measured.get(at)!.accuracy);
  const { height, at, unseen } = barrier;
  return {
    alpha,
    loss: alpha.map((at) => measured.get(at)!.loss),
    ...(accuracy.some((value) => !Number.isNaN(value)) ? { accuracy } : {}),
    barrier: { height, at, error, ...(unseen === undefined ? {} : { unseen }) },
  };
}

/** e(α) at each point. */
function excessOver(alpha: readonly number[], lossAt: (alpha: number) => number): number[] {
  const [from, to] = [lossAt(0), lossAt(1)];
  return alpha.map((at) => (at === 0 || at === 1 ? 0 * (from + to) : lossAt(at) - ((1 - at) * from + at * to)));
}

interface Highest extends Pick<Barrier, 'height' | 'at' | 'unseen'> {
  /** The highest point strictly between the models. */
  inner: number;
}

/** The highest point of a line. A point that is NaN or ∞ decides alone: no height is left to compare with. */
function highestOf(
  { alpha, excess }: { alpha: readonly number[]; excess: readonly number[] },
  resolution: number,
): Highest {
  const at = (i: number): Highest => ({ height: excess[i], at: alpha[i], inner: alpha[i] });
  const nan = excess.findIndex(Number.isNaN);
  if (nan >= 0) return at(nan);
  const inside = excess.slice(1, -1);
  const best = 1 + inside.indexOf(Math.max(...inside));
  return excess[best] > resolution ? at(best) : { height: 0, at: 0, inner: alpha[best] };
}

/** The middles of both intervals at the highest point. */
function besideHighest({ alpha, excess }: { alpha: readonly number[]; excess: readonly number[] }): number[] {
  const best = excess.indexOf(Math.max(...excess));
  return [best - 1, best].map((i) => (alpha[i] + alpha[i + 1]) / 2);
}

/** The losses of each sample on the straight line between those at both ends. */
function chord(from: SampleAnswers, to: SampleAnswers, alpha: number): SampleAnswers {
  return { ...from, losses: from.losses.map((loss, i) => (1 - alpha) * loss + alpha * to.losses[i]) };
}
