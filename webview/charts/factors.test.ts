import { expect, it } from 'vitest';
import { factorChart } from './factors';
import { testTheme } from './testTheme';

const bars = [
  { name: 'long', value: 900, range: { least: 500, greatest: 2000 } },
  { name: 'fine', value: 0.5 },
  { name: 'short', value: 0.01 },
  { name: 'nothing', value: 0 },
];
const chart = factorChart(bars, { title: 'factor', limits: [0.01, 100] }, testTheme);

it('begins every bar at 1, and leaves a gap where a factor has no place on a log axis', () => {
  expect(chart.data.datasets[0]!.data).toEqual([[1, 900], [0.5, 1], [0.01, 1], null]);
});

it('colours the bars that reach a limit', () => {
  const [off, fine] = [testTheme.series[1], testTheme.series[0]];
  expect((chart.data.datasets[0]!.borderColor as string[]).slice(0, 3)).toEqual([off, fine, off]);
});

it('colours what is below a limit where little is the fault', () => {
  const headroom = factorChart(bars, { title: 'headroom', limits: [10], faultBelow: true }, testTheme);
  expect((headroom.data.datasets[0]!.borderColor as string[])[0]).toBe(testTheme.series[0]);
  expect((headroom.data.datasets[0]!.borderColor as string[])[1]).toBe(testTheme.series[1]);
});

it('draws a factor of zero to the end of the axis where it has a name', () => {
  const headroom = factorChart(
    bars,
    { title: 'headroom', limits: [10], faultBelow: true, zero: 'overflows' },
    testTheme,
  );
  const { min } = headroom.options!.scales!['x'] as { min: number };
  expect(headroom.data.datasets[0]!.data[3]).toEqual([min, 1]);
});

it('shows limits and ranges in full', () => {
  const { min, max } = chart.options!.scales!['x'] as { min: number; max: number };
  expect(min).toBeLessThan(0.01);
  expect(max).toBeGreaterThan(2000);
});
