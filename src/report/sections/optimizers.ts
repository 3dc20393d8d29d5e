import { about, list, number, object, oneOf, optional } from '../schema';
import type { Infer } from '../schema';

/** Every optimizer of the race, in the order in which it is shown. */
export const OPTIMIZERS = [
  'sgd',
  'momentum',
  'nesterov',
  'clipping',
  'sam',
  'adagrad',
  'rmsprop',
  'adam',
  'adamw',
  'lbfgs',
  'newton-cg',
  'saddle-free',
] as const;
export type OptimizerName = (typeof OPTIMIZERS)[number];

export const optimizer = object({
  name: oneOf(OPTIMIZERS),
  stepSize: about(
    'The learning rate that the search found; 1 for methods that search the length of every step themselves.',
    number,
  ),
  gradients: about(
    'What the run spent, in gradients over all data: a product counts as 2, a loss that comes with no gradient as 1/3.',
    number,
  ),
  products: optional(
    number,
    'Products with the Hessian or the Gauss-Newton matrix. Left out for methods without them.',
  ),
  losses: about('The loss at every point of the run, the first at the start.', list(number)),
  spent: about('What the run had spent when it reached each of these points, in gradients.', list(number)),
  reached: about('The lowest of these losses.', number),
  firstBelow: optional(
    number,
    'What the run had spent when its loss was first below the loss of the model by more than the resolution of the loss. Left out if it never was.',
  ),
  cosines: about('Cosines of successive gradients: close to −1 where the run zigzags.', list(number)),
  path: optional(
    object({
      x: about('Coefficients of the first direction of the first plane.', list(number)),
      y: about('Coefficients of the second direction.', list(number)),
      offPlane: about('Distances of the points from the plane.', list(number)),
    }),
    'The points of the run, projected onto the first plane of the report.',
  ),
  search: optional(
    object({
      gradients: about('What the step sizes that were tried and not chosen have spent.', number),
      stepSizes: list(number),
      losses: about('The loss after a short run with each of these step sizes.', list(number)),
    }),
    'The search of the step size. Left out for methods that need none.',
  ),
});
/** The run of one optimizer from these weights. */
export type OptimizerRun = Infer<typeof optimizer>;

export const race = object({
  budget: about('What every run may spend, in gradients.', number),
  trial: about('What a run with a tried step size may spend, in gradients.', number),
  resolution: about('Resolution of the loss in float32: differences below it are rounding.', number),
  startLoss: about('The loss of the model.', number),
  startDistance: about(
    'Distance of the start from these weights: 0, or a small random displacement where the gradient is zero.',
    number,
  ),
});
/** What all runs of the optimizers have in common. */
export type OptimizerRace = Infer<typeof race>;
