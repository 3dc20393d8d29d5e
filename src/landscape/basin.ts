import { quantile } from '../numerics/statistics';
import type { Objective } from '../objective/objective';
import type { BasinRadii, BasinWidth } from '../report/sections/landscape';
import { basinSide, SEARCHED } from './basinSide';
import type { Direction } from './direction';
import { vectorFor } from './direction';

export interface BasinRequest {
  /** L(θ) > 0 */
  loss: number;
  /** Differences of losses below this are rounding. */
  resolution: number;
  signal?: AbortSignal;
}

/** The loss that ends the basin, as a multiple of L(θ). */
const BASIN_FACTOR = 2;

/**
 * The width of the basin around θ along d: on either side the smallest |α| with L(θ + αd) ≥ 2·L(θ) or not finite, and
 *   radius = min(plus, minus) · ‖d‖
 * Cost: about 80 losses.
 */
export async function basinWidth(
  objective: Pick<Objective, 'plane' | 'dim' | 'parameters'>,
  direction: Direction,
  { loss, resolution, signal }: BasinRequest,
): Promise<BasinWidth> {
  const { name, norm } = direction;
  const vector = vectorFor(objective, direction);
  const side = (sign: 1 | -1) =>
    basinSide({
      async lossesAt(alphas) {
        const points = alphas.map((alpha) => ({ alpha: sign * alpha, beta: 0 }));
        return (await objective.plane(vector, null, points, { signal })).map((value) => value.loss);
      },
      loss,
      limit: BASIN_FACTOR * loss,
      resolution,
    });
  const [plus, minus] = [await side(1), await side(-1)];
  const nearest = plus.edge <= minus.edge ? plus : minus;
  return {
    direction: name,
    plus: plus.edge,
    minus: minus.edge,
    radius: nearest.edge * norm,
    error: nearest.error * norm,
    directionNorm: norm,
  };
}

/** Median and quartiles of the radii along random directions. */
export function basinRadii(loss: number, widths: readonly BasinWidth[]): BasinRadii {
  const radii = widths.map(({ radius }) => radius);
  return {
    limit: BASIN_FACTOR * loss,
    searched: SEARCHED,
    directions: radii.length,
    median: quantile(radii, 0.5),
    quartiles: [quantile(radii, 0.25), quantile(radii, 0.75)],
    unbounded: radii.filter((radius) => radius === Infinity).length,
  };
}
