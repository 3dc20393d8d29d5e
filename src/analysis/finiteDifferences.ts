import type { Objective } from '../objective/objective';

/** L at θ + t·d for t = ±h·2⁻ᵏ and 0. */
export interface Curve {
  /** Largest first. */
  steps: readonly number[];
  ahead: readonly number[];
  behind: readonly number[];
  centre: number;
  /** Absolute float32 error of a loss. */
  noise: number;
}

/** A derivative from differences, and how far it may be off. */
export interface Difference {
  value: number;
  error: number;
}

/** In units of the direction, which is as long as θ: the largest step changes every weight by a quarter of itself. */
const LARGEST_STEP = 0.25;
const HALVINGS = 10;
/** Where there are kinks only small steps meet few of them. */
const HALVINGS_WITH_KINKS = 13;
/** A float32 loss carries a few roundings of 2⁻²⁴ each. */
const NOISE = 4 * 2 ** -24;

export async function sampleAround(
  objective: Objective,
  d: Float32Array,
  { kinks, signal }: { kinks: boolean; signal?: AbortSignal },
): Promise<Curve> {
  const count = kinks ? HALVINGS_WITH_KINKS : HALVINGS;
  const steps = Array.from({ length: count }, (_, k) => LARGEST_STEP * 2 ** -k);
  const alphas = [0, ...steps, ...steps.map((step) => -step)];
  const values = await objective.plane(
    d,
    null,
    alphas.map((alpha) => ({ alpha, beta: 0 })),
    { signal },
  );
  const loss = values.map((value) => value.loss);
  return {
    steps,
    centre: loss[0]!,
    ahead: loss.slice(1, 1 + count),
    behind: loss.slice(1 + count),
    noise: NOISE * Math.max(...loss.filter(Number.isFinite).map(Math.abs), 0),
  };
}

/** L′(0) from (L(h) − L(−h))/2h, for a smooth curve. */
export function slopeOf(curve: Curve): Difference {
  const { values, rounding } = centralDifferences(curve);
  return extrapolate(values, rounding);
}

/**
 * L′(0) of a curve with kinks. What a step of h meets of them moves the difference by O(h) with random sign, so there is
 * no series to extrapolate: the last change over a halved step is about the error that is left, and twice the largest of
 * the last three changes, each brought to this step, bounds it. Three steps may agree by chance, and the best is chosen
 * of many: so a value must also agree with every finer difference, within its rounding and its last change. A kink close
 * to the centre, or in it, moves all of them alike by up to half of its jump, which is what the slopes ahead and behind
 * differ by: |L(h) − 2·L(0) + L(−h)|/2h.
 */
export function slopeBetweenKinks(curve: Curve): Difference {
  const { values, rounding } = centralDifferences(curve);
  const change = (k: number) => Math.abs(values[k]! - values[k - 1]!);
  let best: Difference = { value: NaN, error: Infinity };
  for (let k = 3; k < values.length; k++) {
    const spread = 2 * Math.max(change(k), change(k - 1) / 2, change(k - 2) / 4) + rounding[k]!;
    const error = Math.max(spread, disagreement(values[k]!, k, values, rounding), halfJump(curve, k));
    if (error < best.error) best = { value: values[k]!, error };
  }
  return best;
}

function halfJump({ steps, ahead, behind, centre }: Curve, k: number): number {
  return Math.abs(ahead[k]! - 2 * centre + behind[k]!) / (2 * steps[k]!);
}

function centralDifferences({ steps, ahead, behind, noise }: Curve): { values: number[]; rounding: number[] } {
  return {
    values: steps.map((h, k) => (ahead[k]! - behind[k]!) / (2 * h)),
    rounding: steps.map((h) => noise / h),
  };
}

/** L″(0) from (L(h) − 2·L(0) + L(−h))/h². */
export function curvatureOf({ steps, ahead, behind, centre, noise }: Curve): Difference {
  const raw = steps.map((h, k) => (ahead[k]! - 2 * centre + behind[k]!) / h ** 2);
  return extrapolate(
    raw,
    steps.map((h) => (4 * noise) / h ** 2),
  );
}

/**
 * Central differences D(h) = D + c₁·h² + c₂·h⁴ + … over halved steps, extrapolated to h = 0 in Neville's scheme
 *   Tₖⱼ = Tₖ,ⱼ₋₁ + (Tₖ,ⱼ₋₁ − Tₖ₋₁,ⱼ₋₁)/(4ʲ − 1).
 * Error of an entry: its distance from both entries it was made of, which sees the bend of the curve, and the rounding
 * of its smallest step. Where the loss has features finer than the larger steps, entries may agree with each other and
 * be wrong: so an entry must also agree with the plain differences of every finer step, each within its rounding and
 * the last change that halving made. The entry with the smallest error is the answer.
 * @see Ridders 1982, Accurate computation of F′(x) and F′(x)F″(x), Adv. Eng. Software 4
 */
function extrapolate(raw: readonly number[], rounding: readonly number[]): Difference {
  let best: Difference = { value: NaN, error: Infinity };
  let previous: number[] = [];
  raw.forEach((difference, k) => {
    const row = [difference];
    for (let j = 1; j <= k; j++) {
      const value = row[j - 1]! + (row[j - 1]! - previous[j - 1]!) / (4 ** j - 1);
      const distance = Math.max(Math.abs(value - row[j - 1]!), Math.abs(value - previous[j - 1]!));
      const error = Math.max(distance + 2 * rounding[k]!, disagreement(value, k, raw, rounding));
      if (error < best.error) best = { value, error };
      row.push(value);
    }
    previous = row;
  });
  return best;
}

/** How far a value made of the first k steps lies outside of what finer steps allow. */
function disagreement(value: number, k: number, raw: readonly number[], rounding: readonly number[]): number {
  let worst = 0;
  for (let m = k + 1; m < raw.length; m++) {
    const allowed = Math.abs(raw[m]! - raw[m - 1]!) + 2 * rounding[m]!;
    worst = Math.max(worst, Math.abs(value - raw[m]!) - allowed);
  }
  return worst;
}
