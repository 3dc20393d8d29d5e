import { expect, it } from 'vitest';
import { quadratic } from '../../../test/unit/closedFormObjective';
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
  expect(await decayed.hvp(v)).toEqual(await expected.hvp(v));
  expect(await decayed.ggnvp(v)).toEqual(await expected.ggnvp(v));
  for (const second of [d2, null]) {
    const seen: number[] = [];
    const values = await decayed.plane(d1, second, points, { onPoint: (i, { loss }) => (seen[i] = loss) });
    const truth = await expected.plane(d1, second, points);
    values.forEach(({ loss }, i) => expect(loss).toBeCloseTo(truth[i]!.loss, 10));
    expect(seen).toEqual(values.map(({ loss }) => loss));
  }
});

it('leaves an objective without decay alone', () => {
  const objective = quadratic(A, [1, 2]);
  expect(withWeightDecay(objective, 0)).toBe(objective);
});

it('shows decayed gradients of single batches', async () => {
  const inner = quadratic(A, [1, 2]);
  const seen: { gradient: Float32Array; samples: number }[] = [];
  const batched = {
    ...inner,
    gradient: (_: AbortSignal | undefined, onBatch?: (gradient: Float32Array, samples: number) => void) => {
      onBatch?.(Float32Array.of(5, -3), 7);
      return inner.gradient();
    },
  };
  await withWeightDecay(batched, X).gradient(undefined, (gradient, samples) => seen.push({ gradient, samples }));
  expect(seen).toEqual([{ gradient: Float32Array.of(5 + X, -3 + 2 * X), samples: 7 }]);
});
