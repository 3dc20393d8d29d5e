import { expect, it } from 'vitest';
import { testTheme } from './testTheme';
import { unitPeaksChart } from './unitPeaks';

it('draws a dead unit as a ring of its own colour', () => {
  const { data, borderColor, backgroundColor } = unitPeaksChart({ largest: [2, 0, 0.5], dead: 1 }, testTheme).data
    .datasets[0]!;
  expect(data.map(({ y }) => y)).toEqual([2, 0, 0.5]);
  expect(borderColor).toEqual([testTheme.series[0], testTheme.series[1], testTheme.series[0]]);
  expect((backgroundColor as string[])[1]).toBe(testTheme.background);
});

it('finds the dead units of an activation whose flat side is not at zero', () => {
  const { borderColor } = unitPeaksChart({ largest: [-0.1, 1, 0.3, -0.05], dead: 2 }, testTheme).data.datasets[0]!;
  expect((borderColor as string[]).filter((color) => color === testTheme.series[1])).toHaveLength(2);
});
