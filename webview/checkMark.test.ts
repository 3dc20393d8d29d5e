import { expect, it } from 'vitest';
import { checkMark } from './checkMark';

it('stands left of the limit exactly when the value is below it', () => {
  for (const limit of [1e-9, 0.02, 300]) {
    const good = checkMark(limit / 10, limit)!;
    const bad = checkMark(limit * 10, limit)!;
    expect(good.value).toBeLessThan(good.limit);
    expect(bad.value).toBeGreaterThan(bad.limit);
    expect(bad.limit).toBe(good.limit);
  }
});

it('stays on its scale for zero, infinity and everything in between', () => {
  for (const value of [0, 1e-300, 1e300, Infinity]) {
    const mark = checkMark(value, 1)!;
    expect(mark.value).toBeGreaterThanOrEqual(0);
    expect(mark.value).toBeLessThanOrEqual(1);
  }
});

it('draws nothing if nothing can be compared', () => {
  expect(checkMark(NaN, 1)).toBeNull();
  expect(checkMark(1, 0)).toBeNull();
  expect(checkMark(1, Infinity)).toBeNull();
});
