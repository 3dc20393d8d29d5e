import { describe, expect, it } from 'vitest';
import { wallOf } from './wall';

const ALPHA = [-1, -0.75, -0.5, -0.375, -0.25, -0.125, -1 / 32, 0, 1 / 32, 0.125, 0.25, 0.375, 0.5, 0.75, 1];

function wall(loss: (alpha: number) => number, scale: number, alpha = ALPHA) {
  const found = wallOf({ alpha, loss: alpha.map(loss) }, scale, 0.5);
  if (!found) throw new Error('No wall was found.');
  return found;
}

describe('wallOf', () => {
  it.each([1, 0.3, 0, -0.2])('finds no abrupt growth in a bowl whose bottom is at α = %d', (bottom) => {
    expect(wall((x) => 1e6 * (x - bottom) ** 2, 1e-9).growth).toBeLessThan(4);
  });

  it.each([0.5, 0.2, 0, -0.1])('finds none in a steep quartic whose bottom is at α = %d', (bottom) => {
    // Chebyshev: 99 for the cubic slope of any quartic.
    expect(wall((x) => 1e9 * (x - bottom) ** 4, 1e-9).growth).toBeLessThan(99);
  });

  it('finds the wall of a product of sixteen weights', () => {
    // (1 + α)¹⁶ for the target ½: the slope is 285 times as steep at α = ½ as at ¼ (1.2³¹).
    const product = wall((x) => ((1 + x) ** 16 - 0.5) ** 2, 0.25);
    expect(product.growth).toBeGreaterThan(200);
    expect(product.growth).toBeLessThan(400);
    expect(product).toMatchObject({ sign: 1, steepest: { from: 0.375, to: 0.5 } });
  });

  it('does not take ordinary slopes for a wall because the slope here is zero', () => {
    // All units dead up to |α| = ¼, ordinary slopes beyond.
    expect(wall((x) => 1 + Math.max(0, Math.abs(x) - 0.25), 1).growth).toBeLessThan(2);
  });

  it('sees a narrow wall that θ itself stands on', () => {
    const step = wall((x) => 1 / (1 + Math.exp(-4000 * x)), 1e-3, [-1, -0.5, -1 / 512, 0, 1 / 512, 0.5, 1]);
    expect(step.narrowness).toBeGreaterThan(100);
    expect(step.rise).toBeGreaterThan(0.4);
  });

  it('tells how little a steep step changes', () => {
    const fine = [0, 0.125, 0.25, 0.25 + 1e-6, 0.375, 0.5, 1];
    const stairs = wall((x) => (x > 0.25 ? 1.01 : 1), 1, fine);
    expect(stairs.growth).toBeGreaterThan(1000);
    expect(stairs.rise).toBeCloseTo(0.01, 9);
  });

  it('leaves out losses that are not finite', () => {
    expect(wall((x) => (x > 0.3 ? NaN : x), 1).growth).toBeCloseTo(1, 9);
    expect(wallOf({ alpha: [0, 0.1], loss: [1, Infinity] }, 1, 0.5)).toBeNull();
  });
});
