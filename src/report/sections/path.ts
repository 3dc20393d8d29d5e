import { about, flag, list, number, object, optional, text } from '../schema';
import type { Infer } from '../schema';
import { notFinite } from './notFinite';

const checkpoint = object({
  file: text,
  sha256: optional(text, 'Of the model file.'),
  step: about('The last number in the name, or the place in the path where names have none.', number),
  loss: about('NaN where the weights are not finite.', number),
  lossError: optional(number, 'Standard error of the mean loss over samples.'),
  accuracy: optional(number),
  testLoss: optional(number),
  testLossError: optional(number),
  testAccuracy: optional(number),
  gradientNorm: optional(number, '‖g‖; NaN where the loss is not finite.'),
  gradientNormError: optional(number, 'Standard error of the gradient over samples, where it was measured.'),
  lambdaMax: optional(number, 'Largest eigenvalue of the Hessian.'),
  lambdaMaxError: optional(number, 'Residual and float32 noise of the eigenvalue.'),
  lambdaMin: optional(number, 'Smallest (most negative) eigenvalue of the Hessian.'),
  lambdaMinError: optional(number),
  negativeMass: optional(number, 'Share of the negative eigenvalues in the spectral density.'),
  negativeMassError: optional(number),
  noiseScale: optional(number, 'Simple noise scale tr Σ/‖g‖², in samples.'),
  noiseScaleError: optional(number),
  parameterNorm: optional(number, '‖θ‖'),
  distance: about('‖θ − θ_last‖; NaN where the weights are not finite.', number),
  notFinite: optional(notFinite, 'Why the figures of this checkpoint are NaN or ∞, where they are.'),
});
/** The figures of one checkpoint. */
export type Checkpoint = Infer<typeof checkpoint>;

const pca = object({
  explained: about('Share of each principal axis in the variance of the checkpoints around their mean.', list(number)),
  distanceShare: about('Share of each of the two axes in the squared distances to the last checkpoint.', list(number)),
  coordinates: about('Projections of θ − θ_last onto the two axes, [checkpoint][2].', list(list(number))),
  offPlane: about('Distance of each checkpoint from the plane.', list(number)),
  lossOnPlane: about(
    'The loss at these projections, which is not that of the checkpoints: what they have off the plane is left out.',
    list(number),
  ),
});
/** The plane of the two principal axes of a path (axes pca/1 and pca/2), around the last checkpoint. */
export type PathPca = Infer<typeof pca>;

const edge = object({
  learningRate: number,
  momentum: number,
  twoOverRate: about('2/η', number),
  crossedAt: optional(number, 'The first step with λ_max ≥ 2/η. Left out where there is none.'),
  bound: about('2·(1 + β)/η, up to which steps with heavy-ball momentum β are stable.', number),
  boundCrossedAt: optional(number, 'The first step with λ_max at or above this bound.'),
});
/** Where the sharpness crosses the bound of stability. */
export type PathEdge = Infer<typeof edge>;

export const path = object({
  checkpoints: about('In natural order of their names.', list(checkpoint)),
  stepsFromNames: about('False where names have no numbers: steps are then places in the path.', flag),
  centre: about('Place in the list of the checkpoint that distances and axes start from: the last finite one.', number),
  pca: optional(pca, 'Left out where fewer than two checkpoints differ.'),
  edgeOfStability: optional(edge, 'Where the learning rate is known.'),
});
/** The checkpoints of one training run, in their order. */
export type TrainingPath = Infer<typeof path>;
