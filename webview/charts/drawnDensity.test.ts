import { expect, it } from 'vitest';
import { canSmooth, drawnDensity, ritzRange } from './drawnDensity';
import type { DrawnDensity } from './drawnDensity';

const source = {
  ritz: [
    { nodes: [-2, 0, 10], weights: [0.2, 0.7, 0.1] },
    { nodes: [-2, 0.1, 10], weights: [0.25, 0.7, 0.05] },
  ],
};

function mass({ lambda, density }: DrawnDensity): number {
  let sum = 0;
  for (let i = 1; i < lambda.length; i += 1) sum += ((density[i] + density[i - 1]) / 2) * (lambda[i] - lambda[i - 1]);
  return sum;
}

it.each([0.012, 0.12, 1.2, null])('integrates to 1 at any kernel width (%s)', (sigma) => {
  expect(mass(drawnDensity(source, sigma, 1000)!)).toBeCloseTo(1, 3);
});

it('draws from the eigenvalues themselves when all are known', () => {
  expect(mass(drawnDensity({ all: [-2, 0, 0, 10] }, 0.12, 4)!)).toBeCloseTo(1, 3);
});

it('shows a recorded density unchanged if nothing finer was saved', () => {
  const recorded = { density: { lambda: [0, 1], density: [1, 1], sigma: 0.1 } };
  expect(canSmooth(recorded)).toBe(false);
  expect(drawnDensity(recorded, 0.05, 10)).toMatchObject({ lambda: [0, 1], density: [1, 1], sigma: 0.1 });
});

it('lets a single eigenvalue stand above the floor', () => {
  const drawn = drawnDensity(source, 0.12, 1_000_000)!;
  expect(1 / (1_000_000 * drawn.sigma * Math.sqrt(2 * Math.PI))).toBeGreaterThan(drawn.floor);
});

it('is absent if neither quadratures nor a density were measured', () => {
  expect(drawnDensity({}, null, 10)).toBeNull();
  expect(drawnDensity({ ritz: [] }, null, 10)).toBeNull();
});

it('gives the range of the slider', () => {
  expect(ritzRange(source)).toBe(12);
  expect(canSmooth(source)).toBe(true);
});
