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
    // The data go in one batch, or in batches of one sample on two lanes.
    for (const options of [{}, { batch: 1, threads: 2 }]) {
      const cause = await why(files.model, { data: files.data, loss: 'mse', ...options }, 'gradient');
      expect(cause?.what).toMatch(/gradient of sample 2 .*derivative of "Sqrt of y"/);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

it.each([
  ['loss', /loss of sample 4 .*Log .*"Log of y"/],
  ['gradient', /gradient of samples 3 to 5 .*Log .*"Log of y"/],
] as const)('looks through the whole batch where samples act on each other: %s', async (figure, cause) => {
  const folder = await mkdtemp(join(tmpdir(), 'ridgeline-'));
  try {
    const parts = {
      nodes: [
        node('MatMul', 'x w', 'h'),
        node('BatchNormalization', 'h gamma beta mean variance', 'n m v', {
          training_mode: 1,
        }),
        // This is below 0 for the one sample that lies far from the others, but for no sample alone.
        node('Add', 'n one', 's'),
        node('Log', 's', 'y'),
      ],
      initializers: {
        w: tensor('float32', [1, 1], [1]),
        gamma: tensor('float32', [1], [1]),
        beta: tensor('float32', [1], [0]),
        mean: tensor('float32', [1], [0]),
        variance: tensor('float32', [1], [1]),
        one: tensor('float32', [1], [1.3]),
      },
      inputs: [{ name: 'x', dtype: 'float32' as const, shape: [null, 1] }],
      outputs: ['y'],
    };
    const x = tensor('float32', [6, 1], [0, 1, 0.5, 5, -5, 5.5]);
    const files = await modelFile(folder, parts as never, { x, target: x });
    const options = { data: files.data, loss: 'mse' as const, batch: 3 };
    expect((await why(files.model, options, figure))?.what).toMatch(cause);
  } finally {
    await rm(folder, { recursive: true });
  }
});
