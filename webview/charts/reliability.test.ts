import { expect, it } from 'vitest';
import { reliabilityChart, reliabilitySummary } from './reliability';
import { testTheme } from './testTheme';

const bins = [
  { from: 0.4, to: 0.5, answers: 10, confidence: 0.45, accuracy: 0.2 },
  { from: 0.9, to: 1, answers: 90, confidence: 0.97, accuracy: 0.86 },
];

it('draws accuracy over confidence, beside the diagonal', () => {
  const [right, diagonal] = reliabilityChart({ expectedError: { value: 0.1, error: 0.02 }, bins }, testTheme).data
    .datasets;
  expect(right!.data).toEqual([
    { x: 0.45, y: 0.2 },
    { x: 0.97, y: 0.86 },
  ]);
  diagonal!.data.forEach(({ x, y }) => expect(y).toBe(x));
});

it('says in which direction the model is off', () => {
  // (10·0.25 + 90·0.11)/100 = 0.124
  expect(reliabilitySummary({ expectedError: { value: 0.124, error: 0.02 }, bins })).toContain(
    'surer than it is right by 0.12',
  );
  const modest = bins.map((bin) => ({ ...bin, confidence: bin.accuracy - 0.1 }));
  expect(reliabilitySummary({ expectedError: { value: 0.1, error: 0.02 }, bins: modest })).toContain(
    'less sure than it is right by 0.1',
  );
  const balanced = bins.map((bin, i) => ({ ...bin, confidence: bin.accuracy + (i === 0 ? 0.09 : -0.01) }));
  expect(reliabilitySummary({ expectedError: { value: 0.018, error: 0.02 }, bins: balanced })).toContain(
    'no clear direction',
  );
});
