import { describe, expect, it, test } from 'vitest';
import type { AnalysisOptions } from '../options/options';
import { resolveOptions } from '../options/presets';
import type { ModelSize } from './economy';
import { expectedSecondsOf, toldTime, withinTime } from './economy';

const size = (passSeconds: number, batches = 8, graphSeconds = 1): ModelSize => ({
  dim: 8e4,
  passSeconds,
  graphSeconds,
  canDifferentiate: true,
  batches,
});
const quick = (passSeconds: number, asked: AnalysisOptions = {}, batches = 8) => {
  const all: AnalysisOptions = { preset: 'quick', ...asked };
  return withinTime(resolveOptions(all), all, size(passSeconds, batches));
};

describe('a quick analysis', () => {
  it('measures its whole preset if that takes less than a minute', () => {
    const { options, left } = quick(0.01);
    expect(left).toEqual([]);
    expect(options).toEqual(resolveOptions({ preset: 'quick' }));
  });

  it('omits more the longer a pass takes, so that it takes at most a minute', () => {
    let before = Infinity;
    for (const passSeconds of [0.05, 0.1, 0.3, 0.6]) {
      const { options, left } = quick(passSeconds);
      expect(left.length).toBeGreaterThan(0);
      expect(expectedSecondsOf(options, size(passSeconds))).toBeLessThanOrEqual(60);
      const points = options.planes.reduce((sum, { xRange, yRange }) => sum + xRange.steps * yRange.steps, 0);
      const work = options.only.length * 1e4 + options.lanczosSteps * 10 + points;
      expect(work).toBeLessThanOrEqual(before);
      before = work;
    }
  });

  it('always keeps loss, gradient and a line', () => {
    expect(quick(100).options.only).toEqual(expect.arrayContaining(['loss', 'gradient', 'lines']));
  });

  it('keeps parts that were named', () => {
    const { options, left } = quick(1, {
      only: ['spectrum', 'plane'],
      probes: 4,
      lanczosSteps: 40,
      plane: ['random,random:-1:1:21'],
    });
    expect(options).toMatchObject({ only: ['spectrum', 'plane'], probes: 4, lanczosSteps: 40 });
    expect(options.planes[0].xRange.steps).toBe(21);
    expect(left).not.toContain('the plane');
  });

  it('uses all samples for the eigenvalues if there is only one batch', () => {
    expect(quick(1, {}, 1).options.spectrumOn).toBe('all samples');
  });
});

it('omits parts that need separate graphs if building a graph takes long', () => {
  const all: AnalysisOptions = { preset: 'quick' };
  const { options } = withinTime(resolveOptions(all), all, size(0.01, 8, 30));
  expect(options.along).toBe('gradient');
  expect(expectedSecondsOf(options, size(0.01, 8, 30))).toBeLessThanOrEqual(60);
});

it('reduces the Lanczos steps before it omits the spectrum', () => {
  const { options } = quick(0.5, {}, 1);
  expect(options.only).toContain('spectrum');
  expect(options.lanczosSteps).toBeLessThan(15);
});

it('does not change other presets', () => {
  const options = resolveOptions({ preset: 'standard' });
  expect(withinTime(options, {}, size(100))).toEqual({ options, left: [] });
});

test('the message names omitted parts and the preset that measures them', () => {
  const economy = quick(0.3);
  const told = toldTime(economy, { preset: 'quick' }, size(0.3))!;
  for (const part of economy.left) expect(told).toContain(part);
  expect(told).toMatch(/The standard preset measures all of it \(about \d+ (?:min|h)\)\.$/);
});

test('the expected time is announced only if it is long', () => {
  const economy = { options: resolveOptions({}), left: [] };
  expect(toldTime(economy, {}, size(0.001))).toBeNull();
  expect(toldTime(economy, {}, size(0.1))).toMatch(/^The analysis will take about \d+ min\.$/);
});
