import type { Objective } from '../objective/objective';

/** L, or its smooth piece, at θ + t·d for t = ±h·2⁻ᵏ and 0. */
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
/** A float32 loss carries a few roundings of 2⁻²⁴ each. */
const NOISE = 4 * 2 ** -24;

/** @param piece the smooth piece of the loss that θ lies on: without kinks, differences converge to its derivatives */
export async function sampleAround(
  objective: Objective,
  d: Float32Array,
  { piece, signal }: { piece: boolean; signal?: AbortSignal },
): Promise<Curve> {
  const steps = Array.from({ length: HALVINGS }, (_, k) => LARGEST_STEP * 2 ** -k);
  const alphas = [0, ...steps, ...steps.map((step) => -step)];
  const values = await objective.plane(
    d,
    null,
    alphas.map((alpha) => ({ alpha, beta: 0 })),
    { signal, piece },
  );
  const loss = values.map((value) => value.loss);
  return {
    steps,
    centre: loss[0]!,
    ahead: loss.slice(1, 1 + HALVINGS),
    behind: loss.slice(1 + HALVINGS),
    noise: NOISE * Math.max(...loss.filter(Number.isFinite).map(Math.abs), 0),
  };
}

/** L′(0) from (L(h) − L(−h))/2h. */
export function slopeOf({ steps, ahead, behind, noise }: Curve): Difference {
  return extrapolate(
    steps.map((h, k) => (ahead[k]! - behind[k]!) / (2 * h)),
    steps.map((h) => noise / h),
  );
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
 * of its smallest step. Where the loss has features finer than the larger steps, or two differences happen to be equal,
 * entries may agree with each other and be wrong: so an entry must also agree with what every finer step extrapolates to
 * alone, Tₘ₁, each within its rounding and what that extrapolation added. The entry with the smallest error is the answer.
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
    const added = (raw[m]! - raw[m - 1]!) / 3;
    const allowed = Math.abs(added) + 2 * rounding[m]!;
    worst = Math.max(worst, Math.abs(value - (raw[m]! + added)) - allowed);
  }
  return worst;
}
