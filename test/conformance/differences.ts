import type { Derivatives, Flat } from './derivatives';
import { gaussians } from './projection';

export interface Tolerances {
  /**
   * Steps of the differences, in units of the inputs. Larger steps have less rounding error, smaller ones less bias.
   */
  steps: readonly number[];
  /** Allowed distance, relative to the larger of the two numbers. */
  relative: number;
  /** Rounding error of one evaluation, relative to its size. */
  rounding: number;
}

export const TOLERANCES: Record<'float64' | 'float32', Tolerances> = {
  float64: { steps: [1e-4, 1e-5, 1e-6, 1e-7], relative: 1e-6, rounding: 2 ** -52 },
  // float32 is used only where the CPU has no float64 kernel: for convolutions, which are polynomials, and a few smooth
  // functions.
  float32: { steps: [0.02, 0.005, 0.001], relative: 2e-3, rounding: 2 ** -24 },
};

export interface Comparison {
  /** What disagrees; null where everything agrees. */
  fault: string | null;
  /** Number of elements without a derivative at this point (a kink, a pole). One-sided differences reveal them. */
  kinks: number;
  /** Number of elements that were compared. */
  compared: number;
}

/** Most elements that are examined one by one when the direction through all of them disagrees. */
const SEARCHED = 256;

/**
 * Compares gradient and Hessian-vector product with fourth-order central differences along a seeded direction through
 * all elements. If they disagree, examines elements one by one, each with its column of the Hessian. Elements without a
 * derivative here are counted and skipped; any other disagreement is a fault.
 * @param spoilt whether some outputs are NaN or ∞ here and were left out of the loss. Derivatives with respect to the
 *   inputs behind them may then be NaN as well, since 0·NaN is NaN.
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
  // If kinks were found, they explain the disagreement along the direction. If every column of the Hessian agreed, the
  // direction crosses a corner that no single element reaches. Otherwise some elements were never examined, and the
  // fault stands.
  const explained = kinks.size > 0 || smooth.length === point.length;
  return { fault: explained ? null : first, kinks: Math.max(1, kinks.size), compared: smooth.length };
}

/** Indices of the elements to examine, spread evenly over long inputs. */
function searched(count: number): number[] {
  const chosen = Math.min(count, SEARCHED);
  return Array.from({ length: chosen }, (_, i) => Math.floor((i * count) / chosen));
}

/** What disagrees along a direction; null if the numbers agree at one of the steps. */
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
 * Whether the loss or the gradient has no derivative with respect to this element here. At such a point the slopes from
 * right and left stay apart as the step shrinks tenfold, or grow without bound; the slopes of a smooth function
 * approach each other in proportion to the step.
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
    // Elements whose gradient is not finite are under suspicion themselves, so only the loss can tell.
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

/** Fourth-order central difference (8·(f₁ − f₋₁) − (f₂ − f₋₂)) / 12h from f at steps 1, −1, 2, −2. */
function fourthOrder([one, minusOne, two, minusTwo]: readonly number[], h: number): number {
  return (8 * (one - minusOne) - (two - minusTwo)) / (12 * h);
}

const sum = (list: Flat) => list.reduce((total, v) => total + v, 0);
const norm = (list: Flat) => Math.hypot(...list);
const show = (value: number) => value.toPrecision(8);
