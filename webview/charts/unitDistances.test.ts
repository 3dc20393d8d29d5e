import { expect, it } from 'vitest';
import { testTheme } from './testTheme';
import { equalUnits, unitDistanceChart } from './unitDistances';

const compared = {
  layer: 'W',
  units: [1, 4, 0],
  weights: [
    [0, 0, 1.2],
    [0, 0, 1.2],
    [1.2, 1.2, 0],
  ],
};

it('names the units that are equal', () => {
  expect(equalUnits(compared)).toBe('Units 1 and 4 are equal.');
});

it('draws one cell for each pair, and copies in a colour of their own', () => {
  const dataset = unitDistanceChart(compared.units, compared.weights, testTheme).data.datasets[0]!;
  const data = dataset.data;
  const backgroundColor = dataset.backgroundColor as unknown as (context: { dataIndex: number }) => string;
  expect(data).toHaveLength(9);
  const copies = data.flatMap(({ x, y }, dataIndex) =>
    backgroundColor({ dataIndex }) === testTheme.series[1] ? [[x, y]] : [],
  );
  expect(copies).toEqual([
    [1, 0],
    [0, 1],
  ]);
});
