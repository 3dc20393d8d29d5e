import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { reportFromJson } from '../json';
import type { Report } from '../report';
import { notMeasured } from './notMeasured';

const path = new URL('../../../test/fixtures/reports/synthetic-lenet.json', import.meta.url);
const report: Report = {
  ...reportFromJson(readFileSync(path, 'utf8')),
  complete: true,
  dynamics: undefined,
  optimizers: undefined,
};
const descent = {
  step: 1,
  loss: 1,
  error: 0,
  lowest: { step: 1, loss: 1 },
  scanned: { step: [1], loss: [1] },
};

it('names each part that a finished report lacks', () => {
  expect(notMeasured(report).map((sentence) => /«(.*?)»/.exec(sentence)?.[1])).toEqual(['dynamics', 'optimizers']);
  expect(notMeasured({ ...report, dynamics: { descent } })).toHaveLength(1);
});

it('names none while the analysis runs, and none of a loss that is not finite', () => {
  expect(notMeasured({ ...report, complete: false })).toEqual([]);
  expect(notMeasured({ ...report, objective: { ...report.objective!, loss: NaN } })).toEqual([]);
});
