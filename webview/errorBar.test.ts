import { expect, it } from 'vitest';
import { errorBarGeometry } from './errorBar';

it('keeps zero outside the bar exactly when the sign is certain', () => {
  const certain = errorBarGeometry(-1.3, 0.2)!;
  expect(certain.to).toBeLessThan(certain.zero);
  const open = errorBarGeometry(-0.1, 0.2)!;
  expect(open.from).toBeLessThan(open.zero);
  expect(open.to).toBeGreaterThan(open.zero);
});

it('stays within its box', () => {
  for (const [value, error] of [
    [5, 1],
    [-5, 1e9],
    [1e-12, 1e-13],
    [0, 1],
  ] as const) {
    const bar = errorBarGeometry(value, error)!;
    for (const at of Object.values(bar)) {
      expect(at).toBeGreaterThanOrEqual(0);
      expect(at).toBeLessThanOrEqual(1);
    }
  }
});

it('draws nothing if nothing is known', () => {
  expect(errorBarGeometry(NaN, 1)).toBeNull();
  expect(errorBarGeometry(1, NaN)).toBeNull();
  expect(errorBarGeometry(1, Infinity)).toBeNull();
  expect(errorBarGeometry(0, 0)).toBeNull();
  expect(errorBarGeometry(5, 1e-3)).toBeNull();
});
