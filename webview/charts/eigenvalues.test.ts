import { expect, it } from 'vitest';
import type { GgnSpectrum, HessianSpectrum } from '../../src/report/report';
import { eigenvalueChart, eigenvaluePoints, eigenvalueSummary, rankLabel } from './eigenvalues';
import { testTheme } from './testTheme';

const hessian: HessianSpectrum = {
  top: [
    { value: 9, residual: 0.01, converged: true, dataError: 0.5 },
    { value: 4, residual: 0.2, converged: false },
  ],
  bottom: [{ value: -0.1, residual: 0.02, converged: true }],
  products: 20,
  noiseFloor: 0.05,
};
const ggn: GgnSpectrum = { top: [{ value: 8.8, residual: 0, converged: true }], products: 10, noiseFloor: 0.3 };

it('keeps the three errors of an eigenvalue apart', () => {
  const [first, second] = eigenvaluePoints(hessian.top, hessian.noiseFloor);
  expect(first).toMatchObject({ x: 9, y: 1, residual: 0.01, noise: 0.05, data: 0.5 });
  expect(second).toMatchObject({ x: 4, y: 2, residual: 0.2, noise: 0.05, data: undefined, converged: false });
});

it('shows Hessian and Gauss-Newton side by side in one row', () => {
  const [h, g] = eigenvalueChart('largest', hessian, ggn, testTheme).data.datasets;
  expect(h!.data[0].rank).toBe(g!.data[0].rank);
  expect(h!.data[0].y).toBeLessThan(g!.data[0].y);
});

it.each(['largest', 'smallest'] as const)('keeps zero and every error bar visible (%s)', (end) => {
  const chart = eigenvalueChart(end, hessian, ggn, testTheme);
  const { min, max } = chart.options?.scales?.['x'] as { min: number; max: number };
  for (const { x, residual, noise, data = 0 } of chart.data.datasets.flatMap((dataset) => dataset.data)) {
    expect(min).toBeLessThan(x - Math.max(residual + noise, data));
    expect(max).toBeGreaterThan(x + Math.max(residual + noise, data));
  }
  expect(min).toBeLessThan(0);
  expect(max).toBeGreaterThan(0);
});

it('claims a sign only beyond the error bound', () => {
  expect(eigenvalueSummary('largest', hessian)).toBe(
    'λ_max = 9.000 ± 0.060, certainly positive on these samples; over other samples ± 0.5.',
  );
  expect(eigenvalueSummary('smallest', hessian)).toContain('certainly negative');
  expect(eigenvalueSummary('smallest', { ...hessian, noiseFloor: 0.09 })).toContain('not told from zero');
});

it('counts from either end', () => {
  expect([
    rankLabel('largest', 1),
    rankLabel('largest', 10),
    rankLabel('smallest', 1),
    rankLabel('smallest', 3),
  ]).toEqual(['λ₁', 'λ₁₀', 'λₙ', 'λₙ₋₂']);
});
