import { expect, it } from 'vitest';
import { axis, logTicks } from './axis';
import { testTheme } from './testTheme';

const ticksOf = (values: number[]) => values.map((value) => ({ value }));

it('labels whole decades where there are two or more', () => {
  expect(logTicks(ticksOf([0.5, 1, 2, 5, 10, 20, 100])).map(({ value }) => value)).toEqual([1, 10, 100]);
});

it('thins the ticks of a short log axis', () => {
  const crowded = ticksOf(Array.from({ length: 40 }, (_, i) => 0.15 + i / 4000));
  const kept = logTicks(crowded).map(({ value }) => value);
  expect(kept.length).toBeGreaterThanOrEqual(3);
  expect(kept.length).toBeLessThanOrEqual(7);
});

it('has no ticks where there are none', () => {
  expect(logTicks([])).toEqual([]);
});

it('puts no tick of counts between two of them', () => {
  const scale = { ticks: [1, 1.5, 2, 2.5, 3].map((value) => ({ value })) };
  axis('layers', testTheme, 'linear', { whole: true }).afterBuildTicks(scale);
  expect(scale.ticks.map(({ value }) => value)).toEqual([1, 2, 3]);
});
