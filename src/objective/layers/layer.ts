import type { Objective, Questions } from '../objective';

/**
 * Wraps an objective in a layer that answers its questions. A layer must supply every question, even if it only passes
 * it on: the compiler rejects a layer that forgets one.
 */
export function layer(objective: Objective, answers: Questions): Objective {
  const { dim, parameters, theta, samples, block, overlapping, dispose } = objective;
  return { dim, parameters, theta, samples, block, overlapping, ...answers, dispose };
}
