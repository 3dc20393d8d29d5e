import { expect, it } from 'vitest';
import type { Displacement, LossValue } from '../objective/objective';
import { findCliff } from './cliff';
import { bothSides, extendScan } from './wideScan';

const FACTORS = 16;
const ONES = new Float32Array(FACTORS).fill(1);
const DISTANCES = [1 / 16, 1 / 8, 1 / 4, 3 / 8, 1 / 2, 3 / 4, 1];

/** (∏ wᵢ − ½)² at wᵢ = 1, and its gradient by each wᵢ. */
function productOfWeights() {
  const asked = { losses: 0, gradients: 0 };
  const weights = ({ d1, alpha }: Pick<Displacement, 'd1' | 'alpha'>) => Array.from(d1, (d) => 1 + alpha * d);
  const product = (w: readonly number[]) => w.reduce((a, b) => a * b, 1);
  return {
    asked,
    plane: (d1: Float32Array, _: Float32Array | null, points: readonly { alpha: number }[]): Promise<LossValue[]> => {
      asked.losses += points.length;
      const lossOf = (alpha: number) => (product(weights({ d1, alpha })) - 0.5) ** 2;
      return Promise.resolve(points.map(({ alpha }) => ({ loss: lossOf(alpha), accuracy: NaN })));
    },
    gradient: ({ at }: { at?: Displacement } = {}) => {
      asked.gradients++;
      const w = weights(at ?? { d1: ONES, alpha: 0 });
      return Promise.resolve(Float32Array.from(w, (each) => (2 * (product(w) - 0.5) * product(w)) / each));
    },
  };
}

async function look(vector: Float32Array, refinements = 6) {
  const objective = productOfWeights();
  const direction = { name: 'gradient', vector, length: Math.hypot(...vector) };
  const scan = await extendScan(objective, direction, { alpha: [0], loss: [0.25] }, bothSides(DISTANCES));
  objective.asked.losses = 0;
  const request = { lossScale: 0.25, refinements, gradient: new Float32Array(FACTORS).fill(1) };
  return { found: await findCliff(objective, [{ direction, scan }], request), asked: objective.asked };
}

it('finds where the wall of a product of weights begins', async () => {
  const { found, asked } = await look(ONES);
  // The slope along all weights, 32·(w³¹ − w¹⁵/2), is 16 at w = 1 and a hundred times that at w = 1.137.
  const { value = NaN, standardError = NaN } = found.wall?.foot ?? {};
  expect(Math.abs(value / 4 - 0.137)).toBeLessThan(standardError / 4);
  expect(standardError).toBeLessThan(0.02);
  expect(found.gradientNorms?.face).toBeGreaterThan(1e6);
  expect(found.clipping).toMatchObject({ norm: 4 });
  expect(found.clipping?.rate).toBeCloseTo(value / 4, 2);
  expect(asked.losses).toBeLessThanOrEqual(2 * 6 + 10);
  expect(asked.gradients).toBe(2);
});

it('spends nothing where no slope grows', async () => {
  // Along a direction in which the weights change against each other, the product hardly changes.
  const { found, asked } = await look(ONES.map((_, i) => (i % 2 ? 0.2 : -0.2)));
  expect(found.wall?.growth).toBeLessThan(5);
  expect(asked).toEqual({ losses: 0, gradients: 0 });
});
