import { random } from '../numerics/random';
import { norm, scaled } from '../numerics/vectors';
import type { Objective } from '../objective/objective';
import type { Escape } from '../report/sections/dynamics/escape';
import { lbfgs } from './lbfgs';
import { naturalDirection, naturalRadius } from './naturalDirection';
import { searchRay } from './searchRay';

export interface EscapeRequest {
  /** L(θ) */
  loss: number;
  /** Differences of losses below this are rounding. */
  resolution: number;
  signal?: AbortSignal;
}

/** Length of the random displacements relative to the natural lengths of the tensors. */
const NEAR = 0.1;
/** Points on the straight way to where a descent ended. */
const WAY = 12;

/** Searches both rays along a unit eigenvector. Cost: 26 to 80 losses. */
export async function escapesAlong(
  objective: Objective,
  eigenvector: Float32Array,
  { loss, resolution, signal }: EscapeRequest,
): Promise<Escape[]> {
  const longest = naturalRadius(objective.parameters, objective.theta);
  const search = async (direction: string, along: Float32Array): Promise<Escape> => {
    const { near } = await searchRay(objective, along, { loss, resolution, longest, signal });
    return { direction, ...near, rise: 0, error: resolution };
  };
  return [await search('bottom/1', eigenvector), await search('−bottom/1', scaled(-1, eigenvector))];
}

/**
 * Tries to leave θ where its gradient and its negative curvature do not lead out: from a random point nearby, in which
 * all tensors have moved together, L-BFGS descends. Descent of third or higher order, as at the origin of a deep linear
 * network, shows only there. An escape counts if the straight way from θ to its end never rises above L(θ).
 * Cost: up to `budget` gradients with a loss or two each, and the losses on the straight way.
 */
export async function escapeFromNearby(
  objective: Objective,
  { loss, resolution, signal, seed, probe, budget }: EscapeRequest & { seed: number; probe: number; budget: number },
): Promise<Escape> {
  const { parameters, theta } = objective;
  const start = scaled(NEAR, naturalDirection(parameters, theta, random(seed, 'escape', probe)));
  const reached = await lbfgs(objective, { start, budget, resolution, signal });
  const points = Array.from({ length: WAY }, (_, i) => ({ alpha: (i + 1) / WAY, beta: 0 }));
  const way = (await objective.plane(reached.displacement, null, points, { signal })).map((value) => value.loss);
  return {
    direction: `random/${probe + 1}`,
    step: norm(reached.displacement),
    loss: way.at(-1)!,
    rise: Math.max(0, ...way.map((value) => value - loss)),
    error: resolution,
  };
}
