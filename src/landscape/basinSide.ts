/** The edge of a basin on one side of θ. */
export interface BasinSide {
  /** The smallest α > 0 where the loss reaches the limit or is not finite; Infinity if there is none in the range. */
  edge: number;
  /** Error of the edge, from the last bracket and the rounding of the loss; 0 where the edge is infinite. */
  error: number;
}

export interface BasinSideRequest {
  /** Measures the losses at these α. */
  lossesAt: (alphas: readonly number[]) => Promise<number[]>;
  /** L(θ), below the limit. */
  loss: number;
  limit: number;
  /** Differences of losses below this are rounding. */
  resolution: number;
}

/** The farthest α of the search. */
export const SEARCHED = 64;
/** Number of octaves of the scan, up to the farthest α, and of the points that are asked for at once. */
const OCTAVES = 14;
const AT_ONCE = 4;
/** The search for an edge below the first point of the scan ends this many octaves below it. */
const SMALLEST = 30;
/** Points inside an octave, and the number of octaves before the first crossing that are looked at again. */
const INSIDE = 3;
const LOOK_BACK = 5;
/** The edge is narrowed down to this fraction of itself. */
const PRECISION = 1e-4;

/**
 * The edge of the basin along a ray: the smallest α > 0 with L(θ + αd) ≥ limit or L not finite, α ≤ 64.
 * Doubling α brackets the first crossing; then three points inside this octave and each of the five before it look for an
 * earlier one, and a bracketing root search narrows it down to 10⁻⁴ of α. A rise and fall between two of these points is
 * not seen.
 * Cost: 40 losses in the usual case.
 * @see Oliveira & Takahashi 2021, ACM Trans. Math. Software 47, 5 (ITP: as fast as a secant, never slower than bisection)
 */
export async function basinSide({ lossesAt, loss, limit, resolution }: BasinSideRequest): Promise<BasinSide> {
  const known = new Map([[0, loss]]);
  const measure = async (alphas: readonly number[]) => {
    const missing = alphas.filter((alpha) => !known.has(alpha));
    const losses = await lossesAt(missing);
    missing.forEach((alpha, i) => known.set(alpha, losses[i]));
  };
  const isOutside = (alpha: number) => !(Number.isFinite(known.get(alpha)) && known.get(alpha)! < limit);
  const bracket = (): [number, number] | null => {
    const alphas = [...known.keys()].sort((a, b) => a - b);
    const first = alphas.findIndex(isOutside);
    return first < 0 ? null : [alphas[first - 1], alphas[first]];
  };

  const scan = Array.from({ length: OCTAVES + 1 }, (_, i) => SEARCHED / 2 ** (OCTAVES - i));
  for (let i = 0; i < scan.length && !bracket(); i += AT_ONCE) await measure(scan.slice(i, i + AT_ONCE));
  for (let i = 1; i <= SMALLEST && bracket()?.[0] === 0; i += AT_ONCE)
    await measure(Array.from({ length: AT_ONCE }, (_, k) => scan[0] / 2 ** (i + k)));
  const last = bracket()?.[1] ?? SEARCHED;
  await measure(insideOctaves(last));
  const found = bracket();
  if (!found) return { edge: Infinity, error: 0 };

  const [low, high] = found;
  const slope = (known.get(high)! - known.get(low)!) / (high - low);
  const narrow = async (alpha: number) => {
    await measure([alpha]);
    return { outside: isOutside(alpha), excess: known.get(alpha)! - limit };
  };
  const ends = { low, high, below: known.get(low)! - limit, above: known.get(high)! - limit };
  const [from, to] = await crossing(ends, (PRECISION / 2) * (low || high), narrow);
  const rounding = slope > 0 && Number.isFinite(slope) ? resolution / slope : 0;
  return { edge: (from + to) / 2, error: (to - from) / 2 + Math.min(rounding, high) };
}

function insideOctaves(last: number): number[] {
  return Array.from({ length: LOOK_BACK + 1 }, (_, octave) =>
    Array.from({ length: INSIDE }, (_, k) => (last / 2 ** octave) * 2 ** (-(k + 1) / (INSIDE + 1))),
  ).flat();
}

interface Ends {
  low: number;
  high: number;
  /** Excess of the loss over the limit at both ends: negative, and positive or not finite. */
  below: number;
  above: number;
}

/** Narrows a bracket down to twice `precision`: by the ITP step, or in halves where an end is not finite. */
async function crossing(
  { low, high, below, above }: Ends,
  precision: number,
  at: (alpha: number) => Promise<{ outside: boolean; excess: number }>,
): Promise<[number, number]> {
  const width = high - low;
  const most = Math.ceil(Math.log2(width / (2 * precision))) + 1;
  for (let step = 0; high - low > 2 * precision && step < 2 * most; step++) {
    const middle = (low + high) / 2;
    const secant = Number.isFinite(above) && above > below ? (above * low - below * high) / (above - below) : middle;
    const side = Math.sign(middle - secant);
    const truncation = (0.2 / width) * (high - low) ** 2;
    const truncated = truncation <= Math.abs(middle - secant) ? secant + side * truncation : middle;
    const radius = Math.max(0, precision * 2 ** (most - step) - (high - low) / 2);
    const next = Math.abs(truncated - middle) <= radius ? truncated : middle - side * radius;
    const { outside, excess } = await at(next);
    if (outside) [high, above] = [next, excess];
    else [low, below] = [next, excess];
  }
  return [low, high];
}
