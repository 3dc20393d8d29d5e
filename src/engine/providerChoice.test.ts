import { expect, it } from 'vitest';
import { automaticChoice, standing } from './providerChoice';
import type { ProbedProvider } from './providerChoice';

const cpu: ProbedProvider = {
  name: 'cpu',
  available: true,
  device: 'CPU, 2 threads',
  reason: '',
  isInstallable: false,
  gflops: 50,
  error: 0,
  bits: 24,
};
const cuda: ProbedProvider = { ...cpu, name: 'cuda', device: 'cuda', gflops: 5000, error: 1e-6 };
const webgpu: ProbedProvider = { ...cuda, name: 'webgpu', gflops: 800 };

it('chooses the first accelerator that is faster than the CPU', () => {
  expect(automaticChoice([cpu, cuda, webgpu]).chosen).toBe(cuda);
  expect(automaticChoice([cpu, { ...cuda, gflops: 40 }, webgpu]).chosen).toBe(webgpu);
});

it('stays with the CPU where every accelerator is slower or computes other numbers', () => {
  expect(automaticChoice([cpu, { ...cuda, error: 0.2 }, { ...webgpu, gflops: 10 }]).chosen).toBe(cpu);
  expect(automaticChoice([cpu, { ...cuda, bits: 11 }]).chosen).toBe(cpu);
  expect(automaticChoice([cpu, { ...cuda, error: NaN }]).chosen).toBe(cpu);
});

it('says of each provider in one line why it is chosen or not', () => {
  const missing = { ...webgpu, available: false, device: '', reason: 'there is no adapter' };
  const rough: ProbedProvider = { ...webgpu, name: 'dml', error: 0.2 };
  const late: ProbedProvider = { ...webgpu, name: 'coreml', gflops: 9000 };
  const probes = [cpu, cuda, missing, rough, late];
  expect(probes.map((probe) => standing(probe, probes))).toEqual([
    'not faster than cuda: 50 GFLOP/s against 5000 on cuda',
    '5000 GFLOP/s against 50 on the CPU',
    'there is no adapter',
    "its numbers differ from the CPU's by 0.2",
    'works, but "auto" tries cuda first',
  ]);
  const [, slow] = [cpu, { ...webgpu, gflops: 10 }];
  expect(standing(slow, [cpu, slow])).toBe('not faster than the CPU: 10 GFLOP/s against 50 on the CPU');
});
