import { expect, it } from 'vitest';
import { deadBars, saturatedBars, shareChart } from './shares';
import { testTheme } from './testTheme';

const units = [
  { layer: 'relu', operator: 'ReLU', kind: 'rectifier' as const, units: 16, dead: 6 },
  { layer: 'tanh', operator: 'tanh', kind: 'bounded' as const, units: 8, saturated: 0.02 },
];

it('takes dead units from rectifiers and saturated elements from bounded activations', () => {
  expect(deadBars(units)).toEqual([{ name: 'relu', share: 0.375, told: '6 of 16 units of ReLU are dead' }]);
  expect(saturatedBars(units).map(({ name, share }) => [name, share])).toEqual([['tanh', 0.02]]);
});

it('colours the layers that reach the limit', () => {
  const chart = shareChart([...deadBars(units), ...saturatedBars(units)], 'share', 0.1, testTheme);
  expect(chart.data.datasets[0]!.borderColor).toEqual([testTheme.series[1], testTheme.series[0]]);
});
