import { expect, it } from 'vitest';
import { lossSharesChart, lossSharesSummary } from './lossShares';
import { testTheme } from './testTheme';

const concentration = { samples: [0, 0.1, 0.5, 1], loss: [0, 0.7, 0.9, 1], error: [0, 0.2, 0.6, 1] };
const worst = { samples: 10, share: 0.1, lossShare: { value: 0.7, error: 0.02 }, errorShare: 0.03 };

it('draws loss and wrong answers against equal losses', () => {
  const { datasets } = lossSharesChart({ concentration, worst }, testTheme).data;
  expect(datasets.map(({ label }) => label)).toEqual(['loss', 'wrong answers', 'equal losses']);
  expect(datasets[0]!.data[1]).toEqual({ x: 0.1, y: 0.7 });
  datasets[2]!.data.forEach(({ x, y }) => expect(y).toBe(x));
});

it('leaves out the wrong answers where there are none', () => {
  const { samples, loss } = concentration;
  expect(lossSharesChart({ concentration: { samples, loss } }, testTheme).data.datasets).toHaveLength(2);
});

it('says what the worst samples cost, and which samples carry half of the loss', () => {
  expect(lossSharesSummary({ concentration, worst })).toBe(
    'The worst 10 samples (10 %) cost 70.0 ± 2.0 % of the loss and 3 % of the accuracy. Half of the loss comes from 10 % of the samples.',
  );
});
