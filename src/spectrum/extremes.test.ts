import { expect, test } from 'vitest';
import { gaussianVector, random } from '../numerics/random';
import { symmetricEigen } from '../numerics/symmetric';
import { axpy, dot, norm } from '../numerics/vectors';
import { dense, known, rotated } from '../../test/unit/symmetricOperators';
import type { KnownOperator } from '../../test/unit/symmetricOperators';
import { extremeEigenpairs } from './extremes';
import type { Eigenpair } from './eigenpair';
import type { ExtremesOptions } from './extremes';
import { slq } from './slq';

/** Rounding of the test operators' float32 products, relative to ‖H‖, with what Lanczos makes of it. */
const ROUNDING = 1e-6;

/** Every pair: the right eigenvalue, inside its own error, residual as stated, orthonormal vectors, cost as counted. */
async function checkExtremes(op: KnownOperator, options: Partial<ExtremesOptions> & { top: number; bottom: number }) {
  const result = await extremeEigenpairs(op, { seed: 1, ...options });
  const scale = Math.max(Math.abs(op.eigenvalues[0]), Math.abs(op.eigenvalues.at(-1)!));
  const top = Math.min(options.top, op.dim);
  const bottom = Math.min(options.bottom, op.dim);
  expect(result.top.length).toBe(top);
  expect(result.bottom.length).toBe(bottom);
  const check = (pair: Eigenpair, truth: number, name: string) => {
    expect(pair.converged, name).toBe(true);
    expect(Math.abs(pair.value - truth), `${name}: ${pair.value} for ${truth}`).toBeLessThanOrEqual(
      pair.residual + ROUNDING * scale,
    );
    expect(Math.abs(pair.value - truth), name).toBeLessThanOrEqual(1e-3 * scale);
  };
  result.top.forEach((pair, i) => check(pair, op.eigenvalues.at(-1 - i)!, `top ${i + 1}`));
  result.bottom.forEach((pair, i) => check(pair, op.eigenvalues[i], `bottom ${i + 1}`));
  expect(result.products).toBe(op.products);
  expect(Math.abs(result.maxAbs - scale)).toBeLessThanOrEqual(1e-3 * scale);

  const pairs = [...new Set([...result.top, ...result.bottom])];
  const images = await op.apply(pairs.map((pair) => pair.vector));
  pairs.forEach((pair, i) => {
    axpy(-pair.value, pair.vector, images[i]);
    expect(norm(images[i])).toBeLessThanOrEqual(pair.residual + ROUNDING * scale);
    pairs.forEach((other, j) => {
      expect(Math.abs(dot(pair.vector, other.vector) - (i === j ? 1 : 0))).toBeLessThan(i === j ? 1e-6 : 2e-5);
    });
  });
  return result;
}

const geometric = (n: number, from: number, ratio: number) => Array.from({ length: n }, (_, i) => from * ratio ** i);

/** A network's spectrum in small: some outliers, a bulk at zero, some negative curvature. */
const networkLike = (dim: number) => [
  ...geometric(40, 50, 0.85),
  ...geometric(40, -4, 0.9),
  ...Array.from({ length: dim - 80 }, (_, i) => 0.05 * Math.cos(i)),
];

test.each([
  ['a network-like spectrum', networkLike(2000)],
  ['a long network-like spectrum', networkLike(100_000)],
  ['only positive eigenvalues', geometric(1000, 10, 0.97)],
  ['only negative eigenvalues', geometric(1000, -10, 0.97)],
  ['λ_max ≈ −λ_min', [...geometric(500, 36.2, 0.9), ...geometric(500, -34.9, 0.9)]],
  ['evenly spaced eigenvalues', Array.from({ length: 400 }, (_, i) => i - 200)],
  ['a cluster at the top', [...Array.from({ length: 8 }, (_, i) => 5 + 1e-5 * i), ...geometric(900, 4, 0.97)]],
])('finds both ends of %s', async (_, eigenvalues) => {
  await checkExtremes(rotated(eigenvalues), { top: 6, bottom: 4 });
});

