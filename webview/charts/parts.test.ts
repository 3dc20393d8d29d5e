import { expect, it } from 'vitest';
import type { PartBar } from './partBars';
import { canBeLog, partChart } from './parts';
import { testTheme } from './testTheme';

const bars: PartBar[] = [
  { name: 'a', value: 30, error: 4, parts: 1 },
  { name: 'b', value: -2, error: 3, parts: 1 },
  { name: 'c', value: NaN, error: 0, parts: 1 },
  { name: '7 others, summed', value: 1, error: NaN, parts: 7 },
];

it('includes zero and every whisker on its linear axis', () => {
  const { min, max } = partChart(bars, 'trace', 'linear', testTheme).options?.scales?.['x'] as {
    min: number;
    max: number;
  };
  expect(min).toBeLessThan(-5);
  expect(max).toBeGreaterThan(34);
});

it('starts at zero if nothing is negative', () => {
  const chart = partChart([{ name: 'a', value: 3, error: 0.1, parts: 1 }], 'trace', 'linear', testTheme);
  expect(chart.options?.scales?.['x']).toMatchObject({ min: 0 });
});

it('has gaps on a log axis for values that are not positive', () => {
  expect(partChart(bars, 'trace', 'log', testTheme).data.datasets[0].data).toEqual([30, NaN, NaN, 1]);
  expect(canBeLog(bars)).toBe(true);
  expect(canBeLog(bars.slice(1, 3))).toBe(false);
});

it('draws the rest lighter than single parts', () => {
  const colors = partChart(bars, 'trace', 'linear', testTheme).data.datasets[0].backgroundColor as string[];
  expect(colors[0]).not.toBe(colors[3]);
});
