import { expect, test } from 'vitest';
import type { SpectralDensity } from './report';
import { densityBand, densityFromRitz, massBetween } from './density';

function integral({ lambda, density }: SpectralDensity): number {
  let total = 0;
  for (let i = 1; i < lambda.length; i++) total += ((density[i] + density[i - 1]) / 2) * (lambda[i] - lambda[i - 1]);
  return total;
}

const twoProbes = [
  { nodes: [-1, 0, 4], weights: [0.25, 0.5, 0.25] },
  { nodes: [-0.5, 1, 3], weights: [0.2, 0.7, 0.1] },
];

test.each([undefined, 1, 0.1, 1e-3, 1e-6])('the density integrates to 1 with σ = %s', (sigma) => {
  expect(Math.abs(integral(densityFromRitz(twoProbes, { sigma })) - 1)).toBeLessThan(1e-3);
  expect(Math.abs(integral(densityFromRitz(twoProbes, { sigma, points: 97 })) - 1)).toBeLessThan(1e-3);
});

test('the density is the mean of normal kernels over the probes', () => {
  const sigma = 0.3;
  const { lambda, density } = densityFromRitz(twoProbes, { sigma });
  const kernel = (x: number) => Math.exp((-x * x) / 2 / sigma ** 2) / (sigma * Math.sqrt(2 * Math.PI));
  lambda.forEach((x, i) => {
    const each = twoProbes.map(({ nodes, weights }) =>
      nodes.reduce((p, node, k) => p + weights[k] * kernel(x - node), 0),
    );
    expect(density[i]).toBeCloseTo((each[0] + each[1]) / 2, 6);
  });
});

test('the default width is one node spacing, and the grid extends five widths beyond both ends', () => {
  const { lambda, sigma } = densityFromRitz(twoProbes);
  expect(sigma).toBeCloseTo(5 / 3, 12);
  expect(lambda[0]).toBeCloseTo(-1 - 5 * sigma, 10);
  expect(lambda.at(-1)).toBeCloseTo(4 + 5 * sigma, 10);
});

test.each([0, 7, -1e-8])('a spectrum that is the single point %s still has a density', (node) => {
  const density = densityFromRitz([{ nodes: [node], weights: [1] }]);
  expect(density.sigma).toBeGreaterThan(0);
  expect(integral(density)).toBeCloseTo(1, 3);
});

test('the band is the spread between probes: none for equal probes, unknown for one', () => {
  const same = densityBand([twoProbes[0], twoProbes[0]]);
  expect(Math.max(...same.standardError)).toBe(0);
  expect(densityBand([twoProbes[0]]).standardError.every(Number.isNaN)).toBe(true);
  const apart = densityBand(twoProbes);
  const middle = apart.lambda.findIndex((x) => x > 1);
  const [a, b] = twoProbes.map((probe) => densityBand([probe, probe], { sigma: apart.sigma }));
  expect(apart.standardError[middle]).toBeGreaterThan(0);
  expect(a!.sigma).toBe(b!.sigma);
});

test('the mass between bounds is the mean of the weights there', () => {
  expect(massBetween(twoProbes, -0.1, 0.1)).toEqual({ value: 0.25, standardError: 0.25 });
  expect(massBetween(twoProbes, -Infinity, Infinity).value).toBeCloseTo(1, 15);
});
