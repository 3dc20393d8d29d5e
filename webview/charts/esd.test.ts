import { describe, expect, it } from 'vitest';
import type { HessianSpectrum } from '../../src/report/report';
import { canSmooth, drawnDensity, esdChart } from './esd';
import type { DrawnDensity } from './esd';
import { testTheme } from './testTheme';

const spectrum: HessianSpectrum = {
  top: [{ value: 10, residual: 0, converged: true }],
  bottom: [{ value: -2, residual: 0, converged: true }],
  ritz: [
    { nodes: [-2, 0, 10], weights: [0.2, 0.7, 0.1] },
    { nodes: [-2, 0.1, 10], weights: [0.25, 0.7, 0.05] },
  ],
  products: 6,
  noiseFloor: 0.01,
};

function mass({ lambda, density }: DrawnDensity): number {
  let sum = 0;
  for (let i = 1; i < lambda.length; i += 1)
    sum += ((density[i]! + density[i - 1]!) / 2) * (lambda[i]! - lambda[i - 1]!);
  return sum;
}

describe('drawnDensity', () => {
  it.each([1e-3, 1e-2, 0.1, null])('integrates to 1 at any kernel width (%s of the range)', (sigma) => {
    expect(mass(drawnDensity(spectrum, sigma, 1000)!)).toBeCloseTo(1, 3);
  });

  it('takes the kernel width as a fraction of the range', () => {
    expect(drawnDensity(spectrum, 0.01, 1000)!.sigma).toBeCloseTo(0.12, 12);
  });

  it('draws from the eigenvalues themselves when all are known', () => {
    const exact = { ...spectrum, ritz: undefined, all: [-2, 0, 0, 10] };
    expect(mass(drawnDensity(exact, 0.01, 4)!)).toBeCloseTo(1, 3);
  });

  it('shows a recorded density as it is when nothing finer was saved', () => {
    const recorded = { ...spectrum, ritz: undefined, density: { lambda: [0, 1], density: [1, 1], sigma: 0.1 } };
    expect(canSmooth(recorded)).toBe(false);
    expect(drawnDensity(recorded, 0.05, 10)).toMatchObject({ lambda: [0, 1], density: [1, 1], sigma: 0.1 });
  });

  it('lets a single eigenvalue stand above the floor', () => {
    const drawn = drawnDensity(spectrum, 0.01, 1_000_000)!;
    expect(1 / (1_000_000 * drawn.sigma * Math.sqrt(2 * Math.PI))).toBeGreaterThan(drawn.floor);
  });

  it('is absent where neither quadratures nor a density were measured', () => {
    expect(drawnDensity({ ...spectrum, ritz: undefined }, null, 10)).toBeNull();
  });
});

describe('esdChart', () => {
  const chart = esdChart(drawnDensity(spectrum, 0.005, 1000)!, spectrum, testTheme);

  it('uses a log density, since the bulk hides the outliers', () => {
    expect(chart.options?.scales?.['y']).toMatchObject({ type: 'logarithmic' });
  });

  it('has gaps where the density is below the floor', () => {
    const ys = chart.data.datasets[0]!.data.map(({ y }) => y);
    expect(ys.some((y) => Number.isNaN(y))).toBe(true);
    expect(ys.filter((y) => !Number.isNaN(y)).length).toBeGreaterThan(50);
  });

  it('marks the eigenvalues found one by one', () => {
    expect(chart.data.datasets[1]!.data.map(({ x }) => x)).toEqual([10, -2]);
  });

  it('shades the spread over probes, and nothing when there is one probe', () => {
    const labels = (each: HessianSpectrum) =>
      esdChart(drawnDensity(each, 0.01, 1000)!, each, testTheme).data.datasets.map(({ label }) => label);
    expect(labels(spectrum)).toContain('spread over probes');
    expect(labels({ ...spectrum, ritz: spectrum.ritz!.slice(0, 1) })).not.toContain('spread over probes');
  });
});
