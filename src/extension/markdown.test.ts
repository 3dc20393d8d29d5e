import { describe, expect, it } from 'vitest';
import { providersPage, verificationPage } from './markdown';

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
