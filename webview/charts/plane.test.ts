import { expect, it } from 'vitest';
import type { Plane } from '../../src/report/report';
import { lossesOf, planeChart } from './plane';
import { cellText, planeCells, planeSummary } from './planeCells';
import { testTheme } from './testTheme';

const plane: Plane = {
  x: { direction: 'random', values: [-1, 0, 1] },
  y: { direction: 'gradient', values: [-0.5, 0] },
  loss: [
    [3, 2, NaN],
    [5, 0.5, Infinity],
  ],
  accuracy: [
    [0.1, 0.5, 0],
    [0.2, 0.9, 0],
  ],
};

it('makes one cell per measured point, bounded halfway to its neighbours', () => {
  const cells = planeCells(plane);
  expect(cells).toHaveLength(6);
  expect(cells[4]).toMatchObject({
    alpha: 0,
    beta: 0,
    loss: 0.5,
    accuracy: 0.9,
    x: -0.5,
    right: 0.5,
    y: -0.25,
    top: 0.25,
  });
});

it('keeps non-finite cells and says what they are', () => {
  const cells = planeCells(plane);
  expect(cells[2].loss).toBeNaN();
  expect(cellText(cells[5])).toEqual(['α 1   β 0', 'loss ∞', 'accuracy 0 %']);
});

it('shows every sample in the heat map and the span of the samples in the contours', () => {
  const range = (view: 'heat' | 'contour') => {
    const x = planeChart(plane, { view, scale: 'log', points: true }, testTheme).options?.scales?.['x'];
    return [x?.min, x?.max];
  };
  expect(range('heat')).toEqual([-1.5, 1.5]);
  expect(range('contour')).toEqual([-1, 1]);
});

it('does not turn the β axis upside down, as the matrix chart would by default', () => {
  expect(
    planeChart(plane, { view: 'heat', scale: 'log', points: true }, testTheme).options?.scales?.['y'],
  ).toMatchObject({
    reverse: false,
    offset: false,
  });
});

it('summarises the plane in a sentence', () => {
  expect(planeSummary(plane)).toBe(
    'The centre has the lowest of 6 measured losses, 0.5; highest: 5 at α = −1, β = 0. 2 points are not finite.'.replaceAll(
      ' = ',
      '\u00a0=\u00a0',
    ),
  );
  expect(planeSummary({ ...plane, loss: [[NaN, NaN, NaN]] })).toBe('No point of the plane has a finite loss.');
});

it('tells a point on the plane rather than the cell below it', () => {
  const marks = { points: [{ x: 0, y: 0, kind: 'model' as const, label: 'A', text: ['model A'], loss: 40 }] };
  const chart = planeChart(plane, { view: 'heat', scale: 'log', points: false, marks }, testTheme);
  const tooltip = chart.options?.plugins?.tooltip;
  const item = (datasetIndex: number) => ({ datasetIndex, dataIndex: 0 }) as never;
  const items = [item(0), item(1)];
  const told = items.filter((each, index) => tooltip?.filter?.(each, index, items, {} as never));
  expect(told).toEqual([item(1)]);
  expect(tooltip?.callbacks?.label?.call(undefined as never, told[0])).toEqual(['model A']);
  // The point has a loss above all of the plane, which its colour scale spans as well.
  expect(lossesOf(marks)).toEqual([40]);
});
