import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import type { AnalysisOptions } from '../../options/options';
import { analyze } from '../analyze';

const fixture = (name: string, file: string) => resolve(__dirname, '../../../test/fixtures/troubles', name, file);

interface Truth {
  loss: number;
  loss_function: NonNullable<AnalysisOptions['loss']>;
  cli: { parameters: string };
  facts: { loss_over_w: Record<string, number>; gradient_norm_on_ray: Record<string, number> };
  gradient_norm: number;
  lbfgs_200: { loss: number };
}

async function analyzed(name: string) {
  const truth = JSON.parse(readFileSync(fixture(name, 'truth.json'), 'utf8')) as Truth;
  const report = await analyze(fixture(name, 'model.onnx'), {
    data: fixture(name, 'data.npz'),
    loss: truth.loss_function,
    parameters: truth.cli.parameters.split(','),
    provider: 'cpu',
    threads: 1,
    only: ['loss', 'gradient', 'dynamics'],
  });
  const verdictOf = (id: string) => report.diagnostics.find((finding) => finding.id === id)?.verdict;
  return { truth, dynamics: report.dynamics ?? {}, verdictOf };
}

it('finds sin(3x) behind the hill that the slope leads away from', async () => {
  const { truth, dynamics, verdictOf } = await analyzed('wrong_side');
  const { descent, searches, best = NaN } = dynamics.elsewhere ?? { descent: null, searches: [] };
  expect(descent?.loss).toBeCloseTo(truth.lbfgs_200.loss, 4);
  const hill = Math.max(...Object.values(truth.facts.loss_over_w)) - truth.loss;
  expect(Math.abs(searches[best].rise / hill - 1)).toBeLessThan(0.1);
  expect([verdictOf('local-global'), verdictOf('cliff')]).toEqual(['present', 'absent']);
});

it('finds nothing to look for where downhill leads there', async () => {
  const { verdictOf } = await analyzed('right_side');
  expect([verdictOf('local-global'), verdictOf('cliff')]).toEqual(['absent', 'absent']);
});

it('finds the wall of a product of sixteen weights', async () => {
  const { truth, dynamics, verdictOf } = await analyzed('cliff_product');
  const { clipping, gradientNorms } = dynamics.cliff ?? {};
  expect(clipping?.norm).toBeCloseTo(truth.gradient_norm, 4);
  const face = truth.facts.gradient_norm_on_ray;
  expect(gradientNorms?.face).toBeGreaterThan(face['all weights 1.2']);
  expect(gradientNorms?.face).toBeLessThan(face['all weights 1.5']);
  expect([verdictOf('cliff'), verdictOf('local-global')]).toEqual(['present', 'absent']);
});

it('finds no wall in a parabola', async () => {
  const { dynamics, verdictOf } = await analyzed('smooth_product');
  expect(dynamics.cliff?.wall?.growth).toBeLessThan(3);
  expect(dynamics.nonConvexity?.chords.every(({ violations }) => violations === 0)).toBe(true);
  expect(verdictOf('cliff')).toBe('absent');
});
