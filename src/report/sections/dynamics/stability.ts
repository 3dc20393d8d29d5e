import { about, number, object, optional } from '../../schema';
import type { Infer } from '../../schema';
import { withError } from '../withError';

export const stability = object({
  learningRate: number,
  momentum: about('Momentum of the heavy ball; 0 for plain gradient descent.', number),
  bound: about('2·(1 + momentum): the largest stable λ_max times learning rate.', number),
  criticalStep: optional(withError, 'The smallest η with L(θ − η·g) > L(θ). Left out where the loss does not rise.'),
  criticalSharpness: optional(withError, '2/criticalStep.'),
});
/** The learning rate of the training, and the step along −g from which the loss rises. */
export type StabilityMeasurement = Infer<typeof stability>;
