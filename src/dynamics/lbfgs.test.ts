import { expect, it } from 'vitest';
import { functionOf, quadratic } from '../../test/unit/closedFormObjective';
import { lbfgs } from './lbfgs';

const from = (...start: number[]) => ({ start: Float32Array.from(start), budget: 80, resolution: 0 });

it('solves an ill-conditioned quadratic', async () => {
  const objective = quadratic(
    [
      [1000, 0],
      [0, 1],
    ],
    [0, 0],
    { b: [-1000, -2], c: 502 },
  );
  const { displacement, loss } = await lbfgs(objective, from(5, -3));
  expect(loss).toBeLessThan(1e-6);
  expect(displacement[0]).toBeCloseTo(1, 3);
  expect(displacement[1]).toBeCloseTo(2, 3);
});

// Nocedal & Wright 2006, exercise 2.1: the minimum is (1, 1).
it('follows the valley of Rosenbrock’s function', async () => {
  const objective = functionOf(
    [0, 0],
    ([x, y]) => 100 * (y - x * x) ** 2 + (1 - x) ** 2,
    ([x, y]) => [-400 * x * (y - x * x) - 2 * (1 - x), 200 * (y - x * x)],
  );
  const { displacement } = await lbfgs(objective, from(-1.2, 1));
  expect(displacement[0]).toBeCloseTo(1, 2);
  expect(displacement[1]).toBeCloseTo(1, 2);
});

it('stops at its budget, and where no step descends', async () => {
  const slope = functionOf(
    [0],
    ([x]) => -x,
    () => [-1],
  );
  expect((await lbfgs(slope, { ...from(1), budget: 5 })).gradients).toBe(5);
  const flat = functionOf(
    [0],
    () => 1,
    () => [0],
  );
  expect(await lbfgs(flat, from(1))).toMatchObject({ displacement: Float32Array.of(1), loss: 1, gradients: 1 });
});
