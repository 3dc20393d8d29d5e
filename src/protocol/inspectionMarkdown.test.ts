import { describe, expect, it } from 'vitest';
import { inspectionMarkdown } from './inspectionMarkdown';
import type { Inspection } from './worker';

const inspection: Inspection = {
  path: '/models/lenet.onnx',
  opset: 17,
  irVersion: 8,
  producer: 'pytorch',
  inputs: [{ name: 'input', type: 'float32', shape: '[N, 1, 28, 28]' }],
  outputs: [{ name: 'logits', type: 'float32', shape: '[N, 10]' }],
  parameterCount: 61706,
  parameters: [{ name: 'c1.weight', shape: [6, 1, 5, 5], count: 150, reason: 'weight of Conv' }],
  constants: [],
  operators: [{ operator: 'Conv', count: 2, derivative: 'yes' }],
  unsupported: [],
  stillWorks: [],
  cost: { nodes: 12, flopsPerSample: 840000, parameterBytes: 246824 },
  memory: {
    total: 3e8,
    weights: 2e8,
    graphs: 8e7,
    basis: 1e7,
    lanes: 1,
    residualsPerBatch: 1e7,
    samplesPerBatch: 64,
    machine: 16e9,
  },
  expectedSeconds: { quick: 5, standard: 10, thorough: 60 },
  time: 'An analysis of 1,000 samples takes about 10 s.',
  loss: { loss: 'cross_entropy', reason: 'the graph ends in Gemm' },
  refused: null,
  warnings: [],
};

describe('inspectionMarkdown', () => {
  it('lists what the model has and omits empty parts', () => {
    const page = inspectionMarkdown(inspection);
    expect(page).toContain('61,706 parameters (241 KiB)');
    expect(page).toContain('| c1.weight | \\[6, 1, 5, 5\\] | 150 | weight of Conv |');
    expect(page).toContain('every operator has a derivative');
    expect(page).toContain('An analysis of 1,000 samples takes about 10 s.');
    expect(page).toContain('up to about 286 MiB of memory with one batch of data, of 14.9 GiB here');
    expect(page).not.toContain('## Warnings');
  });

  it('shows names as text, whatever they contain', () => {
    const name = 'a|b\n[x](http://y) <img>';
    const page = inspectionMarkdown({ ...inspection, inputs: [{ name, type: 't', shape: 's' }] });
    expect(page).toContain('| a\\|b\\\\n\\[x\\](http://y) \\<img\\> | t | s |');
  });

  it('names the nodes without a derivative first', () => {
    const page = inspectionMarkdown({
      ...inspection,
      unsupported: [{ node: 'n1', operator: 'Foo', reason: 'no rule' }],
    });
    expect(page.indexOf('Cannot be differentiated')).toBeLessThan(page.indexOf('## Inputs'));
    expect(page).toContain('**No gradients:** 1 nodes');
  });
});
