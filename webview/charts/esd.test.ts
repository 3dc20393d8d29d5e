import { expect, it } from 'vitest';
import type { GgnSpectrum, HessianSpectrum } from '../../src/report/report';
import { drawnDensity } from './drawnDensity';
import { esdChart, markedEigenvalues } from './esd';
import type { DensityScale, EsdSubject, SpectrumOfMatrix } from './esd';
import { testTheme } from './testTheme';

const hessian: HessianSpectrum = {
  top: [
    { value: 10, residual: 0, converged: true },
    { value: 1, residual: 0, converged: true },
  ],
  bottom: [{ value: -2, residual: 0, converged: true }],
  ritz: [
    { nodes: [-2, 0, 10], weights: [0.2, 0.7, 0.1] },
    { nodes: [-2, 0.1, 10], weights: [0.25, 0.7, 0.05] },
  ],
  products: 6,
  noiseFloor: 0.01,
};
const ggn: GgnSpectrum = {
  top: [{ value: 9.8, residual: 0, converged: true }],
  ritz: [{ nodes: [0, 9.8], weights: [0.9, 0.1] }],
  products: 4,
  noiseFloor: 0.01,
};
const summary: HessianSpectrum['summary'] = {
  frobenius: { value: 90, standardError: 2 },
  effectiveRank: { value: 5, standardError: 1, c: 1 },
  nearZero: { value: 0.7, standardError: 0.01, bound: 0.05 },
  negative: { value: 220, standardError: 25 },
  outliers: { values: [10, -7], bound: 3, complete: true },
};

function subject(matrix: 'H' | 'G', spectrum: SpectrumOfMatrix): EsdSubject {
  return { matrix, spectrum, drawn: drawnDensity(spectrum, 0.06, 1000)! };
}

function chartOf(subjects: EsdSubject[], scale: DensityScale = 'log') {
  const chart = esdChart(subjects, scale, testTheme);
  const labels = chart.data.datasets.map(({ label }) => label);
  const series = (label: string) => chart.data.datasets.find((dataset) => dataset.label === label);
  return { chart, labels, series };
}

it('uses a log density unless asked otherwise, and a linear one from zero', () => {
  expect(chartOf([subject('H', hessian)]).chart.options?.scales?.['y']).toMatchObject({ type: 'logarithmic' });
  expect(chartOf([subject('H', hessian)], 'linear').chart.options?.scales?.['y']).toMatchObject({
    type: 'linear',
    min: 0,
  });
});

it('has gaps where the density is below the floor', () => {
  const ys = chartOf([subject('H', hessian)])
    .series('density')!
    .data.map(({ y }) => y);
  expect(ys.some((y) => Number.isNaN(y))).toBe(true);
  expect(ys.filter((y) => !Number.isNaN(y)).length).toBeGreaterThan(50);
});

it('marks individually found eigenvalues, and outliers separately once they are known', () => {
  expect(markedEigenvalues(hessian)).toEqual({ outliers: [], others: [10, 1, -2] });
  expect(markedEigenvalues({ ...hessian, summary })).toEqual({ outliers: [10, -7], others: [1, -2] });
  const { series } = chartOf([subject('H', { ...hessian, summary })]);
  expect(series('outliers')!.data.map(({ x }) => x)).toEqual([10, -7]);
  expect(series('eigenvalues found')!.data.map(({ x }) => x)).toEqual([1, -2]);
});

it('overlays H and G on common axes', () => {
  const { chart, labels } = chartOf([subject('H', hessian), subject('G', ggn)]);
  expect(labels).toEqual(expect.arrayContaining(['density of H', 'density of G']));
  const { min, max } = chart.options?.scales?.['x'] as { min: number; max: number };
  for (const { x } of chart.data.datasets.flatMap(({ data }) => data)) {
    expect(x).toBeGreaterThanOrEqual(min);
    expect(x).toBeLessThanOrEqual(max);
  }
});

it('shades the spread over probes, and shades nothing for a single probe', () => {
  expect(chartOf([subject('H', hessian)]).labels).toContain('standard error over probes');
  const one = { ...hessian, ritz: hessian.ritz!.slice(0, 1) };
  expect(chartOf([subject('H', one)]).labels).not.toContain('standard error over probes');
});
