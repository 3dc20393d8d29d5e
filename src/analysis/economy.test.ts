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
  it('measures all of its preset where that takes less than a minute', () => {
    const { options, left } = quick(0.01);
    expect(left).toEqual([]);
    expect(options).toEqual(resolveOptions({ preset: 'quick' }));
  });

  it('leaves out more the longer a pass takes, until it takes a minute', () => {
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

  it('keeps loss, gradient and a line whatever it costs', () => {
    expect(quick(100).options.only).toEqual(expect.arrayContaining(['loss', 'gradient', 'lines']));
  });

  it('keeps what was asked for by name', () => {
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

  it('estimates no eigenvalues on a part of the data where there is one batch', () => {
    expect(quick(1, {}, 1).options.spectrumOn).toBe('all samples');
  });
});

it('leaves out what needs graphs of its own where making a graph takes long', () => {
  const all: AnalysisOptions = { preset: 'quick' };
  const { options } = withinTime(resolveOptions(all), all, size(0.01, 8, 30));
  expect(options.along).toBe('gradient');
  expect(expectedSecondsOf(options, size(0.01, 8, 30))).toBeLessThanOrEqual(60);
});

it('measures the spectrum by few Lanczos steps before it leaves it out', () => {
  const { options } = quick(0.5, {}, 1);
  expect(options.only).toContain('spectrum');
  expect(options.lanczosSteps).toBeLessThan(15);
});

it('leaves other presets as they are', () => {
  const options = resolveOptions({ preset: 'standard' });
  expect(withinTime(options, {}, size(100))).toEqual({ options, left: [] });
});

test('what is left out is told, with the preset that measures it', () => {
  const economy = quick(0.3);
  const told = toldTime(economy, { preset: 'quick' }, size(0.3))!;
  for (const part of economy.left) expect(told).toContain(part);
  expect(told).toMatch(/The standard preset measures all of it \(about \d+ (?:min|h)\)\.$/);
});

test('how long it takes is told where it is long', () => {
  const economy = { options: resolveOptions({}), left: [] };
  expect(toldTime(economy, {}, size(0.001))).toBeNull();
  expect(toldTime(economy, {}, size(0.1))).toMatch(/^The analysis will take about \d+ min\.$/);
});
