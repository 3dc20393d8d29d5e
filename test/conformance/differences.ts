import type { Derivatives, Flat } from './derivatives';
import { gaussians } from './projection';

export interface Tolerances {
  /** Steps of the differences, in units of the inputs: the larger ones round less, the smaller ones bend less. */
  steps: readonly number[];
  /** Allowed distance, relative to the larger of the two. */
  relative: number;
  /** Rounding of one evaluation, relative to its size. */
  rounding: number;
}

export const TOLERANCES: Record<'float64' | 'float32', Tolerances> = {
  float64: { steps: [1e-4, 1e-5, 1e-6, 1e-7], relative: 1e-6, rounding: 2 ** -52 },
  // Only where the CPU has no float64 kernel: convolutions, which are polynomials, and a few smooth functions.
  float32: { steps: [0.02, 0.005, 0.001], relative: 2e-3, rounding: 2 ** -24 },
};

export interface Comparison {
  /** What disagrees; null: nothing. */
  fault: string | null;
  /** Elements without a derivative at this point (a kink, a pole), shown by one-sided differences, and left out. */
  kinks: number;
  /** Elements that were compared. */
  compared: number;
}

/** Elements looked at one by one when a direction through all of them disagrees. */
const SEARCHED = 256;

/**
 * Compares gradient and Hessian-vector product with central differences of fourth order along a seeded direction
 * through all elements. Where they disagree, elements are looked at one by one, each with its column of the Hessian:
 * those without a derivative here are counted and left out, any other disagreement is a fault.
 * @param spoilt some outputs are NaN or ∞ here and were left out of the loss: derivatives by the inputs behind them may
 *   be no numbers either, since 0·NaN is NaN
 */
export async function compareWithDifferences(
  derivatives: Derivatives,
  t: Tolerances,
  spoilt = false,
): Promise<Comparison> {
  const { point } = derivatives;
  const direction = gaussians(7)(point.length);
  const kinks = new Set<number>();
  const first = await compareAlong(derivatives, direction, kinks, t);
  if (!first) return { fault: null, kinks: 0, compared: point.length };
  const centre = await derivatives.all(point, direction);
  const bad = (i: number) => !Number.isFinite(centre.gradient[i]) || !Number.isFinite(centre.product[i]);
  const suspects = [...point.keys()].filter(bad);
  const rest = searched(point.length).filter((i) => !bad(i));
  for (const element of suspects) {
    if (!spoilt && !(await isSingular(derivatives, element, t))) {
      const fault = `${derivatives.nameOf(element)}: derivatives ${centre.gradient[element]}, ${centre.product[element]}`;
      return { fault, kinks: kinks.size, compared: 0 };
    }
    kinks.add(element);
  }
  const smooth: number[] = [];
  for (const element of rest) {
    const unit = unitVector(point.length, element);
    const fault = await compareAlong(derivatives, unit, kinks, t);
    if (!fault) smooth.push(element);
    else if (await isSingular(derivatives, element, t)) kinks.add(element);
    else return { fault: `${derivatives.nameOf(element)} alone: ${fault}`, kinks: kinks.size, compared: smooth.length };
  }
  // Every column of the Hessian has been compared. What then disagreed along the direction were the kinks found, or a
  // corner that only several elements together step over; unless elements are left that nobody looked at.
  const explained = kinks.size > 0 || smooth.length === point.length;
  return { fault: explained ? null : first, kinks: Math.max(1, kinks.size), compared: smooth.length };
}

/** Evenly spread over long inputs. */
function searched(count: number): number[] {
  const chosen = Math.min(count, SEARCHED);
  return Array.from({ length: chosen }, (_, i) => Math.floor((i * count) / chosen));
}

/** What disagrees along a direction at every step; null where one step shows agreement. */
async function compareAlong(
  derivatives: Derivatives,
  direction: Flat,
  skipped: ReadonlySet<number>,
  t: Tolerances,
): Promise<string | null> {
  let fault: string | null = null;
  for (const step of t.steps) {
    const found = await compareAtStep(derivatives, direction, skipped, step, t);
    if (!found) return null;
    fault = `${found} (step ${step})`;
  }
  return fault;
}

