import { expect, it } from 'vitest';
import { quadratic } from '../../../test/unit/closedFormObjective';
import type { Displacement, Objective } from '../objective';
import { withWeightDecay } from './weightDecay';

const A = [
  [3, 1],
  [1, -2],
];
const B = [0.5, -1];
const X = 0.25;

it('is the objective whose Hessian has x added to its diagonal', async () => {
  const theta = [1, 2];
  const decayed = withWeightDecay(quadratic(A, theta, { b: B, c: 4 }), X);
  const shifted = A.map((row, i) => row.map((value, j) => value + (i === j ? X : 0)));
  const expected = quadratic(shifted, theta, { b: B, c: 4 });
  const v = [Float32Array.of(1, -3), Float32Array.of(0, 2)];
  const d1 = Float32Array.of(0.5, 1);
  const d2 = Float32Array.of(-1, 0.25);
  const points = [
    { alpha: 0, beta: 0 },
    { alpha: -2, beta: 3 },
    { alpha: 0.5, beta: -0.5 },
  ];

  expect((await decayed.value()).loss).toBeCloseTo((await expected.value()).loss, 12);
  expect(await decayed.gradient()).toEqual(await expected.gradient());
  expect(await decayed.products('hessian', v)).toEqual(await expected.products('hessian', v));
  expect(await decayed.products('gaussNewton', v)).toEqual(await expected.products('gaussNewton', v));
  for (const second of [d2, null]) {
    const seen: number[] = [];
    const values = await decayed.plane(d1, second, points, { onPoint: (i, { loss }) => (seen[i] = loss) });
    const truth = await expected.plane(d1, second, points);
    values.forEach(({ loss }, i) => expect(loss).toBeCloseTo(truth[i].loss, 10));
    expect(seen).toEqual(values.map(({ loss }) => loss));
  }
});

it('decays at points beside θ as at θ', async () => {
  const [theta, at]: [number[], Displacement] = [
    [1, 2],
    { d1: Float32Array.of(0.5, 1), d2: Float32Array.of(-1, 0.25), alpha: -2, beta: 3 },
  ];
  const there = theta.map((t, i) => t + at.alpha * at.d1[i] + at.beta * at.d2![i]);
  const [decayed, moved] = [theta, there].map((point) => withWeightDecay(quadratic(A, point, { b: B }), X));
  const v = [Float32Array.of(1, -3)];
  expect((await decayed!.value({ at })).loss).toBeCloseTo((await moved!.value()).loss, 10);
  expect(await decayed!.gradient({ at })).toEqual(await moved!.gradient());
  expect(await decayed!.products('hessian', v, { at })).toEqual(await moved!.products('hessian', v));
  expect(await decayed!.curvatures('hessian', v, { at })).toEqual(await moved!.curvatures('hessian', v));
});

it('leaves an objective without decay alone', () => {
  const objective = quadratic(A, [1, 2]);
  expect(withWeightDecay(objective, 0)).toBe(objective);
});

it('shows decayed gradients of single batches', async () => {
  const inner = quadratic(A, [1, 2]);
  const seen: { gradient: Float32Array; samples: number }[] = [];
  const batched: Objective = {
    ...inner,
    gradient: ({ onBatch } = {}) => {
      onBatch?.(Float32Array.of(5, -3), 7);
      return inner.gradient();
    },
  };
  await withWeightDecay(batched, X).gradient({ onBatch: (gradient, samples) => seen.push({ gradient, samples }) });
  expect(seen).toEqual([{ gradient: Float32Array.of(5 + X, -3 + 2 * X), samples: 7 }]);
});
