import { expect, it } from 'vitest';
import { LIMITS } from './limits';
import { maximum } from './maximum';
import { saddle } from './saddle';
import { bowl, extremes } from './testMeasurements';

const at = (gradientNorm: number, ends: Parameters<typeof extremes>[0], dim = 3) => ({
  ...bowl({ gradientNorm }),
  dim,
  extremes: extremes(ends),
});
const strict = { max: -0.5, min: -2, error: 0.1, exact: true, negative: 3 };

it('is present where every direction curves down, and no saddle then', () => {
  expect(maximum.judge(at(0, strict), LIMITS)?.verdict).toBe('present');
  expect(saddle.judge(at(0, strict), LIMITS)?.verdict).toBe('absent');
});

it('is claimed as far as Lanczos sees where not every eigenvalue is known', () => {
  const ends = { max: -0.5, min: -2, error: 0.1, negative: 4 };
  expect(maximum.judge(at(0, ends, 1000), LIMITS)?.summary).toContain('as far as Lanczos sees');
  expect(maximum.judge(at(0, { ...ends, converged: false }, 1000), LIMITS)?.verdict).toBe('inconclusive');
});

it('is absent where a direction curves up or the loss still falls', () => {
  expect(maximum.judge(at(0, { max: 1, min: -2, exact: true, negative: 2 }), LIMITS)?.verdict).toBe('absent');
  expect(maximum.judge(at(1, strict), LIMITS)?.verdict).toBe('absent');
});

it('is inconclusive where λ_max cannot be told from zero', () => {
  expect(maximum.judge(at(0, { max: 0, min: -2, error: 0.1, exact: true, negative: 2 }), LIMITS)?.verdict).toBe(
    'inconclusive',
  );
});
