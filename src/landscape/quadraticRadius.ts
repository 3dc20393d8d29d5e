export interface QuadraticRequest {
  /** L(θ) */
  loss: number;
  slope: number;
  curvature: number;
  /** Differences of losses below this are rounding. */
  resolution: number;
  /** Measured points of the line. */
  line: { alpha: readonly number[]; loss: readonly number[] };
  /** Measures the losses at these α. */
  lossesAt: (alphas: readonly number[]) => Promise<number[]>;
}

/** The model is off where it misses the loss by more than this fraction of the range of the losses up to there. */
const OFF = 0.1;
/** The radius is narrowed down to this fraction of itself. */
const PRECISION = 0.02;
/** Most halvings of the distance in search of a point where the model holds. */
const HALVINGS = 24;

/**
 * How far the local quadratic model Q(α) = L(θ) + s·α + c·α²/2 holds: the smallest |α| where
 *   |L(θ + αd) − Q(α)| > 0.1 · (max L − min L over the measured points up to |α|) + rounding
 * or the loss is not finite. The points of the line bracket it, and bisection on both sides of θ narrows it down to 2 %.
 * Cost: about 12 losses.
 * @returns Infinity where the model holds over the whole line
 */
export async function quadraticRadius({
  loss,
  slope,
  curvature,
  resolution,
  line,
  lossesAt,
}: QuadraticRequest): Promise<{ radius: number; error: number }> {
  const known = new Map<number, number>([[0, loss]]);
  line.alpha.forEach((alpha, i) => known.set(alpha, line.loss[i]));
  const least = Math.min(...line.alpha);
  const most = Math.max(...line.alpha);

  const isOff = (distance: number): boolean => {
    const near = [...known].filter(([alpha]) => Math.abs(alpha) <= distance);
    const losses = near.map(([, value]) => value);
    const range = Math.max(...losses) - Math.min(...losses);
    return near
      .filter(([alpha]) => Math.abs(alpha) === distance)
      .some(([alpha, value]) => {
        const model = loss + slope * alpha + (curvature * alpha ** 2) / 2;
        return !(Math.abs(value - model) <= OFF * range + 2 * resolution);
      });
  };
  const bracket = (): [number, number] | null => {
    const distances = [...new Set([...known.keys()].map(Math.abs))].sort((a, b) => a - b);
    const first = distances.findIndex(isOff);
    return first < 0 ? null : [distances[first - 1] ?? 0, distances[first]];
  };
  const measure = async (distance: number) => {
    const alphas = [distance, -distance].filter((alpha) => alpha >= least && alpha <= most);
    const losses = await lossesAt(alphas);
    alphas.forEach((alpha, i) => known.set(alpha, losses[i]));
  };

  for (let i = 0; i < HALVINGS; i++) {
    const found = bracket();
    if (!found) return { radius: Infinity, error: 0 };
    const [low, high] = found;
    if (high - low <= 2 * PRECISION * high) break;
    await measure((low + high) / 2);
  }
  const [low, high] = bracket() ?? [Infinity, Infinity];
  return high === Infinity ? { radius: Infinity, error: 0 } : { radius: (low + high) / 2, error: (high - low) / 2 };
}
