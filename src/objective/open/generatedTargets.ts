import { random } from '../../numerics/random';
import type { LossName } from '../../options/options';
import type { Tensor } from '../../graph/tensor';

/**
 * Draws targets for random inputs around the model's own answers. For values they are y + s·n, with n standard normal
 * and s the spread of all answers; for binary losses they are 1 with the probability that the model gives. Using the
 * answers themselves would be an exact fit, where the gradient is zero and the Hessian is the Gauss-Newton matrix for
 * any model.
 */
export function drawTargets({ shape, data }: Tensor, loss: LossName, seed: number): Tensor {
  const source = random(seed, 'targets');
  const answers = data as Float32Array;
  if (loss === 'bce' || loss === 'bce_with_logits') {
    const chance = (y: number) => (loss === 'bce' ? y : 1 / (1 + Math.exp(-y)));
    return { dtype: 'float32', shape, data: answers.map((y) => Number(source.uniform() < chance(y))) };
  }
  const mean = answers.reduce((sum, y) => sum + y, 0) / answers.length;
  const spread = Math.sqrt(answers.reduce((sum, y) => sum + (y - mean) ** 2, 0) / answers.length) || 1;
  return { dtype: 'float32', shape, data: answers.map((y) => y + spread * source.normal()) };
}

export const DRAWN = "Targets are drawn at random around the model's own outputs.";
