import { expect, test } from 'vitest';
import { rotated } from '../../test/unit/symmetricOperators';
import type { KnownOperator } from '../../test/unit/symmetricOperators';
import { gaussianVector, random } from '../numerics/random';
import { dot, normalize } from '../numerics/vectors';
import type { Krylov, KrylovStart } from './krylov';
import { advance, projected, quadratureOf, ritzValues, ritzVectors, startKrylov } from './krylov';
import { thickRestart } from './thickRestart';

const eigenvalues = Array.from({ length: 700 }, (_, i) => (i % 4 ? 1 : -0.6) * 30 * 0.96 ** i + 0.01 * Math.sin(i));

async function proceed(run: Krylov, op: KnownOperator, steps: number): Promise<void> {
  for (let i = 0; i < steps && run.next; i++) advance(run, (await op.apply([run.next]))[0], 'restart');
}

async function runOf(steps: number, options: Partial<KrylovStart> = {}) {
  const op = rotated(eigenvalues);
  const run = startKrylov({ dim: op.dim, seed: 1, stream: 'test', ...options });
  await proceed(run, op, steps);
  return { op, run };
}

/** Largest entry of QᵀQ − I, f included. */
function orthogonalityError(run: Krylov): number {
  const all = [...run.locked, ...run.basis, ...(run.next ? [run.next] : [])];
  let worst = 0;
  all.forEach((q, i) =>
    all.slice(0, i + 1).forEach((p, j) => (worst = Math.max(worst, Math.abs(dot(p, q) - (i === j ? 1 : 0))))),
  );
  return worst;
}

/** Largest entry of H·Q − Q·T − f·bᵀ − locked·leaks, relative to ‖H‖. */
async function relationError(run: Krylov, op: KnownOperator): Promise<number> {
  const t = projected(run);
  const images = await op.apply(run.basis);
  let worst = 0;
  images.forEach((image, j) => {
    for (let i = 0; i < op.dim; i++) {
      let rest = image[i];
      run.basis.forEach((q, k) => (rest -= q[i] * t[k][j]));
      run.locked.forEach((x, k) => (rest -= x[i] * run.leaks[j][k]));
      rest -= run.coupling[j] * (run.next?.[i] ?? 0);
      worst = Math.max(worst, Math.abs(rest));
    }
  });
  return worst / 30;
}

test.each([1, 2, 30, 120])(
  'after %i steps the basis is orthonormal and H·Q = Q·T + f·bᵀ, to float32',
  async (steps) => {
    const { op, run } = await runOf(steps);
    expect(run.basis.length).toBe(steps);
    expect(orthogonalityError(run)).toBeLessThan(1e-6);
    expect(await relationError(run, op)).toBeLessThan(1e-6);
  },
);

test('a thick restart keeps the relation, the chosen Ritz values and their residuals', async () => {
  const { op, run } = await runOf(40);
  const before = ritzVectors(run);
  const chosen = [0, 1, 2, 35, 36, 37, 38, 39];
  thickRestart(run, before, chosen);
  expect(run.basis.length).toBe(8);
  expect(orthogonalityError(run)).toBeLessThan(2e-6);
  expect(await relationError(run, op)).toBeLessThan(2e-6);
  const after = ritzValues(run);
  chosen.forEach((index, k) => {
    expect(after.values[k]).toBeCloseTo(before.values[index], 10);
    expect(after.residuals[k]).toBeCloseTo(before.residuals[index], 10);
  });
  await proceed(run, op, 25);
  expect(run.mixed).toBe(8);
  expect(orthogonalityError(run)).toBeLessThan(2e-6);
  expect(await relationError(run, op)).toBeLessThan(2e-6);
  expect(quadratureOf(run)).toBeNull();
});

test('locked vectors that are not eigenvectors stay out of the basis and count in the residuals', async () => {
  const locked = gaussianVector(700, random(2, 'locked'));
  normalize(locked);
  const { op, run } = await runOf(20, { locked: [locked] });
  expect(orthogonalityError(run)).toBeLessThan(1e-6);
  expect(await relationError(run, op)).toBeLessThan(1e-6);
  const { values, vectors, residuals } = ritzVectors(run);
  const x = new Float32Array(700);
  run.basis.forEach((q, j) => q.forEach((value, i) => (x[i] += vectors[19][j] * value)));
  const [image] = await op.apply([x]);
  const residual = Math.hypot(...image!.map((value, i) => value - values[19] * x[i]));
  expect(residual / residuals[19]).toBeCloseTo(1, 3);
});

test('a run ends when the basis spans the whole space', async () => {
  const op = rotated([3, 2, 1, 1, 0]);
  const run = startKrylov({ dim: 5, seed: 1, stream: 'test' });
  await proceed(run, op, 100);
  expect(run.next).toBeNull();
  expect(op.products).toBe(5);
  ritzValues(run).values.forEach((value, i) => expect(value).toBeCloseTo([0, 1, 1, 2, 3][i], 5));
});

test('a run is plain data, and a copy of it continues to the same figures', async () => {
  const { op, run } = await runOf(15);
  const copy = structuredClone(run);
  await proceed(run, op, 10);
  await proceed(copy, op, 10);
  expect(ritzValues(copy)).toEqual(ritzValues(run));
});
