import { lbfgs } from '../lbfgs';
import { PRICE } from './walk';
import type { Walk } from './walk';

export interface QuasiNewtonRequest {
  /** What the run may spend, in gradients. */
  budget: number;
  /** Length of the first step. */
  firstLength: number;
}

/** Runs L-BFGS with its backtracking line search. Losses that the search rejects count as a third of a gradient each. */
export async function quasiNewton(walk: Walk, { budget, firstLength }: QuasiNewtonRequest): Promise<void> {
  let isStart = true;
  const counted = {
    gradient: ({ at }: Asking = {}) => walk.gradient(at!.d1),
    value: async ({ at }: Asking = {}) => {
      // Beyond the budget no trial descends, so that the search ends.
      const isSpent = walk.spent + PRICE.loss > budget;
      const loss = isStart ? walk.start.loss : isSpent ? NaN : await walk.tryLoss(at!.d1);
      isStart = false;
      return { loss, accuracy: NaN, standardError: NaN };
    },
  };
  await lbfgs(counted, {
    start: walk.start.displacement,
    budget,
    resolution: 0,
    first: firstLength,
    onStep(displacement, loss) {
      walk.accept(displacement, loss);
      return walk.spent + 1 <= budget;
    },
  });
}

interface Asking {
  at?: { d1: Float32Array };
}
