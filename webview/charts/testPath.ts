import type { TrainingPath } from '../../src/report/sections/path';

/** A path of three checkpoints for tests; the second has weights that are not finite. */
export const testPath: TrainingPath = {
  stepsFromNames: true,
  centre: 2,
  checkpoints: [
    { file: '/runs/a/step-0.onnx', step: 0, loss: 2, lossError: 0.1, gradientNorm: 5, lambdaMax: 1, distance: 3 },
    { file: '/runs/a/step-100.onnx', step: 100, loss: NaN, gradientNorm: NaN, lambdaMax: NaN, distance: NaN },
    { file: '/runs/a/step-5000.onnx', step: 5000, loss: 0.5, gradientNorm: 0.01, lambdaMax: 12, distance: 0 },
  ],
  pca: {
    explained: [0.8, 0.15],
    distanceShare: [0.9, 0.05],
    coordinates: [
      [-2, 1],
      [NaN, NaN],
      [0, 0],
    ],
    offPlane: [0.7, NaN, 0],
    lossOnPlane: [1.5, NaN, 0.5],
  },
  edgeOfStability: { learningRate: 0.2, momentum: 0, twoOverRate: 10, bound: 10, crossedAt: 5000 },
};
