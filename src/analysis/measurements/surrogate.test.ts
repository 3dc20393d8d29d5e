import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { analyze } from '../analyze';

const fixture = (name: string, file: string) => resolve(__dirname, '../../../test/fixtures/troubles', name, file);

interface Truth {
  facts: { flipped?: number[] };
  surrogate: { error_0_1: number; loss_share_of_worst_5_percent: number; ece_15_bins: number };
}

async function judged(name: string) {
  const report = await analyze(fixture(name, 'model.onnx'), {
    data: fixture(name, 'data.npz'),
    loss: 'cross_entropy',
    provider: 'cpu',
    threads: 1,
    only: ['loss', 'lines', 'dynamics'],
    line: ['random:-1:1:9'],
  });
  const truth = JSON.parse(readFileSync(fixture(name, 'truth.json'), 'utf8')) as Truth;
  const found = report.dynamics!.surrogate!;
  expect(found.worst!.lossShare.value).toBeCloseTo(truth.surrogate.loss_share_of_worst_5_percent, 5);
  expect(found.errorRate).toBeCloseTo(truth.surrogate.error_0_1, 9);
  expect(found.calibration!.expectedError.value).toBeCloseTo(truth.surrogate.ece_15_bins, 5);
  expect(found.rankCorrelation).toMatchObject([{ direction: 'random', points: 9 }]);
  return { found, truth, verdict: report.diagnostics.find(({ id }) => id === 'surrogate')?.verdict };
}

it('finds the twelve labels that were flipped', async () => {
  const { found, truth, verdict } = await judged('mislabelled');
  expect(verdict).toBe('present');
  const wrong = found.worstSamples.filter((sample) => sample.wrong).map(({ index }) => index);
  expect(wrong.sort((a, b) => a - b)).toEqual(truth.facts.flipped);
});

it('sees nothing unusual in clean labels', async () => {
  expect((await judged('clean_labels')).verdict).toBe('absent');
});
