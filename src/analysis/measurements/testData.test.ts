import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { reportFromJson, reportToJson } from '../../report/json';
import { analyze } from '../analyze';

const fixture = (name: string, file: string) => resolve(__dirname, '../../../test/fixtures/troubles', name, file);

interface Truth {
  test: {
    samples: number;
    loss: number;
    gradient_norm: number;
    cosine_of_gradients: number;
    surrogate: { error_0_1: number };
  };
}

it.each([
  ['overfitted', 'present'],
  ['generalizing', 'absent'],
])('has the figures of float64 on the test data: %s', async (name, verdict) => {
  const truth = (JSON.parse(readFileSync(fixture(name, 'truth.json'), 'utf8')) as Truth).test;
  const report = await analyze(fixture(name, 'model.onnx'), {
    data: fixture(name, 'data.npz'),
    testData: fixture(name, 'data_test.npz'),
    loss: 'cross_entropy',
    provider: 'cpu',
    threads: 1,
    only: ['loss', 'gradient', 'lines', 'dynamics'],
    line: ['gradient:-1:1:5'],
  });
  const { test } = report.dynamics!;
  expect(test!.samples).toBe(truth.samples);
  expect(test!.loss / truth.loss).toBeCloseTo(1, 6);
  expect(test!.accuracy).toBeCloseTo(1 - truth.surrogate.error_0_1, 9);
  expect(test!.gradientNorm! / truth.gradient_norm).toBeCloseTo(1, 6);
  expect(test!.cosine!.value / truth.cosine_of_gradients).toBeCloseTo(1, 4);
  expect(report.diagnostics.find(({ id }) => id === 'overfitting')?.verdict).toBe(verdict);
  const [line] = report.lines;
  expect(line.test!.loss).toHaveLength(line.alpha.length);
  expect(line.test!.loss[2]).toBeCloseTo(test!.loss, 9);
  expect(line.test!.accuracy![2]).toBeCloseTo(test!.accuracy!, 9);
  expect(line.loss[2]).not.toBeCloseTo(test!.loss, 2);
  expect(reportFromJson(reportToJson(report)).lines).toEqual(report.lines);
});

it('adds the weight decay to both losses, and to neither gradient of the data', async () => {
  const ask = (weightDecay: number) =>
    analyze(fixture('generalizing', 'model.onnx'), {
      data: fixture('generalizing', 'data.npz'),
      testData: fixture('generalizing', 'data_test.npz'),
      loss: 'cross_entropy',
      provider: 'cpu',
      threads: 1,
      only: ['gradient'],
      weightDecay,
    });
  const [plain, decayed] = [await ask(0), await ask(0.01)];
  const added = decayed.objective!.loss - plain.objective!.loss;
  expect(decayed.dynamics!.test!.loss - plain.dynamics!.test!.loss).toBeCloseTo(added, 9);
  expect(decayed.dynamics!.test!.gradientNorm).toBeCloseTo(plain.dynamics!.test!.gradientNorm!, 9);
});
