import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { resolveOptions } from '../../options/presets';
import { analyze } from '../analyze';

const fixture = (file: string) => resolve(__dirname, '../../../test/fixtures/troubles/edge_of_stability', file);
const truth = JSON.parse(readFileSync(fixture('truth.json'), 'utf8')) as {
  facts: { learning_rate: number };
  eigenvalues_top: number[];
};

// The network was trained by gradient descent at this rate until λ_max hovered at 2/rate.
it.each([
  [0, 'present'],
  [0.9, 'absent'],
])('judges the rate that a network was trained with, with momentum %f: %s', async (momentum, verdict) => {
  const report = await analyze(fixture('model.onnx'), {
    data: fixture('data.npz'),
    loss: 'mse',
    provider: 'cpu',
    threads: 1,
    only: ['loss', 'spectrum'],
    learningRate: truth.facts.learning_rate,
    momentum,
  });
  const finding = report.diagnostics.find(({ id }) => id === 'edge-of-stability')!;
  expect(finding.verdict).toBe(verdict);
  const { value, error } = finding.evidence[0];
  expect(Math.abs(value - truth.facts.learning_rate * truth.eigenvalues_top[0])).toBeLessThanOrEqual(error + 1e-5);
  const { criticalStep, bound } = report.dynamics!.stability!;
  expect(bound).toBeCloseTo(2 * (1 + momentum), 12);
  // Along −g the curvature is at most λ_max, and the loss is not far from its parabola.
  expect(criticalStep!.value).toBeGreaterThan(0.9 * (2 / truth.eigenvalues_top[0]));
  expect(criticalStep!.error).toBeLessThan(0.01 * criticalStep!.value);
});

it('has no meaning for a momentum alone', () => {
  expect(() => resolveOptions({ momentum: 0.9 })).toThrow(/«momentum» needs «learningRate»/);
});
