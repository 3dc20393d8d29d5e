import type { WideScan } from '../report/report';

/** The part of a scan on one side of θ: distances from 0 upwards. */
interface Ray {
  sign: 1 | -1;
  distance: number[];
  loss: number[];
}

/** A stretch between neighbouring points of a ray, and the slope of its secant. */
export interface Secant {
  from: number;
  to: number;
  slope: number;
}

/** The most abrupt growth of the slope along a scan. Slopes are per α. */
export interface Wall {
  sign: 1 | -1;
  /** Steepest slope up to 2·D over the steepest up to D, for the D where this is largest. */
  growth: number;
  /** Steepest slope over the 90th percentile of the slopes of the whole scan. */
  narrowness: number;
  steepest: Secant;
  /** The steepest stretch up to D. */
  before: Secant;
  /** Slope of the first stretch. */
  centreSlope: number;
  /** Range of the loss over the stretches around the steepest that are at least a tenth as steep. */
  rise: number;
}

/** Stretches with this share of the steepest slope belong to the face of the wall. */
const FACE = 0.1;

const PERCENTILE = 0.9;
/** Points at twice a distance may miss it by rounding. */
const TWICE = 2 * (1 + 1e-9);

/**
 * The most abrupt growth of the slope on either side of θ: with M(D) the steepest slope up to distance D,
 *   growth = max over D ≤ within/2 of M(2D) / max(M(D), scale)
 * Smooth growth does not count. By Chebyshev's inequality a polynomial p of degree k that is at most M on [0, D] is at
 * most T_k(3)·M on [0, 2D]: 3 for the slope of a parabola, 99 for that of any quartic. A slope that doubles its reach
 * and grows a hundredfold belongs to a product of many factors. `scale` keeps a slope near zero, as at a critical
 * point, from making all others steep. The slopes are those of secants, so that rounding hardly matters.
 * @param scan measured points; losses that are not finite are left out
 * @param scale the slope that counts as ordinary at least, per α
 * @param within largest distance
 * @returns null if neither side has two finite points
 * @see Rivlin 1990, Chebyshev Polynomials, theorem 2.20; Goodfellow, Bengio & Courville 2016, section 8.2.4 (cliffs)
 */
export function wallOf(scan: Pick<WideScan, 'alpha' | 'loss'>, scale: number, within: number): Wall | null {
  const rays = ([1, -1] as const).map((sign) => rayOf(scan, sign));
  const ordinary = Math.max(scale, percentile(rays.flatMap(stretchesOf)));
  const walls = rays.flatMap((ray) => wallOn(ray, scale, ordinary, within) ?? []);
  return walls.length === 0 ? null : walls.reduce((a, b) => (strength(b) > strength(a) ? b : a));
}

/** How much of a cliff a wall is: by its growth or by its narrowness. */
export function strength({ growth, narrowness }: Wall): number {
  return Math.max(growth, narrowness);
}

/** The first stretch at least as steep as `slope` and the one before it; null if there is none. */
export function firstSteeper(
  scan: WideScan,
  sign: 1 | -1,
  slope: number,
): { steep: Secant; previous: Secant | undefined } | null {
  const stretches = stretchesOf(rayOf(scan, sign));
  const index = stretches.findIndex((stretch) => stretch.slope >= slope);
  return index < 0 ? null : { steep: stretches[index], previous: stretches[index - 1] };
}

function wallOn(ray: Ray, scale: number, ordinary: number, within: number): Wall | null {
  const near = stretchesOf(ray).filter(({ to }) => to <= within);
  const [first] = near;
  if (!first) return null;
  const steepestUpTo = (distance: number) =>
    near.reduce((most, stretch) => (stretch.to <= distance && stretch.slope > most.slope ? stretch : most), first);
  const steepest = steepestUpTo(within);
  let [growth, before] = [0, first];
  for (const { to: D } of near) {
    const reference = steepestUpTo(D);
    const ratio = steepestUpTo(TWICE * D).slope / Math.max(reference.slope, scale);
    if (ratio > growth) [growth, before] = [ratio, reference];
  }
  return {
    sign: ray.sign,
    growth,
    narrowness: steepest.slope / ordinary,
    steepest,
    before,
    centreSlope: first.slope,
    rise: riseOfFace(ray, near, near.indexOf(steepest)),
  };
}

function rayOf({ alpha, loss }: Pick<WideScan, 'alpha' | 'loss'>, sign: 1 | -1): Ray {
  const points = alpha
    .map((value, i) => ({ distance: sign * value, loss: loss[i] }))
    .filter((point) => point.distance >= 0 && Number.isFinite(point.loss))
    .sort((a, b) => a.distance - b.distance);
  return { sign, distance: points.map((point) => point.distance), loss: points.map((point) => point.loss) };
}

function stretchesOf({ distance, loss }: Ray): Secant[] {
  return distance.slice(1).map((to, i) => ({
    from: distance[i],
    to,
    slope: Math.abs(loss[i + 1] - loss[i]) / (to - distance[i]),
  }));
}

function riseOfFace({ distance, loss }: Ray, stretches: readonly Secant[], steepest: number): number {
  const onFace = (i: number) => i in stretches && stretches[i].slope >= FACE * stretches[steepest].slope;
  let [first, last] = [steepest, steepest];
  while (onFace(first - 1)) first--;
  while (onFace(last + 1)) last++;
  const [from, to] = [stretches[first].from, stretches[last].to];
  const face = loss.filter((_, i) => distance[i] >= from && distance[i] <= to);
  return Math.max(...face) - Math.min(...face);
}

/** The slope that 90 % of the length does not exceed. */
function percentile(stretches: readonly Secant[]): number {
  const sorted = [...stretches].sort((a, b) => a.slope - b.slope);
  const whole = sorted.reduce((sum, { from, to }) => sum + to - from, 0);
  let passed = 0;
  for (const { from, to, slope } of sorted) {
    passed += to - from;
    if (passed >= PERCENTILE * whole) return slope;
  }
  return 0;
}
