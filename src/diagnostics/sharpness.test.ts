import { expect, it } from 'vitest';
import { LIMITS } from './limits';
import { sharpness } from './sharpness';
import { extremes } from './testMeasurements';

const judge = (max: number, error = 0) => sharpness.judge({ extremes: extremes({ max, min: -5, error }) }, LIMITS)!;

it('bounds the learning rate by 2/λ_max, and by 3.8/λ_max with momentum', () => {
  const finding = judge(40, 2);
  expect(finding).toMatchObject({ verdict: 'present', severity: 'info' });
  expect(finding.evidence).toContainEqual({
    name: 'largest stable step 2/λ_max',
    value: 0.05,
    error: expect.closeTo(2 / 38 - 0.05, 12) as number,
  });
  expect(finding.advice[0]).toContain('below 0.05; with momentum 0.9 below 0.095');
});

it('says so where λ_max cannot be told from zero', () => {
  expect(judge(1, 1).verdict).toBe('inconclusive');
  expect(judge(1, 0.99).verdict).toBe('present');
  expect(judge(-1, 0.5).verdict).toBe('absent');
});

it('gives the step that lowers the loss now, which has no bound where the loss curves down', () => {
  const gradient = { norm: { value: 1, error: 0 }, curvature: -1, samplingError: null, alongParameters: null };
  const finding = sharpness.judge({ extremes: extremes({ max: 1, min: -5 }), gradient }, LIMITS)!;
  expect(finding.evidence.at(-1)!.value).toBe(Infinity);
});
