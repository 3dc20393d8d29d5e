import { expect, it } from 'vitest';
import { differenceCheck, unjudged } from './checks';
import type { Difference } from './finiteDifferences';

const expected = { symbol: 'gᵀd', value: -3.1e-4, rounding: 0, size: 3e-4 };
const difference = (value: number, error: number): Difference => ({
  value,
  error,
  last: { value, rounding: error },
  secant: 0,
  roundingWithin: () => error,
  flat: false,
});

it('writes a difference with its error', () => {
  expect(differenceCheck('slope', difference(-3.2e-4, 1e-5), expected).detail).toBe(
    'gᵀd −3.1 × 10⁻⁴, finite differences −3.2 × 10⁻⁴ ± 1 × 10⁻⁵',
  );
});

it('says where a difference is not resolved, and how far it could be off', () => {
  expect(differenceCheck('slope', difference(0.01, 0.5), expected).detail).toBe(
    'rounding leaves differences of this loss good to 2.5 only; gᵀd −3.1 × 10⁻⁴, finite differences 0.01 ± 0.50 (not resolved)',
  );
});

it('gives the reason alone where it could not judge, since every reader says that it could not', () => {
  expect(unjudged('slope', NaN, 1, 'gᵀd 1', 'forward mode gives no number').detail).toBe(
    'forward mode gives no number; gᵀd 1',
  );
});
