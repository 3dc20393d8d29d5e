import { expect, test } from 'vitest';
import { growthFigure } from '../bench/growth/figure';
import { fitPowerLaw } from '../bench/growth/fit';

test('the fit recovers a power law', () => {
  const { exponent, factor } = fitPowerLaw([1, 2, 4, 8].map((x) => [x, 3 * x ** 1.5]));
  expect(exponent).toBeCloseTo(1.5, 12);
  expect(factor).toBeCloseTo(3, 12);
});

test('the fit ignores points that a logarithmic axis cannot show', () => {
  expect(fitPowerLaw([[1, 2], [2, 0], [4, 8]]).exponent).toBeCloseTo(1, 12); // prettier-ignore
});

test('the figure has a panel, a line and a mark per point for every family', () => {
  const points = [1, 10, 100].map((amount) => ({ amount, seconds: amount / 100, bytes: 1000 }));
  const svg = growthFigure([
    { title: 'a', unit: 'samples', points },
    { title: 'b < c', unit: 'steps', points },
  ]);
  expect(svg.match(/<circle/g)).toHaveLength(6);
  expect(svg.match(/<polyline/g)).toHaveLength(2);
  expect(svg).toContain('b &lt; c');
});
