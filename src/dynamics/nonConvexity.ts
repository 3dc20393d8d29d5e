import type { Objective } from '../objective/objective';
import type { NonConvexityMeasurement, WideScan } from '../report/report';
import type { WideDirection } from './wideScan';

/** Largest distances of the chords' ends from θ, as α. */
const DISTANCES = [0.125, 0.5, 1];

interface Chord {
  ends: readonly [number, number];
  middle: number;
}

/**
 * Tests the loss for convexity on chords between random points a and b:
 *   L((a + b)/2) ≤ (L(a) + L(b))/2  for every chord of a convex function.
 * Chords on the scans cost nothing: two points whose middle was scanned too. Other chords join the ends θ ± α·d₁ of one
 * scan with the ends θ ± α·d₂ of the other. Each distance has chords of its own, since a loss can be convex nearby and
 * not further away.
 * Cost: four losses per distance.
 * @param scanned two random directions with their scans
 * @param resolution rounding error of L(θ)
 */
export async function testConvexity(
  objective: Pick<Objective, 'plane'>,
  scanned: readonly [Scanned, Scanned],
  { loss, resolution, signal }: { loss: number; resolution: number; signal?: AbortSignal },
): Promise<NonConvexityMeasurement['chords']> {
  const told: NonConvexityMeasurement['chords'] = [];
  let nearer = 0;
  for (const distance of DISTANCES) {
    const chords = [
      ...scanned.flatMap(({ scan }) => chordsOn(scan, nearer, distance)),
      ...(await chordsBetween(distance)),
    ];
    nearer = distance;
    const heights = chords.flatMap(({ ends: [a, b], middle }) => {
      const height = middle - (a + b) / 2;
      // Rounding grows with the loss itself.
      const size = Math.max(Math.abs(a), Math.abs(b), Math.abs(middle)) / (Math.abs(loss) || 1);
      return Number.isFinite(height) ? [{ height, error: 2 * resolution * Math.max(1, size) }] : [];
    });
    if (heights.length === 0) continue;
    const largest = heights.reduce((a, b) => (b.height > a.height ? b : a));
    told.push({
      distance,
      chords: heights.length,
      violations: heights.filter(({ height, error }) => height > error).length,
      largest: largest.height,
      error: largest.error,
    });
  }
  return told;

  async function chordsBetween(distance: number): Promise<Chord[]> {
    const signs = [
      [-1, -1],
      [-1, 1],
      [1, -1],
      [1, 1],
    ] as const;
    const [first, second] = scanned;
    const corners = signs.map(([a, b]) => ({ alpha: (a * distance) / 2, beta: (b * distance) / 2 }));
    const middles = await objective.plane(first.direction.vector, second.direction.vector, corners, { signal });
    return signs.map(([a, b], i) => ({
      ends: [lossAt(first.scan, a * distance), lossAt(second.scan, b * distance)],
      middle: middles[i].loss,
    }));
  }
}

interface Scanned {
  direction: WideDirection;
  scan: WideScan;
}

/** Chords whose farther end lies between two distances from θ. */
function chordsOn(scan: WideScan, beyond: number, upTo: number): Chord[] {
  const { alpha, loss } = scan;
  return alpha.flatMap((a, i) =>
    alpha.slice(i + 1).flatMap((b, k) => {
      const farther = Math.max(Math.abs(a), Math.abs(b));
      const middle = lossAt(scan, (a + b) / 2);
      return farther > beyond && farther <= upTo && !Number.isNaN(middle)
        ? [{ ends: [loss[i], loss[i + 1 + k]] as const, middle }]
        : [];
    }),
  );
}

/** NaN where the scan has no such point. */
function lossAt({ alpha, loss }: WideScan, at: number): number {
  return loss[alpha.indexOf(at)] ?? NaN;
}
