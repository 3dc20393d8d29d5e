import type { Objective } from '../../objective/objective';

/** Values of L, or of its smooth piece, at θ and at θ ± h·d for a halving sequence of steps h. */
export interface Curve {
  /** Largest first. */
  steps: readonly number[];
  ahead: readonly number[];
  behind: readonly number[];
  centre: number;
  /** Absolute rounding error of each loss, in addition to the error that is relative to the loss. */
  noise: number;
}

/** A derivative estimated from finite differences, with its error. */
export interface Difference {
  value: number;
  /** Error estimate, or ∞ if the differences do not converge. */
  error: number;
  /** The raw difference over the smallest step and its rounding error. Half that step would round even more. */
  last: { value: number; rounding: number };
  /**
   * The change of the loss over the largest step with finite values, expressed as a derivative of the same order:
   * |ΔL|/h or 2|ΔL|/h².
   */
  secant: number;
  /** The rounding error of the raw difference over the longest step of at most this length; ∞ if there is none. */
  roundingWithin(length: number): number;
  /** Whether rounding alone limits the difference even over the largest step. Longer steps then resolve more. */
  flat: boolean;
}

/** In units of the direction, which is as long as θ. The first step changes each weight by about a quarter. */
const FIRST_STEP = 0.25;
const HALVINGS = 10;
/** Number of steps added at a time if the first ones do not suffice. */
const MORE = 5;
/** Below the shortest step, θ + h·d rounds d away. Beyond the longest step, the loss says little about θ. */
const SHORTEST = 2 ** -38;
const LONGEST = 2 ** 3;
/** A float32 loss carries a few roundings of 2⁻²⁴ each. */
const ROUNDINGS = 4 * 2 ** -24;

export interface Around {
  /**
   * Whether to use the smooth piece of the loss that θ lies on. Without kinks, differences converge to its derivatives.
   */
  piece: boolean;
  /** Absolute rounding error of a loss, in addition to the error that is relative to the loss. */
  noise?: number;
  signal?: AbortSignal;
}

export async function sampleAround(objective: Objective, d: Float32Array, around: Around): Promise<Curve> {
  const { noise = 0 } = around;
  const steps = Array.from({ length: HALVINGS }, (_, k) => FIRST_STEP * 2 ** -k);
  const [centre, ...losses] = await lossesAt(objective, d, [0, ...bothWays(steps)], around);
  return { steps, centre, ahead: losses.slice(0, HALVINGS), behind: losses.slice(HALVINGS), noise };
}

/** Extends the curve by a few steps that are all shorter or all longer. Returns null if no such steps are left. */
export async function sampleFurther(
  objective: Objective,
  d: Float32Array,
  curve: Curve,
  around: Around & { way: 'shorter' | 'longer' },
): Promise<Curve | null> {
  const shorter = around.way === 'shorter';
  const from = shorter ? curve.steps.at(-1)! : curve.steps[0];
  const wanted = Array.from({ length: MORE }, (_, k) => (shorter ? from * 2 ** -(k + 1) : from * 2 ** (MORE - k)));
  const steps = wanted.filter((step) => step >= SHORTEST && step <= LONGEST);
  if (steps.length === 0) return null;
  const losses = await lossesAt(objective, d, bothWays(steps), around);
  const [ahead, behind] = [losses.slice(0, steps.length), losses.slice(steps.length)];
  const join = (known: readonly number[], more: readonly number[]) =>
    shorter ? [...known, ...more] : [...more, ...known];
  return {
    ...curve,
    steps: join(curve.steps, steps),
    ahead: join(curve.ahead, ahead),
    behind: join(curve.behind, behind),
  };
}

const bothWays = (steps: readonly number[]) => [...steps, ...steps.map((step) => -step)];

async function lossesAt(
  objective: Objective,
  d: Float32Array,
  alphas: readonly number[],
  { piece, signal }: Around,
): Promise<number[]> {
  const points = alphas.map((alpha) => ({ alpha, beta: 0 }));
  return (await objective.plane(d, null, points, { signal, piece })).map(({ loss }) => loss);
}

/** Estimates L′(0) from (L(h) − L(−h))/2h. */
export function slopeOf(curve: Curve): Difference {
  const { steps, ahead, behind } = curve;
  const roundings = steps.map((h, k) => roundingAt(curve, k) / h);
  const found = extrapolate(
    steps.map((h, k) => (ahead[k] - behind[k]) / (2 * h)),
    roundings,
  );
  const secant = changeOver(curve, found.first) / (steps[found.first] ?? NaN);
  return { ...found, secant, roundingWithin: within(steps, roundings) };
}

