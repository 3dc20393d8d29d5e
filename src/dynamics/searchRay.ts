import type { Objective } from '../objective/objective';

/** Losses along a ray, in ascending order of the step. */
export interface Scan {
  step: number[];
  loss: number[];
}

export interface FoundOnRay {
  /** The lowest loss and its step; step 0 if no step lowers the loss. */
  lowest: { step: number; loss: number };
  /** The same among the steps before the loss first rises above L(θ). */
  near: { step: number; loss: number };
  scanned: Scan;
}

export interface RayRequest {
  /** L(θ) */
  loss: number;
  /** Differences of losses below this are rounding. */
  resolution: number;
  /** Longest step of the first scan. The search goes on beyond it while the loss falls, to 16 times this length. */
  longest: number;
  /** The slope at θ, if it is known: the loss falls by about slope·s over a step s that is short enough. */
  slope?: number;
  signal?: AbortSignal;
}

/** Ratio of neighbouring steps of the coarse scan, and its number of steps. */
const RATIO = 2;
const COARSE = 13;
const FURTHEST = 16;
/** The shortest step, relative to the longest one. */
const SHORTEST = 2 ** -60;
/** Number of steps by which a minimum between two steps of the scan is narrowed down. */
const REFINING = 9;
/** The refinement ends when the steps on both sides are within this fraction of the best step. */
const NARROW = 0.1;
/** Least distance of a new step from the known ones, as a fraction of the bracket. */
const MARGIN = 0.02;
/** Where a side is cut if the parabola does not help: the golden section. */
const GOLDEN = 0.381966;

/**
 * Minimizes L(θ + s·d) over s > 0 for a unit vector d: a scan of steps in ratios of two, followed by successive
 * parabolic interpolation around the lowest loss. If no step descends beyond rounding, shorter steps follow: down to 2⁻²³
 * of the longest, or where the slope is known, until what it promises is rounding. A gradient that has exploded lowers the
 * loss over tiny steps only, and is far from zero nevertheless.
 * Cost: 13 to 30 losses, and more where only tiny steps descend.
 * @see Brent 1973, Algorithms for Minimization without Derivatives, chapter 5
 */
export async function searchRay(
  objective: Pick<Objective, 'plane'>,
  direction: Float32Array,
  { loss, resolution, longest, slope, signal }: RayRequest,
): Promise<FoundOnRay> {
  const known = new Map<number, number>();
  const measure = async (steps: readonly number[]): Promise<void> => {
    const points = steps.map((alpha) => ({ alpha, beta: 0 }));
    const values = await objective.plane(direction, null, points, { signal });
    values.forEach((value, i) => known.set(steps[i], value.loss));
  };
  const descends = () => [...known.values()].some((value) => value < loss - resolution);
  await measure(geometric(longest, COARSE));
  for (let step = RATIO * longest; step <= FURTHEST * longest && isLast(known, loss); step *= RATIO)
    await measure([step]);
  const nearEnd = () => firstRise(ascending(known), loss + resolution);
  const fallsAtOnce = () => lowestOf(ascending(known), loss, nearEnd()).loss < loss - resolution;
  const shorter = () => geometric(Math.min(...known.keys()) / RATIO, COARSE - 2);
  if (slope === undefined) {
    if (!descends()) await measure(shorter());
  } else {
    const isPromised = (step: number) => slope * step > resolution && step > SHORTEST * longest;
    while (!fallsAtOnce() && isPromised(Math.min(...known.keys()))) await measure(shorter());
  }
  if (descends()) {
    await measure(between(known));
    await refine(known, loss, { measure, among: () => known.size });
    // A valley that lies before a rise is another than the lowest one behind it.
    const near = nearEnd();
    if (near > 0 && near <= lowestIndex(ascending(known), known.size)) {
      await refine(known, loss, { measure, among: nearEnd });
    }
  }
  const scanned = ascending(known);
  return {
    lowest: lowestOf(scanned, loss, scanned.step.length),
    near: lowestOf(scanned, loss, nearEnd()),
    scanned,
  };
}

