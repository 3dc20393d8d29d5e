import { expect, it } from 'vitest';
import { rademacherVector, random } from '../../numerics/random';
import { estimateTrace } from '../../spectrum/hutchinson';
import { meansCheck } from './checks';

/**
 * Draws zᵀHz for random signs z and H = xxᵀ with ‖x‖ = 1. The trace, λ_max and ‖H‖_F of this H are 1. The tails of zᵀHz
 * are as heavy as those of a quadratic form can be.
 */
const probes = (seed: number, count: number, trace: number) => {
  const source = random(seed, 'probes', count);
  return estimateTrace(
    Array.from({ length: count }, () => {
      const z = rademacherVector(64, source);
      return trace * (z.reduce((sum, sign) => sum + sign, 0) / 8) ** 2;
    }),
  );
};

it('does not fail when means differ by chance, and fails when they are far apart', () => {
  const seeds = Array.from({ length: 4000 }, (_, seed) => seed);
  const scale = { frobenius: 1, largest: 1, rounding: 0 };
  const failing = (given: number, trace: number) =>
    seeds.filter((seed) => !meansCheck('', probes(seed, given, trace), probes(seed, 10, 1), scale).passed).length;
  // At most one failure in 100,000 is expected.
  expect(failing(2, 1)).toBe(0);
  expect(failing(10, 1)).toBe(0);
  expect(failing(10, 50)).toBeGreaterThan(3950);
});

it('bounds the difference even from a single probe', () => {
  const one = { value: 1, standardError: NaN, probes: 1 };
  const scale = { frobenius: 1, largest: 1, rounding: 1e-6 };
  expect(meansCheck('', one, { ...one, value: 2 }, scale)).toMatchObject({ passed: true });
  expect(meansCheck('', one, one, scale).detail).toBe('1 from one probe against 1 from one probe');
});
