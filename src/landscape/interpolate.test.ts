import { expect, test } from 'vitest';
import { interpolator, weighted } from './interpolate';

const axis = (count: number, spacing = 1) => Array.from({ length: count }, (_, i) => (i - (count - 1) / 2) * spacing);

/** The value at point `p` of a grid from every point that `isKnown`, and the nodes that it came from. */
function valueAt(
  [xs, ys]: readonly [number[], number[]],
  surface: (x: number, y: number) => number,
  isKnown: (row: number, column: number) => boolean,
  p: number,
) {
  const width = xs.length;
  const values = Array.from({ length: xs.length * ys.length }, (_, q) =>
    isKnown(Math.floor(q / width), q % width) ? surface(xs[q % width], ys[Math.floor(q / width)]) : undefined,
  );
  const known = interpolator(xs, ys)(values);
  const stencil = known.stencil(p);
  return {
    value:
      stencil &&
      weighted(
        values.map((value) => value ?? NaN),
        stencil.nodes,
        stencil.quintic,
      ),
    around: known.around(p),
    stencil,
  };
}

const everySecond = (row: number, column: number) => row % 2 === 0 && column % 2 === 0;

test('a quadratic surface is reproduced, whatever the spacing of its axes', () => {
  const surface = (x: number, y: number) => 1 + x - 2 * y + x * x - x * y + 3 * y * y;
  const xs = axis(9, 0.3);
  for (const ys of [axis(9, 5), axis(9).map((y) => y * Math.abs(y))]) {
    const { value } = valueAt([xs, ys], surface, everySecond, 3 * 9 + 5);
    expect(value).toBeCloseTo(surface(xs[5], ys[3]), 8);
  }
});

test('the error of a smooth surface falls at least with the third power of the spacing', () => {
  const surface = (x: number, y: number) => Math.exp(x - 0.5 * y);
  const error = (spacing: number) => {
    const [xs, ys] = [axis(17, spacing), axis(17, spacing)];
    return Math.abs(valueAt([xs, ys], surface, everySecond, 9 * 17 + 9).value! - surface(xs[9], ys[9]));
  };
  expect(error(0.1) / error(0.05)).toBeGreaterThan(8);
});

test('what lies behind a hole says nothing about this side of it', () => {
  const surface = (x: number) => (x < 1 ? 1 + x : x < 3 ? NaN : 1000);
  const grid = [axis(9), axis(9)] as const;
  const { value, stencil } = valueAt(grid, surface, everySecond, 4 * 9 + 3);
  expect(value).toBeCloseTo(1 + grid[0][3], 8);
  for (const q of stencil!.nodes) expect(grid[0][q % 9]).toBeLessThan(1);
});

test('a measured point is no node of its own, and a point knows what was measured on every side of it', () => {
  const { stencil, around } = valueAt([axis(9), axis(9)], (x) => x, everySecond, 4 * 9 + 4);
  expect(stencil!.nodes).not.toContain(4 * 9 + 4);
  expect(new Set(around.map((q) => [Math.sign(Math.floor(q / 9) - 4), Math.sign((q % 9) - 4)].join()))).toHaveProperty(
    'size',
    8,
  );
});

test('a line is interpolated as a plane is, from fewer nodes', () => {
  const xs = axis(41, 0.1);
  const parabola = (x: number) => 1 - x + 2 * x * x;
  const { value, stencil } = valueAt([xs, [0]], parabola, (_, column) => column % 4 === 0, 22);
  expect(value).toBeCloseTo(parabola(xs[22]), 10);
  expect(stencil!.nodes.toSorted((a, b) => a - b)).toEqual([12, 16, 20, 24, 28, 32]);
});

test('what is known in steps, with holes that come and go, equals what is known at once', () => {
  const width = 21;
  const value = (p: number) => (p % 37 === 5 ? NaN : Math.sin(p));
  /** Sets of measured points that grow, lose points and turn some into holes. */
  const steps = [7, 3, 2, 5].map((every) =>
    Array.from({ length: width * width }, (_, p) =>
      p % every === 0 ? (every === 2 ? Math.sin(p) : value(p)) : undefined,
    ),
  );
  const grid = [axis(width), axis(width)] as const;
  const gradual = interpolator(...grid);
  for (const measured of steps) {
    const [after, fresh] = [gradual(measured), interpolator(...grid)(measured)];
    for (let p = 0; p < measured.length; p++) expect(after.stencil(p)).toEqual(fresh.stencil(p));
  }
});
