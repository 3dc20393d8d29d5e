import { expect, it } from 'vitest';
import type { ElsewhereMeasurement } from '../report/report';
import { LIMITS } from './limits';
import { localGlobal } from './localGlobal';
import { loss } from './testMeasurements';

const search = {
  from: 'gradient at α = 2.25',
  startDistance: 2,
  loss: 0.01,
  gradients: 5,
  distance: 2.1,
  cosine: -1,
  rise: 0.3,
  straight: { share: [0, 1], loss: [1, 0.01] },
};
const stuck: ElsewhereMeasurement = {
  unit: 0.5,
  unitIs: 'chance',
  bounded: true,
  resolution: 1e-6,
  descent: { loss: 0.48, gradients: 14, distance: 0.8, settled: true, lastGain: 1e-3 },
  scans: [],
  searches: [search],
  best: 0,
};
const judge = (change: Partial<ElsewhereMeasurement>) =>
  localGlobal.judge({ loss: loss(1), elsewhere: { ...stuck, ...change } }, LIMITS);

it('is present where a lower place lies behind a rise and downhill ends elsewhere', () => {
  const finding = judge({});
  expect(finding?.verdict).toBe('present');
  expect(finding?.summary).toContain('0.01');
  expect(finding?.evidence).toContainEqual({ name: 'rise on the way there', value: 0.3, error: 1e-6, threshold: 5e-3 });
});

it('is absent where the descent leaves too little below it', () => {
  expect(judge({ descent: { ...stuck.descent, loss: 0.09 } })?.verdict).toBe('absent');
});

it('does not lean on zero where the loss can be negative', () => {
  const descent = { ...stuck.descent, loss: 0.05 };
  expect(judge({ bounded: false, descent, searches: [{ ...search, loss: -1 }] })?.verdict).toBe('present');
});

it('is absent where a way without a climb leads as low', () => {
  const other = { ...search, loss: 0.2, rise: 0 };
  expect(judge({ searches: [search, other] })?.verdict).toBe('absent');
});

it('does not take rounding for a climb', () => {
  expect(judge({ searches: [{ ...search, rise: 1e-3 }] })?.verdict).toBe('absent');
});

it('is absent where nothing lower was found', () => {
  expect(judge({ searches: [{ ...search, loss: 0.4 }] })?.verdict).toBe('absent');
});

it('is not said while the descent still falls', () => {
  expect(judge({ descent: { ...stuck.descent, settled: false } })?.verdict).toBe('inconclusive');
});
