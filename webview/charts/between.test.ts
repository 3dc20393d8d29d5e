import { expect, it } from 'vitest';
import { betweenChart, betweenSummary, canWaysBeLog } from './between';
import { testTheme } from './testTheme';

const line = {
  alpha: [0, 0.5, 1],
  loss: [1, 3, 2],
  accuracy: [0.9, 0.3, 0.8],
  barrier: { height: 1.5, at: 0.5, error: 0.1 },
};
const matched = {
  distance: 3,
  permutedUnits: 4,
  line: { alpha: [0, 1], loss: [1, 2], barrier: { height: 0, at: 0, error: 0 } },
};
const names = ['A (a.onnx)', 'B (b.onnx)'] as const;
const labels = (ways: Parameters<typeof betweenChart>[0], accuracy: boolean) =>
  betweenChart(ways, names, { scale: 'linear', accuracy }, testTheme).data.datasets.map(({ label }) => label);

it('draws the straight way and, after matching, the other one', () => {
  expect(labels({ line }, false)).toEqual(['straight']);
  expect(labels({ line, matched }, false)).toEqual(['straight', 'after matching']);
});

it('adds the accuracy on request, where it was measured', () => {
  expect(labels({ line }, true)).toEqual(['straight', 'straight, accuracy']);
});

it('draws the test data along the same way', () => {
  const tested = { ...line, test: { loss: [2, 5, 3] } };
  expect(labels({ line: tested }, false)).toEqual(['straight', 'straight, test data']);
  expect(canWaysBeLog({ line: { ...line, test: { loss: [2, -1, 3] } } })).toBe(false);
});

it('says how high the barriers are, and that there is none', () => {
  expect(betweenSummary({ line, matched })).toBe(
    'Barrier, straight: 1.50 ± 0.10 at α = 0.5. Barrier, after matching: none.',
  );
});

it('names both models on the axis', () => {
  const chart = betweenChart({ line }, names, { scale: 'linear', accuracy: false }, testTheme);
  expect(chart.options?.scales?.['x']).toMatchObject({ title: { text: 'α: 0 is A (a.onnx), 1 is B (b.onnx)' } });
});

it('needs positive losses for a log axis', () => {
  expect(canWaysBeLog({ line })).toBe(true);
  expect(canWaysBeLog({ line: { ...line, loss: [1, 0, 2] } })).toBe(false);
});