/** `count` steps that end with `longest`, each a fixed ratio above the one before. */
function geometric(longest: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => longest / RATIO ** (count - 1 - i));
}

/** Whether the longest step so far gave the lowest loss. */
function isLast(known: ReadonlyMap<number, number>, start: number): boolean {
  const { loss } = ascending(known);
  return loss.at(-1)! < start && loss.at(-1) === Math.min(...loss);
}

/** The middles, by ratio, of the two intervals on each side of the lowest loss: a narrow valley may lie beside it. */
function between(known: ReadonlyMap<number, number>): number[] {
  const { step, loss } = ascending(known);
  const at = loss.indexOf(Math.min(...loss));
  return step
    .slice(Math.max(0, at - 2), at + 3)
    .map((value, i, near) => (i > 0 ? Math.sqrt(value * near[i - 1]) : NaN))
    .filter(Number.isFinite);
}

interface Refinement {
  measure: (steps: readonly number[]) => Promise<void>;
  /** Returns the number of steps, from the shortest, among which the lowest loss is narrowed down. */
  among: () => number;
}

/** Narrows down the lowest loss between its neighbours. */
async function refine(known: Map<number, number>, loss: number, { measure, among }: Refinement): Promise<void> {
  for (let i = 0; i < REFINING; i++) {
    const { step, loss: losses } = ascending(known);
    const at = lowestIndex({ step, loss: losses }, among());
    if (at < 0 || at === losses.length - 1) return;
    const left = at === 0 ? { step: 0, loss } : { step: step[at - 1], loss: losses[at - 1] };
    const middle = { step: step[at], loss: losses[at] };
    const right = { step: step[at + 1], loss: losses[at + 1] };
    const isNarrow = right.step - left.step < NARROW * middle.step;
    const next = isNarrow ? parabolaVertex(left, middle, right) : vertex(left, middle, right);
    if (known.has(next) || !(next > left.step && next < right.step)) return;
    await measure([next]);
    if (isNarrow) return;
  }
}

interface Measured {
  step: number;
  loss: number;
}

/** The minimum of the parabola through three points. If it lies close to the middle, or outside, a point of the longer side. */
function vertex(left: Measured, middle: Measured, right: Measured): number {
  const [a, b] = [middle.step - left.step, right.step - middle.step];
  const at = parabolaVertex(left, middle, right);
  const margin = MARGIN * (a + b);
  const isInside = at > left.step + margin && at < right.step - margin;
  if (isInside && Math.abs(at - middle.step) > margin) return at;
  // Beside the middle, towards the vertex: it narrows the bracket from the side on which the parabola is wrong.
  const side = isInside ? Math.sign(at - middle.step) || 1 : b > a ? 1 : -1;
  const share = isInside ? MARGIN : GOLDEN;
  return side > 0 ? middle.step + share * b : middle.step - share * a;
}

/** Index of the lowest of the first `count` losses; −1 if there is none. */
function lowestIndex({ loss }: Scan, count: number): number {
  const first = loss.slice(0, count);
  return first.indexOf(Math.min(...first));
}

function parabolaVertex(left: Measured, middle: Measured, right: Measured): number {
  const [a, b] = [middle.step - left.step, right.step - middle.step];
  const [fall, rise] = [(middle.loss - left.loss) / a, (right.loss - middle.loss) / b];
  return middle.step - (fall * b + rise * a) / (2 * (rise - fall));
}

function ascending(known: ReadonlyMap<number, number>): Scan {
  const sorted = [...known].sort(([a], [b]) => a - b);
  return { step: sorted.map(([step]) => step), loss: sorted.map(([, loss]) => loss) };
}

/** Index of the first loss above the limit, or that is not finite. */
function firstRise({ loss }: Scan, limit: number): number {
  const index = loss.findIndex((value) => !(value <= limit));
  return index < 0 ? loss.length : index;
}

/** The lowest of the first `count` losses, or the start if none is lower. */
function lowestOf({ step, loss }: Scan, start: number, count: number): Measured {
  let best: Measured = { step: 0, loss: start };
  for (let i = 0; i < count; i++) if (loss[i] < best.loss) best = { step: step[i], loss: loss[i] };
  return best;
}
