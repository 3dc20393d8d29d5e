import { describe, expect, it } from 'vitest';
import { gridValues } from './grid';
import { meanRoughness, roughnessOf } from './roughness';

const alpha = gridValues({ from: -1, to: 1, steps: 201 });
const lineOf = (of: (a: number) => number, at = alpha) => ({ alpha: at, loss: at.map(of) });

describe('the roughness of a line', () => {
  it('is 1 for a slope, 2 for a valley and 2 more for each further hill', () => {
    const variation = (of: (a: number) => number) => roughnessOf(lineOf(of))!.totalVariation.value;
    expect(variation((a) => Math.exp(a))).toBeCloseTo(1, 10);
    expect(variation((a) => a * a)).toBeCloseTo(2, 10);
    expect(variation((a) => Math.cos(4 * Math.PI * a))).toBeCloseTo(8, 3);
  });

  it('does not depend on the scale and the height of the loss', () => {
    const [a, b] = [lineOf((x) => Math.sin(9 * x)), lineOf((x) => 5 + 40 * Math.sin(9 * x))].map((line) =>
      roughnessOf(line)!,
    );
    expect(b.totalVariation.value).toBeCloseTo(a.totalVariation.value, 10);
    expect(b.secondDifference.value).toBeCloseTo(a.secondDifference.value, 10);
  });

  it('bends by the curvature of a parabola', () => {
    const { secondDifference, spacing } = roughnessOf(lineOf((a) => 3 * a * a))!;
    expect(spacing).toBeCloseTo(0.01, 12);
    // L″ = 6 and a range of 3
    expect(secondDifference.value).toBeCloseTo((6 * 0.01 ** 2) / 3, 10);
  });

  it('bends the same where the spacing is uneven', () => {
    const uneven = [-1, -0.9, -0.5, -0.2, 0, 0.3, 0.4, 1];
    const { secondDifference, spacing } = roughnessOf(lineOf((a) => a * a, uneven))!;
    expect(secondDifference.value).toBeCloseTo(2 * spacing ** 2, 10);
  });

  it('lies within its error where points are interpolated', () => {
    const rough = lineOf((a) => a * a + 0.01 * Math.sin(60 * a));
    const smooth = lineOf((a) => a * a);
    const [truth, seen] = [roughnessOf(rough)!, roughnessOf({ ...smooth, error: alpha.map(() => 0.01) })!];
    expect(Math.abs(truth.totalVariation.value - seen.totalVariation.value)).toBeLessThan(seen.totalVariation.error);
    expect(Math.abs(truth.secondDifference.value - seen.secondDifference.value)).toBeLessThan(
      seen.secondDifference.error,
    );
  });

  it('leaves out what is not finite, and says nothing about flat lines', () => {
    const broken = lineOf((a) => (Math.abs(a) < 0.1 ? NaN : a));
    expect(roughnessOf(broken)!.totalVariation.value).toBeCloseTo((2 - 0.2) / 2, 1);
    expect(roughnessOf(lineOf(() => 1))).toBeNull();
    expect(roughnessOf(lineOf((a) => 1 + 1e-8 * a))).toBeNull();
    expect(roughnessOf(lineOf(() => NaN))).toBeNull();
  });
});

it('random directions are averaged with a standard error', () => {
  const lines = [(a: number) => a * a, (a: number) => a].map((of) => roughnessOf(lineOf(of))!);
  const { totalVariation, directions, range } = meanRoughness(lines, [-1, 1]);
  expect(totalVariation.value).toBeCloseTo(1.5, 10);
  expect(totalVariation.standardError).toBeCloseTo(0.5, 10);
  expect([directions, range]).toEqual([2, [-1, 1]]);
});
