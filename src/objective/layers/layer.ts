import type { Objective, Questions } from '../objective';

/**
 * Lays answers over an objective. A layer says for every question how it is answered, be it by handing the question on:
 * the compiler refuses a layer that forgets one.
 */
export function layer(objective: Objective, answers: Questions): Objective {
  const { dim, parameters, theta, samples, block, overlapping, dispose } = objective;
  return { dim, parameters, theta, samples, block, overlapping, ...answers, dispose };
}
