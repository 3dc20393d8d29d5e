import type { RaceEffort } from './race';

/** Costs of the questions, in losses over all data. */
interface Costs {
  gradient: number;
  hvp: number;
  ggnvp: number;
  planePoint: number;
}

/** Step sizes that a search usually tries: where it starts from a guess, and where it starts from a related method. */
const TRIED = { coarse: 6, fine: 3.5 };
/** Methods of each kind. SAM spends two gradients per step, so it asks for half the losses. */
const METHODS = { coarse: 2, fine: 7 };
/** Losses that L-BFGS tries per gradient, and that a Newton step tries. */
const TRIALS = { quasiNewton: 1.3, newton: 4 };

/** The usual cost of a race, in losses over all data. */
export function raceLosses({ budget, trial, products }: RaceEffort, dim: number, costs: Costs): number {
  const point = costs.gradient + costs.planePoint;
  // The first gradient of every run is that of the start, which is known.
  const searched = (tried: number) => (tried - 1) * (trial * point - costs.gradient);
  const firstOrder =
    METHODS.coarse * searched(TRIED.coarse) +
    METHODS.fine * searched(TRIED.fine) +
    (METHODS.coarse + METHODS.fine) * (budget * point - costs.gradient);
  const quasiNewton = budget * (costs.gradient + TRIALS.quasiNewton * costs.planePoint);
  const perStep = Math.min(products, dim);
  const steps = budget / (1 + 2 * perStep + TRIALS.newton / 3);
  const newton = (product: number) => steps * (costs.gradient + perStep * product + TRIALS.newton * costs.planePoint);
  return firstOrder + quasiNewton + newton(costs.ggnvp) + newton(costs.hvp);
}