test('finds both ends of a Wishart spectrum as the dense solver does', async () => {
  const dim = 300;
  const x = Array.from({ length: 400 }, (_, n) => gaussianVector(dim, random(2, 'wishart', n)));
  const rows = Array.from({ length: dim }, () => new Float64Array(dim));
  for (const row of x) {
    for (let i = 0; i < dim; i++) for (let j = 0; j < dim; j++) rows[i][j] += (row[i] * row[j]) / x.length;
  }
  // The lower edge is crowded: eigenvalues 1e-4·λ_max apart are told apart by no coarser tolerance.
  await checkExtremes(dense(rows, Array.from(symmetricEigen(rows).values)), { top: 6, bottom: 4, tolerance: 1e-4 });
});

test.each([
  ['twice each', [...geometric(500, 8, 0.97), ...geometric(500, 8, 0.97)]],
  ['the largest six times', [...new Array<number>(6).fill(9), ...geometric(600, 3, 0.99)]],
  ['two values only', [...new Array<number>(300).fill(-1), ...new Array<number>(300).fill(2)]],
  ['the identity', new Array<number>(500).fill(1)],
  ['rank one', [5, ...new Array<number>(499).fill(0)]],
  ['five distinct values, each a hundred times', Array.from({ length: 500 }, (_, i) => (i % 5) - 2)],
  [
    '± pairs, as at the saddle of a product',
    [...geometric(300, 6, 0.98), ...geometric(300, -6, 0.98)].flatMap((x) => [x, x]),
  ],
])('repeated eigenvalues appear as often as they repeat: %s', async (_, eigenvalues) => {
  const result = await checkExtremes(rotated(eigenvalues), { top: 6, bottom: 4 });
  expect(result.repeatedChecked).toBe(true);
});

test.each([1, 2, 3, 7])('a matrix of order %i gives exactly its eigenvalues', async (dim) => {
  await checkExtremes(rotated(Array.from({ length: dim }, (_, i) => 3 - 2 * i)), { top: 6, bottom: 4 });
});

test('the zero operator has zero eigenvalues, without error', async () => {
  const result = await checkExtremes(rotated(new Array<number>(1000).fill(0)), { top: 3, bottom: 2 });
  expect(result.maxAbs).toBe(0);
  expect(result.top.every((pair) => pair.value === 0)).toBe(true);
});

test.each([9, 12, 16, 25])('thick restarts find the same ends with room for %i vectors', async (room) => {
  const eigenvalues = networkLike(3000);
  const result = await checkExtremes(rotated(eigenvalues), {
    top: 4,
    bottom: 2,
    memoryBytes: 4 * 3000 * (room + 2),
    maxProducts: 1500,
  });
  expect(result.basisLimit).toBe(room);
  expect(result.restarts).toBeGreaterThan(0);
});

test('a memory budget too small for the wanted pairs is refused with the numbers', async () => {
  const op = rotated(networkLike(3000));
  await expect(extremeEigenpairs(op, { top: 4, bottom: 2, seed: 1, memoryBytes: 4 * 3000 * 10 })).rejects.toThrow(
    /6 eigenpairs of 3,000 parameters need .* KiB[^]*--top/,
  );
});

test('stated errors hold for 95 % of the eigenvalues of many spectra and seeds', async () => {
  let inside = 0;
  let all = 0;
  for (let seed = 0; seed < 24; seed++) {
    const source = random(seed, 'coverage');
    const decay = 0.7 + 0.28 * source.uniform();
    const crowd = 0.001 * 10 ** (2 * source.uniform());
    const eigenvalues = [
      ...geometric(60, 1, decay),
      ...geometric(60, -0.3 * source.uniform(), decay),
      ...Array.from({ length: 1500 }, () => crowd * source.normal()),
    ];
    const op = rotated(eigenvalues, seed);
    const { top, bottom } = await extremeEigenpairs(op, { top: 6, bottom: 4, seed, repeated: 'never' });
    const noise = ROUNDING * op.eigenvalues.at(-1)!;
    const holds = (pair: Eigenpair, truth: number) => Math.abs(pair.value - truth) <= pair.residual + noise;
    inside += top.filter((pair, i) => holds(pair, op.eigenvalues.at(-1 - i)!)).length;
    inside += bottom.filter((pair, i) => holds(pair, op.eigenvalues[i])).length;
    all += top.length + bottom.length;
  }
  expect(all).toBe(240);
  expect(inside / all).toBeGreaterThanOrEqual(0.95);
});

