import { copyFile, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { writeSidecar } from '../options/sidecar';
import { findData } from './findData';

const fixtures = new URL('../../test/fixtures/', import.meta.url).pathname;

test.each([
  ['lenet_fashion', '1,000 samples: input [1000, 1, 28, 28] float32, target [1000] int64', 'cross_entropy'],
  ['linear_illconditioned', '400 samples: input [400, 8] float32, target [400, 1] float32', 'mse'],
  ['linear_saddle', '500 samples: input [500, 3] float32, target [500, 3] float32', 'mse'],
])('data.npz beside %s fits, and the loss is guessed', async (name, description, loss) => {
  const [found, ...others] = await findData(join(fixtures, name, 'model.onnx'));
  expect(found).toMatchObject({ path: join(fixtures, name, 'data.npz'), description, fits: true, loss: { loss } });
  expect(others).toEqual([]);
});

let folder: string;
let model: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-find-'));
  model = join(folder, 'mlp.onnx');
  await copyFile(join(fixtures, 'mlp_digits', 'model.onnx'), model);
});

test('data named by the sidecar come first with their loss, and data that do not fit say why', async () => {
  await copyFile(join(fixtures, 'mlp_digits', 'data.npz'), join(folder, 'digits.npz'));
  await copyFile(join(fixtures, 'linear_saddle', 'data.npz'), join(folder, 'mlp.npz'));
  await writeSidecar(model, { data: join(folder, 'digits.npz'), loss: 'mse' });
  const found = await findData(model);
  expect(found).toMatchObject([
    { path: join(folder, 'digits.npz'), fits: true, loss: { loss: 'mse', reason: 'from the options file' } },
    { path: join(folder, 'mlp.npz'), fits: false, samples: 0, loss: null },
  ]);
  expect(found[1].description).toContain('input [500, 3] float32 does not fit');
});

test('data that the sidecar does not name are read by its keys, and have its loss', async () => {
  const [x, y] = [Array.from({ length: 64 }, (_, i) => `x${i}`), Array(64).fill(0.5)];
  const rows = [
    [...x, 'digit', 'weight'],
    [...y, 3, 1],
    [...y, 4, 2],
  ];
  await writeFile(join(folder, 'data.csv'), rows.map((row) => row.join(',')).join('\n'));
  await writeSidecar(model, { target: 'digit', sampleWeights: 'weight', loss: 'nll' });
  expect(await findData(model)).toMatchObject([
    { fits: true, samples: 2, loss: { loss: 'nll', reason: 'from the options file' } },
  ]);
});

test('files given by a person are examined too, and a missing one is reported', async () => {
  const given = join(fixtures, 'mlp_digits', 'data.npz');
  const found = await findData(model, [given, join(folder, 'nowhere.npz')]);
  expect(found.map(({ fits }) => fits)).toEqual([true, false]);
  expect(found[1].description).toBe('This file or folder does not exist.');
});

test('inputs without targets do not fit', async () => {
  await writeFile(join(folder, 'data.csv'), Array.from({ length: 3 }, () => Array(64).fill(0.5).join(',')).join('\n'));
  expect(await findData(model)).toMatchObject([
    { fits: false, samples: 3, description: expect.stringContaining('no targets') },
  ]);
});

test('a folder without data gives an empty list', async () => {
  expect(await findData(model)).toEqual([]);
});
