import { planeProjection } from '../../dynamics/optimizers/planeProjection';
import { inOrder, raceOptimizers } from '../../dynamics/optimizers/race';
import { raceLosses } from '../../dynamics/optimizers/raceCost';
import type { RaceEffort } from '../../dynamics/optimizers/race';
import type { Preset } from '../../options/options';
import type { OptimizerRun } from '../../report/sections/optimizers';
import { OPTIMIZERS } from '../../report/sections/optimizers';
import { needsSpectrum } from '../directions';
import { descent } from './descent';
import { gradient } from './gradient';
import { loss } from './loss';
import type { Context } from './measurement';
import { defineMeasurement, LOSSES } from './measurement';
import { spectrum } from './spectrum';

const EFFORT: Record<Preset, RaceEffort> = {
  quick: { budget: 16, trial: 3, products: 4 },
  standard: { budget: 20, trial: 4, products: 8 },
  thorough: { budget: 96, trial: 12, products: 16 },
};

/** Gradients for a Newton step besides its products, one for each weight at most, at two gradients each. */
const BESIDE_PRODUCTS = 5;

/**
 * What the race of a preset may spend. Conjugate gradients end after as many products as there are weights, so a race over
 * few weights ends with one whole Newton step. A longer one would cost more than all the rest of the analysis.
 */
function effortOf(preset: Preset, dim: number): RaceEffort {
  const { budget, trial, products } = EFFORT[preset];
  return { budget: Math.min(budget, BESIDE_PRODUCTS + 2 * dim), trial, products: Math.min(products, dim) };
}

/** Lets the usual optimizers run from these weights. Finds the best weights, or null if none are better. */
export const optimizers = defineMeasurement<Float32Array | null>({
  id: 'optimizers',
  title: 'Optimizers',
  part: 'optimizers',
  timedAs: 'optimizers',
  needs: () => [loss, gradient, descent],
  cost: ({ preset }, { dim }) => ({
    losses: raceLosses(effortOf(preset, dim), dim, LOSSES),
    products: 2 * Math.ceil(effortOf(preset, dim).budget / 2),
    graphs: ['gradient', 'points', 'hvp', 'ggnvp'],
  }),
  async measure(context) {
    const { objective, options, draft, signal, report, found } = context;
    const [vector, resolution, start] = [found(gradient), found(descent), draft.report.objective?.loss];
    if (!vector || resolution === null || start === undefined || !Number.isFinite(start)) return null;
    const done: OptimizerRun[] = [];
    const step = draft.report.dynamics?.descent?.step;
    const { best } = await raceOptimizers(objective, {
      loss: start,
      gradient: vector,
      resolution,
      descentStep: step !== undefined && step > 0 ? step : null,
      effort: effortOf(options.preset, objective.dim),
      seed: options.seed,
      projection: await firstPlane(context),
      signal,
      onRun(run, race) {
        done.push(run);
        report(done.length / OPTIMIZERS.length, run.name);
        draft.add({ optimizers: inOrder(done), optimizerRace: race });
      },
    });
    return best && objective.theta.map((weight, i) => weight + best.displacement[i]);
  },
});

/** The projection onto the first plane of the report; null where there is none, or its axes are not known. */
async function firstPlane({ options, directions, found }: Context) {
  const [plane] = options.planes;
  if (!options.only.includes('plane') || !plane) return null;
  const axes = [plane.x, plane.y];
  if (axes.some(needsSpectrum) && !found(spectrum)) return null;
  const known = await directions.axes(plane.x, plane.y);
  return 'missing' in known ? null : planeProjection(known.x.vector, known.y.vector);
}
