import { expect, it } from 'vitest';
import { overlaidChart, overlaidLines } from './overlaidLines';
import { testTheme } from './testTheme';

const line = (direction: string, loss: number[]) => ({ direction, alpha: [-1, 0, 1], loss });

it('puts lines of the same direction together, where two models have it', () => {
  const overlaid = overlaidLines([
    { lines: [line('random', [2, 1, 2]), line('to/b.onnx', [2, 1, 2])] },
    { lines: [line('random', [5, 3, NaN])] },
    { lines: [] },
  ]);
  expect(overlaid.map(({ direction }) => direction)).toEqual(['random']);
  expect(overlaid[0].lines.map((each) => each?.loss[0])).toEqual([2, 5, undefined]);
});

it('draws one curve per model that has the line, and marks what is not finite', () => {
  const overlaid = { direction: 'random', lines: [line('random', [2, 1, 2]), undefined, line('random', [5, 3, NaN])] };
  const chart = overlaidChart(overlaid, ['A', 'B', 'C'], 'linear', testTheme);
  expect(chart.data.datasets.map(({ label, borderColor }) => [label, borderColor])).toEqual([
    ['A', testTheme.series[0]],
    ['C', testTheme.series[2]],
  ]);
  expect(chart.plugins?.map(({ id }) => id)).toContain('brokenMarks');
});
