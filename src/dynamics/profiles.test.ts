import { describe, expect, it } from 'vitest';
import { depthProfile } from './depthProfile';
import { geometricRate } from './geometricRate';
import { spectralNorm, spectralRadius } from './spectralRadius';
import { timeProfile } from './timeProfile';

describe('a geometric rate', () => {
  it('is exact for a geometric course, with gaps too', () => {
    const rate = geometricRate([0, 1, 3, 6], [8, 4, 1, 0.125])!;
    expect(rate.value).toBeCloseTo(0.5, 12);
    expect(rate.error).toBeLessThan(1e-6);
  });

  it('has the error of a random walk where single steps scatter', () => {
    // Ten steps of ln 4 and ten of ln 1/4 in pairs: the mean step is 0, its standard error ln 4/√19.
    const steps = Array.from({ length: 20 }, (_, i) => (Math.floor(i / 2) % 2 === 0 ? 4 : 1 / 4));
    const sizes = steps.reduce((all, step) => [...all, all[all.length - 1] * step], [1]);
    const rate = geometricRate([...sizes.keys()], sizes)!;
    expect(rate.error / rate.value).toBeCloseTo(Math.log(4) / Math.sqrt(19), 1);
  });

  it('is unknown for two sizes', () => {
    expect(geometricRate([0, 1], [1, 2])).toBeNull();
  });
});

describe('the spectral radius', () => {
  it('is that of a complex pair, of a defective matrix and of zero', () => {
    // 0.5 times a rotation: eigenvalues 0.5·e^(±iφ).
    const [c, s] = [0.5 * Math.cos(1), 0.5 * Math.sin(1)];
    expect(spectralRadius([c, -s, s, c], 2)).toBeCloseTo(0.5, 6);
    expect(spectralRadius([0.5, 100, 0, 0.5], 2)).toBeCloseTo(0.5, 5);
    expect(spectralRadius([0, 1, 0, 0], 2)).toBe(0);
  });

  it('is far below the norm where the matrix is not normal', () => {
    // [[1/2, 100], [0, 1/2]]: σ₁σ₂ = 1/4, σ₁² + σ₂² = 10 000.5.
    expect(spectralNorm([0.5, 100, 0, 0.5], 2)).toBeCloseTo(100.0025, 3);
  });
});

describe('profiles', () => {
  const figures = (depth: number, size: number) => ({
    layer: `h${depth}`,
    depth,
    units: 4,
    meanSquare: 1,
    variance: 1,
    gradientNorm: size,
    relativeGradient: size,
  });

  it('give the gain of each layer towards the input, and leave zeros out of the fit', () => {
    const depths = [figures(1, 0), figures(2, 1), figures(3, 2), figures(4, 4)];
    const { layers, fit, zero } = depthProfile({ depths, trunk: true });
    expect(layers.map(({ gain }) => gain)).toEqual([0, 0.5, 0.5, null]);
    expect(zero).toEqual(['h1']);
    expect(fit).toMatchObject({ layers: 3, factor: 0.25 });
    expect(fit!.gain.value).toBeCloseTo(0.5, 12);
  });

  it('add up what shares a depth in a network without a trunk', () => {
    const depths = [figures(1, 3), figures(1, 4), figures(2, 5), figures(3, 5)];
    const { layers, fit } = depthProfile({ depths, trunk: false });
    expect(fit).toMatchObject({ layers: 3, factor: 1 });
    expect(layers.every(({ gain }) => gain === null)).toBe(true);
  });

  it('of time end where the gradient has died', () => {
    const sequence = { layer: 'rnn', steps: [0, 1, 2, 3], norms: [], matrix: null };
    const profile = timeProfile({ ...sequence, carried: [0, 0.25, 0.5, 1] })!;
    expect(profile).toMatchObject({ steps: 3, factor: 0 });
    expect(profile.rate!.value).toBeCloseTo(0.5, 12);
    expect(timeProfile({ ...sequence, carried: null })).toBeNull();
  });
});
