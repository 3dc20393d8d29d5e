import { expect, test } from 'vitest';
import type { Derivatives, Flat } from './derivatives';
import { compareWithDifferences, TOLERANCES } from './differences';

/** A loss in closed form, with a claimed gradient and a claimed Hessian product. */
function claimed(
  point: readonly number[],
  loss: (x: Flat) => number,
  gradient: (x: Flat) => number[],
  product: (x: Flat, v: Flat) => number[],
): Derivatives {
  return {
    point: Float64Array.from(point),
    loss: (x) => Promise.resolve(loss(x)),
    all: (x, v) =>
      Promise.resolve({
        loss: loss(x),
        gradient: Float64Array.from(gradient(x)),
        product: Float64Array.from(product(x, v)),
      }),
    nameOf: (element) => `element ${element}`,
    release: () => Promise.resolve(),
  };
}

const compare = (derivatives: Derivatives) => compareWithDifferences(derivatives, TOLERANCES.float64);

/** x₀³·x₁ */
const cubic = {
  point: [1.3, -0.7],
  loss: ([x, y]: Flat) => x ** 3 * y,
  gradient: ([x, y]: Flat) => [3 * x ** 2 * y, x ** 3],
  product: ([x, y]: Flat, [v, w]: Flat) => [6 * x * y * v + 3 * x ** 2 * w, 3 * x ** 2 * v],
};

test('right derivatives pass, and every element is compared', async () => {
  const { point, loss, gradient, product } = cubic;
  expect(await compare(claimed(point, loss, gradient, product))).toEqual({ fault: null, kinks: 0, compared: 2 });
});

test('a gradient off by a hundred-thousandth is a fault', async () => {
  const { point, loss, product } = cubic;
  const wrong = ([x, y]: Flat) => [3 * x ** 2 * y * (1 + 1e-5), x ** 3];
  expect((await compare(claimed(point, loss, wrong, product))).fault).toMatch(/gradient/);
});

test('a Hessian that misses a term is a fault', async () => {
  const { point, loss, gradient } = cubic;
  const wrong = ([x, y]: Flat, [v]: Flat) => [6 * x * y * v, 3 * x ** 2 * v];
  expect((await compare(claimed(point, loss, gradient, wrong))).fault).toMatch(/Hessian/);
});

test('an element at a kink is counted and skipped, and the others are still compared', async () => {
  const kinked = (slope: number) =>
    claimed(
      [0, 2],
      ([x, y]) => Math.abs(x) + y ** 2,
      ([x, y]) => [Math.sign(x), slope * y],
      (_, [, w]) => [0, slope * w],
    );
  expect(await compare(kinked(2))).toEqual({ fault: null, kinks: 1, compared: 1 });
  expect((await compare(kinked(2.01))).fault).not.toBeNull();
});

test('a pole is skipped, but a NaN at a smooth point is a fault', async () => {
  const root = claimed(
    [0, 2],
    ([x, y]) => Math.sqrt(x) + y,
    ([x]) => [0.5 / Math.sqrt(x), 1],
    ([x], [v]) => [-0.25 * x ** -1.5 * v, 0],
  );
  expect(await compare(root)).toMatchObject({ fault: null, kinks: 1, compared: 1 });
  const spoilt = claimed(
    [0, 2],
    ([x, y]) => x ** 2 + y,
    () => [NaN, 1],
    () => [NaN, 0],
  );
  expect((await compare(spoilt)).fault).toMatch(/NaN/);
});

test('a flat function passes, and a jump at the point counts as a kink', async () => {
  const flat = (at: number) =>
    claimed(
      [at],
      ([x]) => Math.floor(x),
      () => [0],
      () => [0],
    );
  expect(await compare(flat(0.5))).toEqual({ fault: null, kinks: 0, compared: 1 });
  expect(await compare(flat(1))).toEqual({ fault: null, kinks: 1, compared: 0 });
});
