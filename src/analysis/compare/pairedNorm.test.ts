import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { dot, norm, scaled } from '../../numerics/vectors';
import { random } from '../../numerics/random';
import { standardError } from '../../numerics/statistics';
import { openObjective } from '../../objective/open/openObjective';
import type { AnalysisOptions } from '../../options/options';
import { resolveOptions } from '../../options/presets';
import { compareModels } from './compareModels';

const file = (name: string) => resolve(__dirname, '../../../test/fixtures/landscapes/pair-cnn-bn', name);
const OPTIONS: AnalysisOptions = {
  data: file('data.npz'),
  loss: 'cross_entropy',
  provider: 'cpu',
  only: ['loss', 'gradient'],
};

/** The gradient of every sample, by reverse mode over batches of one. */
async function sampleGradients(model: string): Promise<Float32Array[]> {
  const { objective } = await openObjective(model, resolveOptions({ ...OPTIONS, batch: 1 }));
  try {
    const found: Float32Array[] = [];
    await objective.gradient({ onBatch: (gradient) => found.push(gradient.slice()) });
    return found;
  } finally {
    await objective.dispose();
  }
}

const mean = (gradients: readonly Float32Array[], chosen: readonly number[]): Float32Array => {
  const sum = new Float32Array(gradients[0].length);
  for (const i of chosen) gradients[i].forEach((value, k) => (sum[k] += value / chosen.length));
  return sum;
};

it('gives the difference of two gradient norms the error over the same samples', async () => {
  const { comparison } = await compareModels([file('a.onnx'), file('b.onnx')], OPTIONS);
  const figure = comparison!.figures.find(({ id }) => id === 'gradientNorm')!;
  expect(figure.errors).toBe('paired');
  const { value, error } = figure.differences[1];

  const models = [await sampleGradients(file('a.onnx')), await sampleGradients(file('b.onnx'))];
  const all = models[0].map((_, i) => i);
  const [here, there] = models.map((gradients) => {
    const whole = mean(gradients, all);
    const along = scaled(1 / norm(whole), whole);
    return gradients.map((gradient) => dot(gradient, along));
  });
  expect(value).toBeCloseTo(norm(mean(models[1], all)) - norm(mean(models[0], all)), 4);
  expect(error / standardError(there.map((slope, i) => slope - here[i]))).toBeCloseTo(1, 3);

  // What the difference does when the samples are drawn again.
  const source = random(1);
  const drawn = Array.from({ length: 300 }, () => {
    const chosen = all.map(() => Math.floor(source.uniform() * all.length));
    return norm(mean(models[1], chosen)) - norm(mean(models[0], chosen));
  });
  const spread = standardError(drawn) * Math.sqrt(drawn.length);
  expect(error / spread).toBeGreaterThan(0.8);
  expect(error / spread).toBeLessThan(1.5);
});