/** Estimates L″(0) from (L(h) − 2·L(0) + L(−h))/h². */
export function curvatureOf(curve: Curve): Difference {
  const { steps, ahead, behind, centre } = curve;
  const roundings = steps.map((h, k) => (4 * roundingAt(curve, k)) / h ** 2);
  const found = extrapolate(
    steps.map((h, k) => (ahead[k] - 2 * centre + behind[k]) / h ** 2),
    roundings,
  );
  const secant = (2 * changeOver(curve, found.first)) / (steps[found.first] ?? NaN) ** 2;
  return { ...found, secant, roundingWithin: within(steps, roundings) };
}

const within = (steps: readonly number[], roundings: readonly number[]) => (length: number) =>
  roundings[steps.findIndex((step, k) => step <= length && Number.isFinite(roundings[k]))] ?? Infinity;

/** Returns the largest |L(θ ± h·d) − L(θ)| at step k. */
function changeOver({ ahead, behind, centre }: Curve, k: number): number {
  return Math.max(Math.abs(ahead[k] - centre), Math.abs(behind[k] - centre));
}

/** Bounds the rounding error of the losses at θ ± h·d and at θ. */
function roundingAt({ ahead, behind, centre, noise }: Curve, k: number): number {
  return noise + ROUNDINGS * Math.max(Math.abs(ahead[k]), Math.abs(behind[k]), Math.abs(centre));
}

/**
 * Extrapolates central differences D(h) = D + c₁·h² + c₂·h⁴ + … over halved steps to h = 0 with Neville's scheme
 *   Tₖⱼ = Tₖ,ⱼ₋₁ + (Tₖ,ⱼ₋₁ − Tₖ₋₁,ⱼ₋₁)/(4ʲ − 1).
 * The error of an entry is its distance from the two entries it was made of, which reflects the bend of the curve, plus
 * the rounding error of its smallest step. Three rules keep the error reliable where the loss has features finer than
 * the larger steps:
 *   A step with a non-finite loss is dropped together with all larger steps: the domain of a Log or Sqrt ends there.
 *   A row counts only if the differences converge in two consecutive rows, up to rounding:
 *   |Dₖ − Dₖ₋₁| ≤ ½·|Dₖ₋₁ − Dₖ₋₂|. The scheme expects a factor of ¼.
 *   An entry must agree with the extrapolation Tₘ₁ of every finer step, within the rounding error of that step and the
 *   correction that the extrapolation added. Two differences may be equal by chance.
 * The result is the entry with the smallest error.
 * @see Ridders 1982, Accurate computation of F′(x) and F′(x)F″(x), Adv. Eng. Software 4
 */
function extrapolate(
  all: readonly number[],
  roundings: readonly number[],
): Omit<Difference, 'secant' | 'roundingWithin'> & { first: number } {
  const first = all.findLastIndex((value) => !Number.isFinite(value)) + 1;
  const [raw, rounding] = [all.slice(first), roundings.slice(first)];
  const settled = raw.map((_, k) => isContracting(raw, rounding, k));
  // The first rows can be compared only with later ones, and the last row only with earlier ones.
  const counts = (k: number) => {
    const at = Math.max(k, 2);
    return settled[at] && (settled[at + 1] ?? settled[at - 1]);
  };
  let best = { value: NaN, error: Infinity, row: Infinity };
  let previous: number[] = [];
  raw.forEach((difference, k) => {
    const row = [difference];
    for (let j = 1; j <= k; j++) {
      const value = row[j - 1] + (row[j - 1] - previous[j - 1]) / (4 ** j - 1);
      const distance = Math.max(Math.abs(value - row[j - 1]), Math.abs(value - previous[j - 1]));
      const error = Math.max(distance + 2 * rounding[k], disagreement(value, k, raw, rounding));
      if (error < best.error && counts(k)) best = { value, error, row: k };
      row.push(value);
    }
    previous = row;
  });
  const { value, error, row } = best;
  return {
    value,
    error,
    first,
    last: { value: raw.at(-1) ?? NaN, rounding: rounding.at(-1) ?? Infinity },
    flat: first === 0 && row <= 2 && error <= 4 * rounding[row],
  };
}

/** Whether consecutive differences at least halve at step k, up to rounding. A factor of ¼ is expected. */
function isContracting(raw: readonly number[], rounding: readonly number[], k: number): boolean {
  if (k < 2) return false;
  const [before, now] = [Math.abs(raw[k - 1] - raw[k - 2]), Math.abs(raw[k] - raw[k - 1])];
  return now <= before / 2 + 2 * (rounding[k] + rounding[k - 1]);
}

/** Returns how far a value extrapolated from the steps up to k lies outside the range that finer steps allow. */
function disagreement(value: number, k: number, raw: readonly number[], rounding: readonly number[]): number {
  let worst = 0;
  for (let m = k + 1; m < raw.length; m++) {
    const added = (raw[m] - raw[m - 1]) / 3;
    const allowed = Math.abs(added) + 2 * rounding[m];
    worst = Math.max(worst, Math.abs(value - (raw[m] + added)) - allowed);
  }
  return worst;
}
