import { expect, test } from 'vitest';
import { PRESETS } from './options';
import { PRESET_NUMBERS, resolveOptions } from './presets';

test.each(PRESETS)('%s sets every option and samples the centre of lines and planes', (preset) => {
  const resolved = resolveOptions({ preset });
  expect(Object.entries(resolved).filter(([, value]) => value === undefined)).toEqual([]);
  expect(resolved.planes.length).toBeGreaterThan(0);
  for (const { lineSteps, planeSteps } of [PRESET_NUMBERS[preset]]) {
    expect(lineSteps % 2).toBe(1);
    expect(planeSteps % 2).toBe(1);
  }
});

test('explicit options override the preset', () => {
  const resolved = resolveOptions({
    preset: 'quick',
    samples: 7,
    lanczosSteps: 11,
    line: ['top/1', 'random:-2:2:5'],
    plane: ['top/1,top/2'],
  });
  expect(resolved).toMatchObject({
    samples: 7,
    lanczosSteps: 11,
    extremeSteps: 11,
    probes: PRESET_NUMBERS.quick.probes,
  });
  expect(resolved.lines).toEqual([
    {
      direction: { kind: 'top', index: 1 },
      range: { from: -1, to: 1, steps: PRESET_NUMBERS.quick.lineSteps },
      tolerance: 0.01,
    },
    { direction: { kind: 'random', normalization: 'filter' }, range: { from: -2, to: 2, steps: 5 } },
  ]);
  expect(resolved.planes[0].xRange.steps).toBe(PRESET_NUMBERS.quick.planeSteps);
});

test('an empty list of lines means none', () => {
  expect(resolveOptions({ line: [] }).lines).toEqual([]);
});

test('presets draw adaptively, but an explicit number of points is measured unless an error is given', () => {
  const tolerances = (options: Parameters<typeof resolveOptions>[0]) => {
    const { lines, planes } = resolveOptions({
      line: ['random', 'random:-1:1:51', 'random:-1:1:21'],
      plane: ['random,random', 'random,random:-1:1:51'],
      ...options,
    });
    return [...lines, ...planes].map(({ tolerance }) => tolerance);
  };
  expect(tolerances({})).toEqual([0.01, undefined, undefined, 0.01, undefined]);
  expect(tolerances({ planeError: 0.05 })).toEqual([0.05, 0.05, undefined, 0.05, 0.05]);
  expect(tolerances({ exact: true, planeError: 0.05 })).toEqual(new Array(5).fill(undefined));
  expect(tolerances({ planeError: 0 })).toEqual(new Array(5).fill(undefined));
});
