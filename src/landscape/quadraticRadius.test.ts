import { describe, expect, it } from 'vitest';
import { gridValues } from './grid';
import { quadraticRadius } from './quadraticRadius';

/** The radius of a loss along a line, by its slope and curvature at 0. */
function radiusOf(
  lossAt: (alpha: number) => number,
  [slope, curvature]: [number, number],
  { resolution = 0, range = { from: -1, to: 1, steps: 51 } } = {},
) {
  const alpha = gridValues(range);
  return quadraticRadius({
    loss: lossAt(0),
    slope,
    curvature,
    resolution,
    line: { alpha, loss: alpha.map(lossAt) },
    lossesAt: (alphas) => Promise.resolve(alphas.map(lossAt)),
  });
}

describe('the radius of the quadratic model', () => {
  it('is infinite for a parabola', async () => {
    expect(await radiusOf((a) => 1 + a + 3 * a * a, [1, 6])).toEqual({ radius: Infinity, error: 0 });
  });

  it('is where a quartic term reaches a tenth of the range', async () => {
    // a⁴ = 0.1·(a² + a⁴) at a = 1/3
    const { radius, error } = await radiusOf((a) => a ** 2 + a ** 4, [0, 2]);
    expect(Math.abs(radius - 1 / 3)).toBeLessThanOrEqual(error);
    expect(error).toBeLessThan(0.02 * radius);
  });

  it('is found below the spacing of the line', async () => {
    const { radius, error } = await radiusOf((a) => a ** 2 + 1e8 * a ** 4, [0, 2]);
    expect(Math.abs(radius - 1e-4 / 3)).toBeLessThanOrEqual(error);
  });

  it('ends on the side where the model fails first', async () => {
    const wall = (a: number) => a ** 2 + (a < -0.4 ? 1 : 0);
    const { radius } = await radiusOf(wall, [0, 2]);
    expect(radius).toBeCloseTo(0.4, 1);
  });

  it('ends where the loss is not finite', async () => {
    const { radius } = await radiusOf((a) => (a > 0.7 ? NaN : a ** 2), [0, 2]);
    expect(radius).toBeCloseTo(0.7, 1);
  });

  it('does not take the rounding of a flat loss for a fault of the model', async () => {
    const rounded = (a: number) => 1 + 1e-7 * Math.sign(Math.sin(1000 * a));
    expect((await radiusOf(rounded, [0, 0], { resolution: 2e-7 })).radius).toBe(Infinity);
  });
});
