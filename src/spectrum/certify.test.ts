import { expect, test } from 'vitest';
import { rotated } from '../../test/unit/symmetricOperators';
import { random } from '../numerics/random';
import { certainSign, certifiedNegative, certifiedPositive } from './certify';
import { extremeEigenpairs } from './extremes';
import { noiseFloor } from './noiseFloor';

test('never certifies more negative eigenvalues than exist, over many spectra and seeds', async () => {
  let certified = 0;
  let present = 0;
  for (let seed = 0; seed < 8; seed++) {
    const source = random(seed, 'spectrum');
    const negative = Math.floor(12 * source.uniform());
    const eigenvalues = Array.from({ length: 600 }, (_, i) => (i < negative ? -1 : 1) * 10 ** (-3 * source.uniform()));
    const op = rotated(eigenvalues, seed);
    const { ritzValues, maxAbs, asymmetry } = await extremeEigenpairs(op, { top: 3, bottom: 6, seed });
    const noise = await noiseFloor(op, { maxAbs, asymmetry, seed });
    const count = certifiedNegative(ritzValues, noise.value);
    expect(count).toBeLessThanOrEqual(negative);
    expect(certifiedPositive(ritzValues, noise.value)).toBeLessThanOrEqual(600 - negative);
    certified += count;
    present += negative;
  }
  expect(present).toBeGreaterThan(20);
  expect(certified / present).toBeGreaterThan(0.6);
});

test('never certifies negative curvature of a positive semidefinite operator, even with rounding', async () => {
  for (let seed = 0; seed < 5; seed++) {
    const op = rotated(
      [...Array.from({ length: 30 }, (_, i) => 100 * 0.7 ** i), ...new Array<number>(500).fill(0)],
      seed,
    );
    const { ritzValues, maxAbs, asymmetry } = await extremeEigenpairs(op, { top: 5, bottom: 5, seed });
    const noise = await noiseFloor(op, { maxAbs, asymmetry, seed });
    expect(certifiedNegative(ritzValues, noise.value)).toBe(0);
    expect(noise.value).toBeLessThan(1e-5 * maxAbs);
  }
});

test.each([
  [-1, 0.5, 0.4, 'negative'],
  [-1, 0.5, 0.5, 'uncertain'],
  [1, 0.9, 0.05, 'positive'],
  [0, 0, 0, 'uncertain'],
  [-1, NaN, 0, 'uncertain'],
] as const)('λ = %d ± %d with noise %d is %s', (value, residual, noise, sign) => {
  expect(certainSign({ value, residual }, noise)).toBe(sign);
});
