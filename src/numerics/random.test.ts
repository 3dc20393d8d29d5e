import { expect, test } from 'vitest';
import { gaussianVector, rademacherVector, random } from './random';
import { dot } from './vectors';

const N = 200_000;

test('the same seed and stream give the same vector, any other gives another', () => {
  const draw = (seed: number, ...stream: (number | string)[]) => [...gaussianVector(8, random(seed, ...stream))];
  expect(draw(3, 'probe', 1)).toEqual(draw(3, 'probe', 1));
  for (const other of [draw(3, 'probe', 2), draw(4, 'probe', 1), draw(3, 'restart', 1), draw(3, 'probe', 1, 0)]) {
    expect(other).not.toEqual(draw(3, 'probe', 1));
  }
});

test('Gaussian entries have the moments of the standard normal', () => {
  const z = gaussianVector(N, random(1));
  const moment = (k: number) => z.reduce((total, value) => total + value ** k, 0) / N;
  // Four standard deviations of each sample moment: √(Var zᵏ / N), Var z = 1, Var z² = 2, Var z³ = 15, Var z⁴ = 96.
  expect(Math.abs(moment(1))).toBeLessThan(4 * Math.sqrt(1 / N));
  expect(Math.abs(moment(2) - 1)).toBeLessThan(4 * Math.sqrt(2 / N));
  expect(Math.abs(moment(3))).toBeLessThan(4 * Math.sqrt(15 / N));
  expect(Math.abs(moment(4) - 3)).toBeLessThan(4 * Math.sqrt(96 / N));
});

test('Rademacher entries are ±1 and balanced, and neighbours are uncorrelated', () => {
  const z = rademacherVector(N, random(1));
  expect(new Set(z)).toEqual(new Set([1, -1]));
  expect(dot(z, z)).toBe(N);
  const limit = 4 / Math.sqrt(N);
  expect(Math.abs(z.reduce((a, b) => a + b, 0) / N)).toBeLessThan(limit);
  for (const lag of [1, 2, 3, 15, 16, 17, 32, 64]) {
    let correlation = 0;
    for (let i = lag; i < N; i++) correlation += z[i] * z[i - lag];
    expect(Math.abs(correlation / N), `lag ${lag}`).toBeLessThan(limit);
  }
});

test('neighbouring streams are uncorrelated', () => {
  const vectors = Array.from({ length: 12 }, (_, i) => gaussianVector(20_000, random(5, 'probe', i)));
  vectors.forEach((a, i) =>
    vectors.slice(i + 1).forEach((b) => expect(Math.abs(dot(a, b) / 20_000)).toBeLessThan(4.5 / Math.sqrt(20_000))),
  );
});

test('uniform numbers stay strictly between 0 and 1', () => {
  const source = random(9);
  const values = Array.from({ length: N }, () => source.uniform());
  expect(values.every((value) => value > 0 && value < 1)).toBe(true);
  expect(Math.abs(values.reduce((a, b) => a + b, 0) / N - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / N));
});
