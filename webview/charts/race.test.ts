import { expect, it } from 'vitest';
import type { OptimizerRun } from '../../src/report/sections/optimizers';
import { canRaceBeLog, pathsChart, raceChart, raceSummary } from './race';
import { testTheme } from './testTheme';

const sgd: OptimizerRun = {
  name: 'sgd',
  stepSize: 0.1,
  gradients: 2,
  losses: [4, 2, NaN],
  spent: [0, 1, 2],
  reached: 2,
  cosines: [0.5],
  path: { x: [0, 1, 2], y: [0, 0, 1], offPlane: [0, 0, 3] },
};
const adam: OptimizerRun = { ...sgd, name: 'adam', losses: [4, 3, 1], reached: 1 };

it('draws each loss at the gradients spent, and a gap where it is not finite', () => {
  const [first, second] = raceChart([sgd, adam], 'log', testTheme).data.datasets;
  expect(first.label).toBe('SGD');
  expect(first.data).toEqual([
    { x: 0, y: 4 },
    { x: 1, y: 2 },
    { x: 2, y: NaN },
  ]);
  expect(second.data.at(-1)).toEqual({ x: 2, y: 1 });
});

it('has a log axis only for positive losses', () => {
  expect(canRaceBeLog([sgd])).toBe(true);
  const negative = { ...sgd, losses: [1, -1] };
  expect(canRaceBeLog([negative])).toBe(false);
  expect(raceChart([negative], 'log', testTheme).options?.scales?.['y']?.type).toBe('linear');
});

it('draws the ways of the runs that have one', () => {
  const { data } = pathsChart([{ ...adam, path: undefined }, sgd], { x: 'random', y: 'random' }, testTheme);
  expect(data.datasets.map(({ label }) => label)).toEqual(['SGD']);
  expect(data.datasets[0].data.at(-1)).toEqual({ x: 2, y: 1 });
});

it('names the lowest losses, the lowest first', () => {
  expect(raceSummary([sgd, adam])).toBe('Lowest losses: Adam 1, SGD 2.');
});
