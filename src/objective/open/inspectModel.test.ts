import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AnalysisOptions } from '../../options/options';
import { resolveOptions } from '../../options/presets';
import { inspectModel } from './inspectModel';
import { openObjective } from './openObjective';

const folder = resolve(__dirname, '../../../test/fixtures/lenet_fashion');

/** Returns what the inspection says without data, and what an analysis with the same options says. */
async function told(options: AnalysisOptions) {
  const resolved = resolveOptions({ provider: 'cpu', data: `${folder}/data.npz`, ...options });
  const inspection = await inspectModel(`${folder}/model.onnx`, resolved);
  const opened = await openObjective(`${folder}/model.onnx`, resolved);
  await opened.objective.dispose();
  return { inspection, opened };
}

describe('the memory that an inspection tells', () => {
  it.each([0.4, 0.6, 2])('is what an analysis takes with the same budget: %d GiB', async (memory) => {
    // The batch is large enough that a second lane pays off.
    const batch = 200;
    const { inspection } = await told({ memory, batch, samples: batch });
    const { lanes, total, weights, graphs, basis, residualsPerBatch } = inspection.memory!;
    const { opened } = await told({ memory, batch, samples: lanes * batch });
    expect(opened.lanes).toBe(lanes);
    expect({ total, weights, graphs, basis, residuals: lanes * residualsPerBatch }).toEqual(opened.memory);
  });

  it('is for the batches that the budget makes', async () => {
    const samples = 400;
    const sizes: number[] = [];
    for (const memory of [0.4, 2]) {
      const { inspection, opened } = await told({ memory, samples });
      const { lanes, samplesPerBatch } = inspection.memory!;
      const most = Math.min(samplesPerBatch, samples / lanes);
      expect(opened.lanes).toBe(lanes);
      expect(opened.batchSize).toBe(Math.ceil(samples / (lanes * Math.ceil(samples / most / lanes))));
      sizes.push(most);
    }
    expect(sizes[0]).toBeLessThan(sizes[1]);
  });

  it('comes with a warning where the budget does not hold the model', async () => {
    const { inspection, opened } = await told({ memory: 0.05, batch: 10, samples: 10 });
    const sentence = /takes about .*, more than the 51\.2 MiB it was given/;
    expect(inspection.warnings.join('\n')).toMatch(sentence);
    expect(opened.notes.join('\n')).toMatch(sentence);
  });
});
