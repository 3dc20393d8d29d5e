import { expect, it } from 'vitest';
import type { Line } from '../../src/report/report';
import { canBeLog, lineChart, linePoints, lineSummary, quadraticPoints } from './lines';
import { testTheme } from './testTheme';

const line: Line = {
  direction: 'gradient',
  alpha: [-1, 0, 1, 2],
  loss: [0.4, 0.5, Infinity, NaN],
  accuracy: [0.9, 0.8, 0.1, 0.1],
};

it('leaves a gap at a loss that is not finite', () => {
  expect(linePoints(line.alpha, line.loss)).toEqual([
    { x: -1, y: 0.4 },
    { x: 0, y: 0.5 },
    { x: 1, y: NaN },
    { x: 2, y: NaN },
  ]);
});

it('marks non-finite values instead of dropping them', () => {
  const ids = (each: Line) =>
    lineChart(each, { scale: 'linear', accuracy: false }, testTheme).plugins?.map(({ id }) => id);
  expect(ids(line)).toContain('brokenMarks');
  expect(ids({ ...line, loss: [1, 2, 3, 4] })).not.toContain('brokenMarks');
});

it('adds the accuracy on a separate axis on request', () => {
  const chart = lineChart(line, { scale: 'linear', accuracy: true }, testTheme);
  expect(chart.data.datasets.map(({ label, yAxisID }) => [label, yAxisID])).toEqual([
    ['loss', 'y'],
    ['accuracy', 'accuracy'],
  ]);
  expect(chart.options?.scales?.['accuracy']).toMatchObject({ min: 0, max: 1 });
});

it('stays linear if a loss is not positive, whatever was requested', () => {
  expect(canBeLog([line])).toBe(true);
  const negative = { ...line, loss: [-1, 0, 1, 2] };
  expect(canBeLog([negative])).toBe(false);
  expect(lineChart(negative, { scale: 'log', accuracy: false }, testTheme).options?.scales?.['y']).toMatchObject({
    type: 'linear',
  });
});

it('says where the lowest loss lies', () => {
  expect(lineSummary(line)).toBe('Lowest: 0.4 at α\u00a0=\u00a0−1; centre 0.5. 2 of 4 points are not finite.');
  expect(lineSummary({ ...line, loss: [2, 1, 2, 3] })).toBe('Lowest at the centre: 1.');
});

it('draws the test data beside the training data', () => {
  const both: Line = { ...line, loss: [3, 2, 1, 4], test: { loss: [2, 3, 5, 6], accuracy: [0.5, 0.4, 0.3, 0.2] } };
  const chart = lineChart(both, { scale: 'linear', accuracy: true }, testTheme);
  expect(chart.data.datasets.map(({ label }) => label)).toEqual([
    'training loss',
    'test loss',
    'training accuracy',
    'test accuracy',
  ]);
  expect(chart.data.datasets[1].data.map(({ y }) => y)).toEqual([2, 3, 5, 6]);
  expect(lineSummary(both)).toContain('Test loss lowest at α\u00a0=\u00a0−1: 2.');
  expect(canBeLog([{ ...both, test: { loss: [1, 0, 1, 1] } }])).toBe(false);
});

it('draws the quadratic model where it stays in the range of the losses, and marks how far it holds', () => {
  const quadratic = { slope: 1, curvature: 4, radius: 1.5, error: 0 };
  const parabola: Line = { direction: 'random', alpha: [-1, 0, 1, 4], loss: [2, 1, 4, 9], quadratic };
  // 1 + α + 2α²; at α = 4 that is 37, far above the highest loss.
  expect(quadraticPoints(parabola)?.map(({ y }) => y)).toEqual([2, 1, 4, NaN]);
  expect(quadraticPoints({ ...parabola, quadratic: undefined })).toBeNull();
  const chart = lineChart(parabola, { scale: 'linear', accuracy: false }, testTheme);
  expect(chart.data.datasets.map(({ label }) => label)).toEqual(['loss', 'quadratic model']);
});
