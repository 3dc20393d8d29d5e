import { expect, it } from 'vitest';
import { cliff } from './cliff';
import { LIMITS } from './limits';
import type { Measurements } from './measurements';

const scan = { direction: 'gradient', length: 4, alpha: [0, 0.5], loss: [1, 100] };
const wall = {
  scan: 0,
  growth: 300,
  narrowness: 0.5,
  fromCentre: 1e4,
  slope: 1e6,
  centreSlope: 4,
  rise: 1000,
  alpha: [0.45, 0.5],
  foot: { value: 0.63, standardError: 0.01 },
};
const measured = { scans: [scan], lossScale: 1, wall };
const judge = (found: Measurements['cliff']) => cliff.judge({ cliff: found, parameterNorm: 4 }, LIMITS);

it('is present where the slope grows a hundredfold at twice the distance', () => {
  const finding = judge({ ...measured, clipping: { norm: 4, rate: 0.15 } });
  expect(finding?.verdict).toBe('present');
  expect(finding?.summary).toContain('0.630 ± 0.010 from here');
  expect(finding?.advice[0]).toContain('norm 4');
  expect(finding?.advice[0]).toContain('0.15');
});

it('is absent where a slope grows as much, but gradually', () => {
  const finding = judge({ ...measured, wall: { ...wall, growth: 27 } });
  expect(finding?.verdict).toBe('absent');
  expect(finding?.summary).toContain('gradually');
});

it('is absent on a staircase, whose steps hardly change the loss', () => {
  expect(judge({ ...measured, wall: { ...wall, rise: 0.01 } })?.verdict).toBe('absent');
});

it('is present on a narrow wall that θ stands on', () => {
  expect(judge({ ...measured, wall: { ...wall, growth: 1, narrowness: 200 } })?.verdict).toBe('present');
});

it('is no verdict without scans', () => {
  expect(cliff.judge({ parameterNorm: 4 }, LIMITS)).toBeNull();
});
