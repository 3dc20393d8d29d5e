import { random } from '../../numerics/random';
import { norm, scaled } from '../../numerics/vectors';
import type { Objective } from '../../objective/objective';
import type { OptimizerName, OptimizerRace, OptimizerRun } from '../../report/sections/optimizers';
import { OPTIMIZERS } from '../../report/sections/optimizers';
import { displaced } from '../displaced';
import { naturalDirection, naturalRadius } from '../naturalDirection';
import { adagrad, adam, adamw, rmsprop } from './adaptive';
import type { FirstOrder } from './firstOrder';
import { clipping, momentum, nesterov, sgd } from './gradientDescent';
import { krylovNewton } from './krylovNewton';
import type { PlaneProjection } from './planeProjection';
import { quasiNewton } from './quasiNewton';
import { sharpnessAware } from './sharpnessAware';
import type { FoundStep } from './stepSearch';
import { searchStep } from './stepSearch';
import type { StartOfWalk, WalkSetting } from './walk';
import { Walk } from './walk';

export interface RaceRequest {
  /** L(θ) */
  loss: number;
  /** ∇L at θ. */
  gradient: Float32Array;
  /** Differences of losses below this are rounding. */
  resolution: number;
  /** The best step along −g/‖g‖ from a line search, if there is one. */
  descentStep: number | null;
  effort: RaceEffort;
  seed: number;
  projection: PlaneProjection | null;
  signal?: AbortSignal;
  /** Receives every finished run. */
  onRun?: (run: OptimizerRun, race: OptimizerRace) => void;
}

export interface RaceEffort {
  /** What every run may spend, in gradients. */
  budget: number;
  /** What a run with a tried step size may spend. */
  trial: number;
  /** Products per Newton step. */
  products: number;
}

export interface RaceResult {
  runs: OptimizerRun[];
  race: OptimizerRace;
  /** The lowest point of all runs; null if none is below the model's loss by more than the resolution. */
  best: { name: OptimizerName; displacement: Float32Array; loss: number } | null;
}

/** Methods with a step size. A method comes after the one that its search starts from. */
const FIRST_ORDER: readonly FirstOrder[] = [
  sgd,
  momentum,
  nesterov,
  clipping,
  sharpnessAware,
  adam,
  adagrad,
  rmsprop,
  adamw,
];

/** Length of a first step relative to ‖θ‖ where nothing better is known. */
const FIRST_STEP = 0.01;
/** Distance to which all runs are moved where the gradient is zero, in units of the natural lengths of the tensors. */
const NEARBY = 1e-3;

/**
 * Lets every optimizer run from the same point with the same budget, on the full data and therefore without chance.
 * Learning rates are searched first, by short runs. Cost: see `raceLosses`.
 */
export async function raceOptimizers(objective: Objective, request: RaceRequest): Promise<RaceResult> {
  const { effort, resolution, signal, projection, onRun } = request;
  const { start, startDistance } = await startOf(objective, request);
  const radius = naturalRadius(objective.parameters, objective.theta);
  const race: OptimizerRace = {
    budget: effort.budget,
    trial: effort.trial,
    resolution,
    startLoss: request.loss,
    startDistance,
  };
  const setting = { objective, start, projection, signal, theta: objective.theta };
  const runs: OptimizerRun[] = [];
  let best: RaceResult['best'] = null;
  const finish = (name: OptimizerName, walk: Walk, found: FoundStep | null): void => {
    const run = runOf(name, walk, found, { limit: request.loss - resolution, isOnPlane: projection !== null });
    runs.push(run);
    if (walk.best.loss < (best?.loss ?? request.loss - resolution)) best = { name, ...walk.best };
    onRun?.(run, race);
  };

  const steps = new Map<OptimizerName, number>();
  const firstLength = request.descentStep ?? FIRST_STEP * radius;
  for (const method of FIRST_ORDER) {
    const seed = seedOf(method, steps, { ...setting, firstLength, radius });
    const { budget, trial } = effort;
    const found = await searchStep(method, { setting, seed, coarse: method.seed === null, trial, budget });
    steps.set(method.name, found.stepSize);
    finish(method.name, found.walk, found);
  }
  const quasi = new Walk(setting);
  await quasiNewton(quasi, { budget: effort.budget, firstLength });
  finish('lbfgs', quasi, null);
  for (const [name, kind] of [
    ['newton-cg', 'gaussNewton'],
    ['saddle-free', 'hessian'],
  ] as const) {
    const walk = new Walk(setting);
    await krylovNewton(walk, { kind, budget: effort.budget, steps: effort.products });
    finish(name, walk, null);
  }
  return { runs: inOrder(runs), race, best };
}

/** Sorts the runs as the report shows them. */
export function inOrder(runs: readonly OptimizerRun[]): OptimizerRun[] {
  return [...runs].sort((a, b) => OPTIMIZERS.indexOf(a.name) - OPTIMIZERS.indexOf(b.name));
}

/** θ, or a point beside it where a gradient of zero would hold every optimizer in place. */
async function startOf(
  objective: Objective,
  { loss, gradient, resolution, seed, signal }: RaceRequest,
): Promise<{ start: StartOfWalk; startDistance: number }> {
  const { parameters, theta } = objective;
  const gain = norm(gradient) * naturalRadius(parameters, theta);
  if (gain > resolution) {
    return { start: { displacement: new Float32Array(theta.length), loss, gradient }, startDistance: 0 };
  }
  const displacement = scaled(NEARBY, naturalDirection(parameters, theta, random(seed, 'start of the optimizers')));
  const at = displaced(displacement);
  const value = await objective.value({ signal, at });
  const nearby = await objective.gradient({ signal, at });
  return { start: { displacement, loss: value.loss, gradient: nearby }, startDistance: norm(displacement) };
}

/** The step size at which the search of a method begins. */
function seedOf(
  { seed, unit }: FirstOrder,
  steps: ReadonlyMap<OptimizerName, number>,
  { start, firstLength, radius }: WalkSetting & { firstLength: number; radius: number },
): number {
  const known = seed && steps.get(seed.of);
  if (seed && known) return seed.factor * known;
  if (unit === 'sign') return (FIRST_STEP * radius) / Math.sqrt(start.displacement.length);
  const length = norm(start.gradient);
  return length > 0 ? firstLength / length : firstLength;
}

function runOf(
  name: OptimizerName,
  walk: Walk,
  found: FoundStep | null,
  { limit, isOnPlane }: { limit: number; isOnPlane: boolean },
): OptimizerRun {
  const { losses, spentAt, path, cosines } = walk;
  const below = losses.findIndex((loss) => loss < limit);
  return {
    name,
    stepSize: found?.stepSize ?? 1,
    gradients: walk.spent,
    ...(walk.products > 0 ? { products: walk.products } : {}),
    losses,
    spent: spentAt,
    reached: walk.best.loss,
    ...(below >= 0 ? { firstBelow: spentAt[below] } : {}),
    cosines,
    ...(isOnPlane
      ? { path: { x: path.map(({ x }) => x), y: path.map(({ y }) => y), offPlane: path.map((p) => p.offPlane) } }
      : {}),
    ...(found
      ? {
          search: {
            gradients: found.others,
            stepSizes: found.tried.map(({ stepSize }) => stepSize),
            losses: found.tried.map(({ loss }) => loss),
          },
        }
      : {}),
  };
}
