import { describe, expect, it } from 'vitest';
import { evidenceScale } from './evidenceScale';

describe('the scale of a figure and its threshold', () => {
  it('shows on which side of the threshold a figure lies, and whether its error reaches it', () => {
    const clear = evidenceScale(0.8, 0.05, 0.5)!;
    expect(clear.value).toBeGreaterThan(clear.threshold);
    expect(clear.error!.from).toBeGreaterThan(clear.threshold);
    const open = evidenceScale(0.52, 0.05, 0.5)!;
    expect(open.error!.from).toBeLessThan(open.threshold);
    expect(open.error!.to).toBeGreaterThan(open.threshold);
  });

  it('holds zero on a linear scale, and marks it unless it is the threshold', () => {
    const { zero, value, threshold } = evidenceScale(0.4, 0, 0.9)!;
    expect(zero!).toBeLessThan(value);
    expect(value).toBeLessThan(threshold);
    expect(evidenceScale(-2, 0.5, 0)!.zero).toBeNull();
  });

  it('is logarithmic where figure and threshold are decades apart', () => {
    expect(evidenceScale(1e6, 0, 1e3)!.logarithmic).toBe(true);
    expect(evidenceScale(1e-6, 1e-7, 1e-3)!.value).toBeLessThan(evidenceScale(1e-6, 1e-7, 1e-3)!.threshold);
    expect(evidenceScale(2, 0, 1)!.logarithmic).toBe(false);
    expect(evidenceScale(61, 1e-4, 0)!.logarithmic).toBe(false);
    // A logarithm tells nothing of a figure that may be zero.
    expect(evidenceScale(1e-6, 2e-6, 1e-3)!.logarithmic).toBe(false);
  });

  it('draws no error that the dot hides, and nothing that is not finite', () => {
    expect(evidenceScale(1, 1e-6, 0.5)!.error).toBeNull();
    expect(evidenceScale(NaN, 1, 0)).toBeNull();
    expect(evidenceScale(0, 0, 0)).toBeNull();
  });

  it('keeps every mark inside', () => {
    for (const [value, error, threshold] of [
      [1, 2, 0],
      [-3, 0.1, 5],
      [1e-9, 1e-10, 1],
      [7, Infinity, 2],
    ]) {
      const scale = evidenceScale(value, error, threshold)!;
      for (const place of [scale.value, scale.threshold, scale.error?.from ?? 0.5, scale.error?.to ?? 0.5]) {
        expect(place).toBeGreaterThanOrEqual(0);
        expect(place).toBeLessThanOrEqual(1);
      }
    }
  });
});
