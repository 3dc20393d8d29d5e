import { PAIRS } from '../../dynamics/lbfgs';
import { searchElsewhere } from '../../dynamics/elsewhere';
import type { SearchEffort } from '../../dynamics/elsewhere';
import { wideDirection } from '../../dynamics/wideScan';
import type { LossName, Preset } from '../../options/options';
import { cliff } from './cliff';
import { gradient } from './gradient';
import { loss } from './loss';
import { defineMeasurement, LOSSES } from './measurement';
import { spectrum } from './spectrum';

const DISTANCES = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 3, 3.5, 4];

const EFFORTS: Record<Preset, SearchEffort> = {
  quick: {
    descent: 12,
    fromScans: 1,
    fromRandom: 1,
    gradients: 6,
    distances: [0.5, 1, 1.5, 2, 2.5, 3, 4],
  },
  standard: { descent: 24, fromScans: 2, fromRandom: 2, gradients: 12, distances: DISTANCES },
  thorough: { descent: 80, fromScans: 4, fromRandom: 2, gradients: 40, distances: DISTANCES },
};

/** A descent takes one gradient and a little more than one loss per step. */
const STEP = LOSSES.gradient + 1.2 * LOSSES.planePoint;
/** Directions of the scans: the gradient, v_min and a random one. */
const SCANS = 3;
/** Points on the straight way to one place, and to the start of its descent. */
const WAY = 8;
const BYTES_PER_PAIR = 2 * Float32Array.BYTES_PER_ELEMENT;

/** Losses that a mean of samples cannot make negative. */
const BOUNDED: readonly LossName[] = ['cross_entropy', 'bce', 'bce_with_logits', 'mse', 'mae', 'huber'];

/** Searches lower losses away from θ, and measures whether the way to them climbs. */
export const elsewhere = defineMeasurement({
  id: 'elsewhere',
  title: 'Lower losses elsewhere',
  part: 'dynamics',
  timedAs: 'dynamics',
  applies: (options) => options.searchElsewhere,
  needs: () => [loss, gradient, cliff],
  cost({ preset }) {
    const { descent, fromScans, fromRandom, gradients, distances } = EFFORTS[preset];
    const searches = fromScans + fromRandom + 1;
    const steps = 2 * descent + (searches - 1) * gradients;
    const points = SCANS * 2 * distances.length + (2 * searches - 1) * WAY;
    return { losses: steps * STEP + points * LOSSES.planePoint, graphs: ['gradient', 'points'] };
  },
  savings: [
    {
      order: 2.5,
      left: 'the search for lower losses elsewhere',
      apply: (options) => ({ ...options, searchElsewhere: false }),
    },
  ],
  async measure({ objective, options: { preset }, basisBytes, draft, signal, report, found }) {
    const { objective: summary } = draft.report;
    const [slope, wide] = [found(gradient), found(cliff)];
    if (!summary || !slope || !wide) return;
    const [vMin] = found(spectrum)?.bottom ?? [];
    const { random } = wide;
    const scanned = [
      wide.directions.find(({ name }) => name === 'gradient'),
      vMin && wideDirection(objective, 'bottom/1', vMin),
      random[0],
    ];
    const measured = await searchElsewhere(objective, {
      loss: summary.loss,
      gradient: slope,
      chance: summary.chanceLoss ?? null,
      bounded: BOUNDED.includes(summary.function),
      resolution: wide.resolution,
      directions: scanned.filter((direction) => direction !== undefined && direction !== null),
      random,
      effort: EFFORTS[preset],
      pairs: Math.min(PAIRS, Math.max(1, Math.floor(basisBytes / (BYTES_PER_PAIR * objective.dim)))),
      signal,
      onProgress: report,
    });
    draft.addDynamics({ elsewhere: measured });
  },
});
