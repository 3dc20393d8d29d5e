import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { analyze } from '../../src/analysis/analyze';
import { npzFile } from '../../src/data/testing/npyFile';
import { isExpected } from '../troubles/trouble';
import { TROUBLES } from '../troubles/troubles';
import { modelFile } from './modelFile';

/*
 * The telling ones of the models with known difficulties. `npm run troubles` judges all of them, at any preset and seed.
 */

let folder = '';
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'ridgeline-troubles-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

it.each([
  'rescaledConvolutions',
  'deepSigmoidConvolutions',
  'allChannelsDead',
  'linearConvolutionsAtZero',
  'lstmForgets',
  'gruExplodes',
  'equalGruUnits',
  'emptyRow',
  'logisticMinimum',
  'noisyLabels',
  'interpolatedLabels',
  'correlatedFeatures',
  'weightedMinimum',
  'overfittedRegression',
])('%s has the verdicts that are known', async (name) => {
  const { graph, data, test, options, expect: expected } = TROUBLES[name]();
  const files = await modelFile(folder, graph, data);
  const testData = join(folder, 'test.npz');
  if (test) await writeFile(testData, npzFile(test));
  const { diagnostics } = await analyze(files.model, {
    ...options,
    data: files.data,
    ...(test ? { testData } : {}),
    preset: 'quick',
    provider: 'cpu',
    threads: 1,
    only: ['loss', 'gradient', 'spectrum', 'dynamics'],
    line: [],
    plane: [],
  });
  const verdicts = new Map(diagnostics.map(({ id, verdict }) => [id, verdict]));
  const differing = Object.entries(expected).filter(([id, verdict]) => !isExpected(verdicts.get(id), verdict));
  expect(differing.map(([id, verdict]) => `${id}: ${verdicts.get(id)}, not ${verdict}`)).toEqual([]);
});
