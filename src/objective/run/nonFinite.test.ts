import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { modelFile } from '../../../test/unit/modelFile';
import { node } from '../../../test/unit/sourceGraph';
import { tensor } from '../../graph/tensor';
import type { AnalysisOptions } from '../../options/options';
import { resolveOptions } from '../../options/presets';
import { openObjective } from '../open/openObjective';

async function why(model: string, options: AnalysisOptions, figure: 'loss' | 'gradient') {
  const opened = await openObjective(model, resolveOptions({ provider: 'cpu', threads: 1, ...options }));
  try {
    return await opened.whyNotFinite(figure);
  } finally {
    await opened.objective.dispose();
  }
}

it('names the sample with an empty mask, and the mean over nothing', async () => {
  const folder = resolve(__dirname, '../../../test/fixtures/cases/nan-sample-not-named');
  const cause = await why(join(folder, 'model.onnx'), { data: join(folder, 'data.npz') }, 'loss');
  expect(cause?.what).toMatch(/sample 3 .*Div .*divides 0 by 0/);
  expect(cause?.action).not.toMatch(/Check the weights/);
});

it('names the sample and the operator whose slope is infinite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ridgeline-'));
  try {
    const inputs = [{ name: 'x', dtype: 'float32' as const, shape: [null, 2] }];
    const parts = {
      nodes: [node('Add', 'x w', 's'), node('Sqrt', 's', 'y')],
      initializers: { w: tensor('float32', [2], [1, 2]) },
      inputs,
      outputs: ['y'],
    };
    const x = tensor('float32', [3, 2], [1, 2, 3, 4, -1, 5]);
    const files = await modelFile(folder, parts as never, { x, target: x });
    expect(await why(files.model, { data: files.data, loss: 'mse' }, 'loss')).toBeNull();
    // In one batch, and in two lanes of batches of one sample.
    for (const options of [{}, { batch: 1, threads: 2 }]) {
      const cause = await why(files.model, { data: files.data, loss: 'mse', ...options }, 'gradient');
      expect(cause?.what).toMatch(/gradient of sample 2 .*derivative of "Sqrt of y"/);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
