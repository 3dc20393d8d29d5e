import { dot, norm } from '../numerics/vectors';
import type { Objective } from '../objective/objective';
import type { CliffMeasurement, WideScan } from '../report/report';
import { firstSteeper, strength, wallOf } from './wall';
import type { Secant, Wall } from './wall';
import { extendScan } from './wideScan';
import type { WideDirection } from './wideScan';

/** Walls beyond this share of the scans' length do not count: the weights would be others altogether. */
const WITHIN = 0.5;
/** Growth from which a wall is looked at more closely. Below, halving its stretches would not make it a cliff. */
const PROMISING = 5;
/** A slope this many times that at θ marks the foot of the wall, and growth by as much is worth gradients. */
const STEEP = 100;
const FOOT_HALVINGS = 5;

interface Scanned {
  direction: WideDirection;
  scan: WideScan;
}

export interface CliffRequest {
  /** Scale of the loss: the larger of |L(θ)| and the chance loss. */
  lossScale: number;
  /** How often the steepest stretches are halved at most. */
  refinements: number;
  /** ∇L(θ); null where there are no derivatives. The slope at θ is then that of the first secant. */
  gradient: Float32Array | null;
  signal?: AbortSignal;
}

/**
 * Looks for the most abrupt wall on the scans, halves the steepest stretches on it, and measures how far it is from θ
 * and the gradient before and on it.
 * Cost: up to 2 · `refinements` + 10 losses and two gradients, none where nothing is steep.
 * @param scanned scans of −1 ≤ α ≤ 1
 */
export async function findCliff(
  objective: Pick<Objective, 'plane' | 'gradient'>,
  scanned: readonly Scanned[],
  { lossScale, refinements, gradient, signal }: CliffRequest,
): Promise<CliffMeasurement> {
  const scans = scanned.map(({ scan }) => scan);
  const index = steepestOf(scans, lossScale);
  if (index === null) return { scans, lossScale };
  const { direction } = scanned[index];
  const told = (wall: Wall) => inReport(wall, index, direction, lossScale, slopeHere(wall));
  const slopeHere = ({ centreSlope }: Wall) => (gradient ? Math.abs(dot(gradient, direction.vector)) : centreSlope);
  const halve = async (sign: 1 | -1, stretches: readonly Secant[]) => {
    const middles = stretches.map(({ from, to }) => (sign * (from + to)) / 2);
    scans[index] = await extendScan(objective, direction, scans[index], middles, signal);
    return wallOf(scans[index], lossScale, WITHIN)!;
  };
  let wall = wallOf(scans[index], lossScale, WITHIN)!;
  if (strength(wall) < PROMISING) return { scans, lossScale, wall: told(wall) };
  for (let i = 0; i < refinements; i++) {
    const before = strength(wall);
    // Both slopes of the growth are refined alike: finer stretches on one side alone would raise it.
    const { steepest, before: reference } = wall;
    wall = await halve(wall.sign, reference.from === steepest.from ? [steepest] : [steepest, reference]);
    // On a smooth slope a finer stretch is hardly steeper.
    if (i > 0 && strength(wall) < 1.05 * before) break;
  }
  if (strength(wall) < STEEP) return { scans, lossScale, wall: told(wall) };
  const limit = STEEP * Math.max(slopeHere(wall), lossScale);
  const { sign } = wall;
  const width = ({ from, to }: Secant) => to - from;
  for (let i = 0; i < FOOT_HALVINGS; i++) {
    const found = firstSteeper(scans[index], sign, limit);
    if (!found) break;
    // The slope may pass the limit within the stretch before, whose mean slope is still below.
    const { steep, previous } = found;
    wall = await halve(sign, previous && width(previous) >= width(steep) ? [previous, steep] : [steep]);
  }
  const found = firstSteeper(scans[index], sign, limit);
  const foot = found && {
    alpha: found.steep.from,
    distance: {
      value: direction.length * found.steep.from,
      standardError: direction.length * Math.max(...[found.steep, found.previous ?? found.steep].map(width)),
    },
  };
  const normAt = async (distance: number) => {
    const at = { d1: direction.vector, d2: null, alpha: sign * distance, beta: 0 };
    return norm(await objective.gradient({ at, signal }));
  };
  const gradientNorm = gradient && norm(gradient);
  const middle = (wall.steepest.from + wall.steepest.to) / 2;
  return {
    scans,
    lossScale,
    wall: { ...told(wall), ...(foot && { foot: foot.distance }) },
    ...(foot && gradientNorm && { clipping: { norm: gradientNorm, rate: foot.distance.value / gradientNorm } }),
    ...(gradientNorm !== null && {
      gradientNorms: {
        centre: gradientNorm,
        before: await normAt(foot?.alpha ?? 0),
        face: await normAt(middle),
      },
    }),
  };
}

function steepestOf(scans: readonly WideScan[], lossScale: number): number | null {
  const walls = scans.map((scan) => wallOf(scan, lossScale, WITHIN));
  let best: number | null = null;
  walls.forEach((wall, i) => {
    const known = best === null ? null : walls[best];
    if (wall && (!known || strength(wall) > strength(known))) best = i;
  });
  return best;
}

/** The wall in the units of a report. */
function inReport(
  { sign, growth, narrowness, steepest, rise }: Wall,
  scan: number,
  { length }: WideDirection,
  lossScale: number,
  slopeHere: number,
): NonNullable<CliffMeasurement['wall']> {
  return {
    scan,
    growth,
    narrowness,
    fromCentre: steepest.slope / Math.max(slopeHere, lossScale),
    slope: steepest.slope / length,
    centreSlope: slopeHere / length,
    rise: rise / lossScale,
    alpha: sign > 0 ? [steepest.from, steepest.to] : [-steepest.to, -steepest.from],
  };
}
