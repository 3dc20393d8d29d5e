import { findCliff } from '../../dynamics/cliff';
import { lossResolution } from '../../dynamics/lossResolution';
import { negativeMass } from '../../dynamics/negativeMass';
import { testConvexity } from '../../dynamics/nonConvexity';
import { bothSides, extendScan, wideDirection } from '../../dynamics/wideScan';
import type { WideDirection } from '../../dynamics/wideScan';
import type { Preset } from '../../options/options';
import type { WideScan } from '../../report/report';
import { descent } from './descent';
import { gradient } from './gradient';
import { loss } from './loss';
import type { Context } from './measurement';
import { defineMeasurement, LOSSES } from './measurement';
import { spectrum } from './spectrum';

interface ScanEffort {
  /** Distances of the scans, as α. */
  distances: readonly number[];
  /** Whether v_max is scanned besides the gradient and two random directions. */
  top: boolean;
  refinements: number;
}

const STANDARD: ScanEffort = {
  distances: [1 / 64, 1 / 32, 1 / 16, 1 / 8, 3 / 16, 1 / 4, 5 / 16, 3 / 8, 7 / 16, 1 / 2, 5 / 8, 3 / 4, 1],
  top: true,
  refinements: 6,
};

const EFFORTS: Record<Preset, ScanEffort> = {
  quick: { distances: [1 / 32, 1 / 8, 1 / 4, 3 / 8, 1 / 2, 3 / 4, 1], top: false, refinements: 3 },
  standard: STANDARD,
  thorough: STANDARD,
};

/** Streams of the random directions: those of the axes of a random plane. */
const STREAMS = [0, 1];
/** Losses for the foot of a wall, the chords and the resolution of the loss. */
const EXTRA = 10 + 12 + 4;

export interface WideScans {
  directions: WideDirection[];
  /** Those that are random. */
  random: WideDirection[];
  resolution: number;
}

/** Scans the loss far beyond a training step, looks for a cliff on the scans and tests the loss for convexity. */
export const cliff = defineMeasurement<WideScans | null>({
  id: 'cliff',
  title: 'Wide scans',
  part: 'dynamics',
  timedAs: 'dynamics',
  needs: () => [loss, gradient],
  cost({ preset }) {
    const { distances, top, refinements } = EFFORTS[preset];
    const points = 2 * distances.length * (STREAMS.length + (top ? 2 : 1)) + 2 * refinements + EXTRA;
    return { losses: points * LOSSES.planePoint + 2 * LOSSES.gradient, graphs: ['points', 'gradient'] };
  },
  async measure({ objective, directions: known, options: { preset, seed }, draft, signal, report, found }) {
    const { objective: summary } = draft.report;
    if (!summary || !Number.isFinite(summary.loss)) return null;
    const effort = EFFORTS[preset];
    const [slope, [vMax]] = [found(gradient), found(spectrum)?.top ?? []];
    const random = await wideRandom({ objective, directions: known });
    const directions = [
      ...random,
      ...(slope ? [wideDirection(objective, 'gradient', slope)] : []),
      ...(effort.top && vMax ? [wideDirection(objective, 'top/1', vMax)] : []),
    ].filter((direction) => direction !== null);
    const scanned: { direction: WideDirection; scan: WideScan }[] = [];
    const centre = { alpha: [0], loss: [summary.loss] };
    for (const [i, direction] of directions.entries()) {
      const scan = await extendScan(objective, direction, centre, bothSides(effort.distances), signal);
      scanned.push({ direction, scan });
      report((0.8 * (i + 1)) / directions.length);
    }
    const lossScale = Math.max(Math.abs(summary.loss), summary.chanceLoss ?? 0);
    const measured = await findCliff(objective, scanned, {
      lossScale,
      refinements: effort.refinements,
      gradient: slope,
      signal,
    });
    draft.addDynamics({ cliff: measured });
    const resolution = found(descent) ?? (await lossResolution(objective, summary.loss, { seed, signal }));
    const [first, second] = scanned.filter(({ direction }) => random.includes(direction));
    const hessian = draft.report.spectrum?.hessian;
    const mass = hessian && !hessian.preliminary ? negativeMass(hessian) : null;
    if (first && second) {
      const chords = await testConvexity(objective, [first, second], { loss: summary.loss, resolution, signal });
      draft.addDynamics({ nonConvexity: { chords, ...(mass && { negativeMass: mass }) } });
    }
    return { directions, random, resolution };
  },
});

/** Returns filter-normalized random directions for wide scans. Equal requests get the same vectors. */
async function wideRandom({
  objective,
  directions,
}: Pick<Context, 'objective' | 'directions'>): Promise<WideDirection[]> {
  const wide: WideDirection[] = [];
  for (const stream of STREAMS) {
    const found = await directions.get({ kind: 'random', normalization: 'filter' }, stream);
    const direction =
      'direction' in found ? wideDirection(objective, found.direction.name, found.direction.vector) : null;
    if (direction) wide.push(direction);
  }
  return wide;
}
