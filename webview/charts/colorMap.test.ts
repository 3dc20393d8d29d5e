import { describe, expect, it } from 'vitest';
import { colorScale, viridis } from './colorMap';

it('grows lighter throughout, so that the order is visible without colour vision', () => {
  const luminance = (t: number): number => {
    const [red, green, blue] = viridis(t).map((channel) => (channel / 255) ** 2.2);
    return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  };
  for (let t = 0; t < 1; t += 0.02) expect(luminance(t + 0.02)).toBeGreaterThan(luminance(t));
});

describe('colorScale', () => {
  it('spans the finite values and gives the others no position', () => {
    const scale = colorScale([NaN, 1, Infinity, 100], 'log');
    expect([scale.min, scale.max]).toEqual([1, 100]);
    expect(scale.position(10)).toBeCloseTo(0.5);
    expect(scale.position(Infinity)).toBeNaN();
    expect(scale.position(NaN)).toBeNaN();
  });

  it.each(['log', 'linear'] as const)('inverts itself (%s)', (kind) => {
    const scale = colorScale([0.3, 7], kind);
    for (const value of [0.3, 1, 6.9]) expect(scale.value(scale.position(value))).toBeCloseTo(value, 12);
  });

  it('falls back to linear if a logarithm does not exist', () => {
    expect(colorScale([-1, 2], 'log').kind).toBe('linear');
    expect(colorScale([0, 2], 'log').kind).toBe('linear');
  });

  it('gives a constant plane the middle colour', () => {
    expect(colorScale([3, 3, 3], 'linear').position(3)).toBe(0.5);
  });
});