test('the top five of a network-like spectrum cost at most 20 products', async () => {
  for (let seed = 0; seed < 5; seed++) {
    const op = rotated([60.6, 49, 26.5, 23.7, 20, 15.6, ...geometric(100, 12, 0.9), ...geometric(3000, -1.3, 0.99)]);
    const { products } = await extremeEigenpairs(op, { top: 5, bottom: 0, seed, repeated: 'never' });
    expect(products).toBeLessThanOrEqual(20);
  }
});

test('a product limit ends the run with pairs that say they have not converged', async () => {
  const op = rotated(networkLike(1000));
  const { top, products } = await extremeEigenpairs(op, { top: 3, bottom: 3, seed: 1, maxProducts: 8 });
  expect(products).toBe(8);
  expect(op.products).toBe(8);
  expect(top.some((pair) => !pair.converged)).toBe(true);
});

test('an SLQ run is continued without repeating its products', async () => {
  const eigenvalues = networkLike(2000);
  const shared = rotated(eigenvalues);
  const { krylov, products } = await slq(shared, { probes: 3, steps: 30, seed: 1 });
  expect(products).toBe(90);
  shared.products = 0;
  const { products: further } = await checkExtremes(shared, { top: 6, bottom: 4, start: krylov!, repeated: 'never' });
  const fresh = await extremeEigenpairs(rotated(eigenvalues), { top: 6, bottom: 4, seed: 1, repeated: 'never' });
  expect(further).toBeLessThan(fresh.products - 20);
});

test('every step reports the ends so far, and residuals fall', async () => {
  const steps: { products: number; largest: number }[] = [];
  await extremeEigenpairs(rotated(networkLike(1000)), {
    top: 2,
    bottom: 1,
    seed: 1,
    repeated: 'never',
    onStep: ({ products, top }) => steps.push({ products, largest: top[0].value }),
  });
  expect(steps.map(({ products }) => products)).toEqual(steps.map((_, i) => i + 1));
  // Ritz values of a growing subspace never retreat (Cauchy interlacing).
  steps.slice(1).forEach(({ largest }, i) => expect(largest).toBeGreaterThan(steps[i].largest - 1e-4));
});

test('the same seed gives the same figures', async () => {
  const run = () => extremeEigenpairs(rotated(networkLike(500)), { top: 3, bottom: 2, seed: 4 });
  expect((await run()).top.map((pair) => pair.value)).toEqual((await run()).top.map((pair) => pair.value));
});

test('a product that is not finite names the step', async () => {
  const eigenvalues = networkLike(500);
  let count = 0;
  const op = known(eigenvalues, (v) => {
    const image = v.map((x, i) => x * eigenvalues[i]);
    if (++count === 4) image[17] = NaN;
    return image;
  });
  await expect(extremeEigenpairs(op, { top: 1, bottom: 1, seed: 1 })).rejects.toThrow(/not finite[^]*Lanczos step 4/);
});

test('an aborted run ends with the AbortError between two products', async () => {
  const abort = new AbortController();
  const op = rotated(networkLike(500));
  const run = extremeEigenpairs(op, {
    top: 5,
    bottom: 5,
    seed: 1,
    signal: abort.signal,
    onStep: ({ products }) => products === 7 && abort.abort(),
  });
  await expect(run).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  expect(op.products).toBe(7);
});

test('the measured asymmetry of noisy products is of the size of their noise', async () => {
  const eigenvalues = networkLike(800);
  const source = random(3, 'noise');
  const noisy = (relative: number) =>
    known(eigenvalues, (v) => {
      const image = v.map((x, i) => x * eigenvalues[i]);
      const size = (relative * norm(image)) / Math.sqrt(image.length);
      return image.map((x) => x + size * source.normal());
    });
  const { asymmetry: quiet } = await extremeEigenpairs(noisy(0), { top: 3, bottom: 2, seed: 1 });
  const { asymmetry: loud, top } = await extremeEigenpairs(noisy(1e-3), { top: 3, bottom: 2, seed: 1 });
  expect(quiet).toBeLessThan(50 * 1e-6);
  expect(loud).toBeGreaterThan(50 * 1e-5);
  top.forEach((pair, i) => {
    const truth = [...eigenvalues].sort((a, b) => b - a)[i];
    expect(Math.abs(pair.value - truth)).toBeLessThan(pair.residual + loud);
  });
});
