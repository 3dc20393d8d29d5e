import { expect, test } from 'vitest';
import { allowedErrors } from './allowedErrors';

/** 1, 2, …, 100 */
const ramp = Array.from({ length: 100 }, (_, i) => i + 1);

test('errors stay below the tolerance on the linear and on the log scale', () => {
  const allowed = allowedErrors(ramp, 0.01);
  ramp.forEach((value, i) => {
    expect(allowed[i]).toBeLessThanOrEqual(0.01 * 99);
    expect(Math.log(1 + allowed[i] / value)).toBeLessThanOrEqual(0.01 * Math.log(100));
  });
});

test('a single huge value does not change the allowed errors elsewhere', () => {
  const [plain, withPeak] = [allowedErrors(ramp, 0.01), allowedErrors([...ramp, 1e9], 0.01)];
  ramp.forEach((_, i) => expect(withPeak[i] / plain[i]).toBeCloseTo(1, 1));
});

test('losses that are not all positive use the linear scale only, and non-finite ones have no error', () => {
  const allowed = allowedErrors([-1, 0, 1, NaN, Infinity], 0.1);
  expect(allowed).toEqual(
    [0.2, 0.2, 0.2, NaN, NaN].map((value) => (Number.isNaN(value) ? NaN : expect.closeTo(value, 9))),
  );
});

test('allowed errors are never finer than float32', () => {
  expect(allowedErrors([2, 2, 2], 0.01)[0]).toBeGreaterThan(2 * 2 ** -23);
});
