import { describe, expect, it } from 'vitest';
import { basinSide } from './basinSide';

/** The edge where a loss of 1 at α = 0 doubles, with the number of losses it took. */
async function edgeOf(lossAt: (alpha: number) => number, resolution = 0) {
  let losses = 0;
  const side = await basinSide({
    lossesAt(alphas) {
      losses += alphas.length;
      return Promise.resolve(alphas.map(lossAt));
    },
    loss: lossAt(0),
    limit: 2,
    resolution,
  });
  return { ...side, losses };
}

describe('the edge of a basin', () => {
  it.each([
    ['of a parabola', (a: number) => 1 + 3 * a * a, Math.sqrt(1 / 3)],
    ['far below the scan', (a: number) => 1 + 1e10 * a * a, 1e-5],
    ['at the far end', (a: number) => 1 + (a / 63) ** 8, 63],
    ['of an exponential', (a: number) => Math.exp(a), Math.LN2],
    ['behind a dip', (a: number) => 1 + a * (a - 5), (5 + Math.sqrt(29)) / 2],
    ['at a jump', (a: number) => (a < 0.3 ? 1 : 5), 0.3],
    ['where the loss becomes NaN', (a: number) => (a < 0.7 ? 1 : NaN), 0.7],
    ['where the loss becomes infinite', (a: number) => (a < 7 ? 1 : -Infinity), 7],
  ])('is found %s', async (_, lossAt, truth) => {
    const { edge, error, losses } = await edgeOf(lossAt);
    expect(Math.abs(edge - truth)).toBeLessThanOrEqual(error * (1 + 1e-9));
    expect(error).toBeLessThan(1e-4 * truth);
    expect(losses).toBeLessThan(70);
  });

  it('is infinite where the loss stays below twice its value', async () => {
    expect(await edgeOf((a) => 1 + (a / 65) ** 2)).toMatchObject({ edge: Infinity, error: 0 });
    expect(await edgeOf(() => 1)).toMatchObject({ edge: Infinity });
  });

  it('is the first crossing where the loss falls back before the next doubling of α', async () => {
    const ridge = (a: number) => 1 + 3 * Math.exp(-(((a - 1.4) / 0.2) ** 2)) + (a / 30) ** 2;
    const { edge } = await edgeOf(ridge);
    expect(ridge(edge)).toBeCloseTo(2, 2);
    expect(edge).toBeLessThan(1.4);
  });

  it('is as uncertain as the rounding of the loss makes it', async () => {
    const { error } = await edgeOf((a) => 1 + a, 0.01);
    expect(error).toBeGreaterThan(0.009);
    expect(error).toBeLessThan(0.02);
  });
});
