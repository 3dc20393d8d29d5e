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
  longest: number;
  signal?: AbortSignal;
}

/** Ratio of neighbouring steps of the coarse scan, and its number of steps. */
const RATIO = 2;
const COARSE = 13;
/** Number of steps by which a minimum between two steps of the scan is narrowed down. */
const REFINING = 5;
/** The refinement ends when another step lowers the loss by less than this fraction of the decrease. */
const ENOUGH = 1e-3;

/**
 * Minimizes L(θ + s·d) over 0 < s ≤ `longest` for a unit vector d: a scan of steps in ratios of two, followed by
 * successive parabolic interpolation around the lowest loss. If no step descends beyond rounding, shorter steps follow
 * down to 2⁻²⁴ of the longest.
 * Cost: 13 to 30 losses.
 * @see Brent 1973, Algorithms for Minimization without Derivatives, chapter 5
 */
export async function searchRay(
  objective: Pick<Objective, 'plane'>,
  direction: Float32Array,
  { loss, resolution, longest, signal }: RayRequest,
): Promise<FoundOnRay> {
  const known = new Map<number, number>();
  const measure = async (steps: readonly number[]): Promise<void> => {
    const points = steps.map((alpha) => ({ alpha, beta: 0 }));
    const values = await objective.plane(direction, null, points, { signal });
    values.forEach((value, i) => known.set(steps[i], value.loss));
  };
  const descends = () => [...known.values()].some((value) => value < loss - resolution);
  await measure(geometric(longest, COARSE));
  if (!descends()) await measure(geometric(longest / RATIO ** COARSE, COARSE - 2));
  if (descends()) await refine(known, loss, measure);
  const scanned = ascending(known);
  return {
    lowest: lowestOf(scanned, loss, scanned.step.length),
    near: lowestOf(scanned, loss, firstRise(scanned, loss + resolution)),
    scanned,
  };
}

/** `count` steps that end with `longest`, each a fixed ratio above the one before. */
function geometric(longest: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => longest / RATIO ** (count - 1 - i));
}

/** Narrows down the lowest loss between its neighbours. */
async function refine(
  known: Map<number, number>,
  loss: number,
  measure: (steps: readonly number[]) => Promise<void>,
): Promise<void> {
  for (let i = 0; i < REFINING; i++) {
    const { step, loss: losses } = ascending(known);
    const at = losses.indexOf(Math.min(...losses));
    if (at === losses.length - 1) return;
    const left = at === 0 ? { step: 0, loss } : { step: step[at - 1], loss: losses[at - 1] };
    const middle = { step: step[at], loss: losses[at] };
    const right = { step: step[at + 1], loss: losses[at + 1] };
    const next = vertex(left, middle, right);
    if (known.has(next)) return;
    await measure([next]);
    const gained = middle.loss - known.get(next)!;
    if (Math.abs(gained) < ENOUGH * (loss - middle.loss)) return;
  }
}

interface Measured {
  step: number;
  loss: number;
}

/** The minimum of the parabola through three points, or the middle of the longer side if the vertex is not inside. */
function vertex(left: Measured, middle: Measured, right: Measured): number {
  const [a, b] = [middle.step - left.step, right.step - middle.step];
  const [fall, rise] = [(middle.loss - left.loss) / a, (right.loss - middle.loss) / b];
  const at = middle.step - (fall * b + rise * a) / (2 * (rise - fall));
  const margin = 1e-3 * (a + b);
  const inside = at > left.step + margin && at < right.step - margin && Math.abs(at - middle.step) > margin / 10;
  if (inside) return at;
  return b > a ? middle.step + b / 2 : middle.step - a / 2;
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
