import { describe, expect, it } from 'vitest';
import type { Inspection } from '../protocol/worker';
import { inspectionPage, providersPage, verificationPage } from './markdown';

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
  time: 'An analysis of 1,000 samples takes about 10 s.',
  loss: { loss: 'cross_entropy', reason: 'the graph ends in Gemm' },
  refused: null,
  warnings: [],
};

describe('inspectionPage', () => {
  it('lists what the model has and omits empty parts', () => {
    const page = inspectionPage(inspection);
    expect(page).toContain('61,706 parameters (241 KiB)');
    expect(page).toContain('| c1.weight | \\[6, 1, 5, 5\\] | 150 | weight of Conv |');
    expect(page).toContain('every operator has a derivative');
    expect(page).toContain('An analysis of 1,000 samples takes about 10 s.');
    expect(page).toContain('up to about 286 MiB of memory with one batch of data, of 14.9 GiB here');
    expect(page).not.toContain('## Warnings');
  });

  it('shows names as text, whatever they contain', () => {
    const name = 'a|b\n[x](http://y) <img>';
    const page = inspectionPage({ ...inspection, inputs: [{ name, type: 't', shape: 's' }] });
    expect(page).toContain('| a\\|b\\\\n\\[x\\](http://y) \\<img\\> | t | s |');
  });

  it('names the nodes without a derivative first', () => {
    const page = inspectionPage({ ...inspection, unsupported: [{ node: 'n1', operator: 'Foo', reason: 'no rule' }] });
    expect(page.indexOf('Cannot be differentiated')).toBeLessThan(page.indexOf('## Inputs'));
    expect(page).toContain('**No gradients:** 1 nodes');
  });
});

describe('verificationPage', () => {
  it('counts the failed checks', () => {
    const checks = [
      { name: 'symmetry', value: 1e-7, limit: 1e-4, passed: true, detail: '' },
      { name: 'finite differences', value: NaN, limit: 1e-3, passed: false, detail: 'c1.weight' },
    ];
    expect(verificationPage('/m.onnx', checks)).toContain('**1 of 2 checks failed.**');
    expect(verificationPage('/m.onnx', checks)).toContain('| ✗ | finite differences | NaN |');
    const open = checks.map((check) => ({ ...check, passed: true, judged: check.limit === 1e-4 }));
    expect(verificationPage('/m.onnx', open)).toContain('Checks: 1 passed, 1 could not be judged.');
    expect(verificationPage('/m.onnx', open)).toContain('| ? | finite differences | NaN |');
  });
});

describe('providersPage', () => {
  it('gives figures only for providers that run', () => {
    const page = providersPage(
      [
        { name: 'cpu', available: true, device: 'CPU, 2 threads', gflops: 81.23, error: 0, bits: 24 },
        { name: 'webgpu', available: false, device: 'no adapter', gflops: 0, error: 0, bits: 0 },
      ],
      'cpu',
      'the only one here',
    );
    expect(page).toContain('| **cpu** | CPU, 2 threads | 81.2 |');
    expect(page).toContain('| webgpu | no adapter | – | – |');
  });
});