async function compareAtStep(
  derivatives: Derivatives,
  direction: Flat,
  skipped: ReadonlySet<number>,
  step: number,
  { relative, rounding }: Tolerances,
): Promise<string | null> {
  const { point } = derivatives;
  const centre = await derivatives.all(point, direction);
  if (!Number.isFinite(centre.loss)) return `the loss is ${centre.loss}`;
  const moved: { loss: number; gradient: Flat }[] = [];
  for (const steps of [1, -1, 2, -2]) {
    moved.push(await derivatives.all(along(point, direction, steps * step), direction));
  }
  const slope = fourthOrder(
    moved.map(({ loss }) => loss),
    step,
  );
  const terms = point.map((_, i) => (direction[i] === 0 ? 0 : centre.gradient[i] * direction[i]));
  const expected = sum(terms);
  const size = Math.max(Math.abs(slope), norm(terms));
  const noise = (4 * rounding * (Math.abs(centre.loss) + 1)) / step;
  if (!(Math.abs(slope - expected) <= relative * size + noise)) {
    return `gradient along a direction ${show(expected)}, difference ${show(slope)}`;
  }
  const compared = [...point.keys()].filter((i) => !skipped.has(i));
  const products = point.map((_, i) =>
    fourthOrder(
      moved.map(({ gradient }) => gradient[i]),
      step,
    ),
  );
  const scale = Math.max(...compared.map((i) => Math.max(Math.abs(products[i]), Math.abs(centre.product[i]))));
  const steepest = Math.max(...compared.map((i) => Math.abs(centre.gradient[i])));
  const productNoise = (4 * rounding * (steepest + 1)) / step;
  for (const i of compared) {
    if (!(Math.abs(products[i] - centre.product[i]) <= relative * scale + productNoise)) {
      const found = `${show(centre.product[i])}, difference ${show(products[i])}`;
      return `Hessian product at ${derivatives.nameOf(i)}: ${found}`;
    }
  }
  return null;
}

/**
 * Whether loss or gradient has no derivative by this element here: their slopes from right and left stay apart as the
 * step shrinks tenfold, or grow without bound. Of a smooth function they approach each other in proportion to the step.
 */
async function isSingular(
  derivatives: Derivatives,
  element: number,
  { steps, relative }: Tolerances,
): Promise<boolean> {
  const { point } = derivatives;
  const unit = unitVector(point.length, element);
  const centre = await derivatives.all(point, unit);
  const rows: { gap: number; size: number }[][] = [];
  const h = steps[0];
  for (const step of [h, h / 10]) {
    const ahead = await derivatives.all(along(point, unit, step), unit);
    const behind = await derivatives.all(along(point, unit, -step), unit);
    const slopes = (f: (at: { loss: number; gradient: Flat }) => number) => {
      const [right, left] = [(f(ahead) - f(centre)) / step, (f(centre) - f(behind)) / step];
      return { gap: Math.abs(right - left), size: Math.max(Math.abs(right), Math.abs(left)) };
    };
    // A gradient that is no number is what is under suspicion: then the loss alone can tell.
    const sound = [...point.keys()].filter((i) => Number.isFinite(centre.gradient[i]));
    rows.push([slopes(({ loss }) => loss), ...sound.map((i) => slopes(({ gradient }) => gradient[i]))]);
  }
  const [wide, narrow] = rows;
  return wide.some((at, i) => {
    const closer = narrow[i];
    if (!Number.isFinite(at.size) || !Number.isFinite(closer.size)) return true;
    return closer.gap > Math.max(0.3 * at.gap, 10 * relative * (1 + closer.size)) || closer.size > 2 * at.size + 1;
  });
}

function unitVector(length: number, element: number): Flat {
  const unit = new Float64Array(length);
  unit[element] = 1;
  return unit;
}

const along = (point: Flat, direction: Flat, by: number): Flat => point.map((v, i) => v + by * direction[i]);

/** (8·(f₁ − f₋₁) − (f₂ − f₋₂)) / 12h from f at steps 1, −1, 2, −2. */
function fourthOrder([one, minusOne, two, minusTwo]: readonly number[], h: number): number {
  return (8 * (one - minusOne) - (two - minusTwo)) / (12 * h);
}

const sum = (list: Flat) => list.reduce((total, v) => total + v, 0);
const norm = (list: Flat) => Math.hypot(...list);
const show = (value: number) => value.toPrecision(8);
