import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { reportFromJson } from '../../src/report/json';
import type { Report } from '../../src/report/report';
import { fixtureFolder } from './reference';

/** The Vulkan software driver of Debian's chromium. It is slow, but takes the same path as a graphics card. */
const DRIVER = '/usr/lib/chromium/vk_swiftshader_icd.json';

async function analyzed(name: string, provider: 'cpu' | 'webgpu'): Promise<Report> {
  const scratch = mkdtempSync(join(tmpdir(), 'ridgeline-webgpu-'));
  const [model, data] = ['model.onnx', 'data.npz'].map((file) => join(fixtureFolder(name), file));
  const output = join(scratch, 'report.json');
  const options = [
    '--provider',
    provider,
    '--samples',
    '16',
    '--only',
    'loss,gradient,ggn',
    '--top',
    '1',
    '--lanczos-steps',
    '6',
  ];
  try {
    const cli = resolve(__dirname, '../../dist/cli.js');
    await promisify(execFile)(
      process.execPath,
      [cli, 'analyze', model, '--data', data, ...options, '--output', output, '--cache', scratch, '--quiet'],
      {
        env: { ...process.env, VK_ICD_FILENAMES: DRIVER },
      },
    );
    return reportFromJson(readFileSync(output, 'utf8'));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

it('finds the software driver that the tests install', () => expect(existsSync(DRIVER)).toBe(true));

it('gives the same figures on WebGPU as on the CPU', async () => {
  const [cpu, gpu] = [await analyzed('mlp_digits_untrained', 'cpu'), await analyzed('mlp_digits_untrained', 'webgpu')];
  expect(gpu.provider!.used).toBe('webgpu');
  expectSame(gpu, cpu);
});

it('gives the same figures for a model that WebGPU computes wrongly, and says where they were computed', async () => {
  // Convolutions of six channels come out wrong on the runtime's WebGPU, at least on this driver.
  const [cpu, gpu] = [await analyzed('lenet_fashion', 'cpu'), await analyzed('lenet_fashion', 'webgpu')];
  expectSame(gpu, cpu);
  const { used, fallbacks } = gpu.provider!;
  expect(used === 'webgpu' || /loss|gradient|product/.test(fallbacks[0].reason)).toBe(true);
});

function expectSame(gpu: Report, cpu: Report): void {
  expect(gpu.objective!.loss / cpu.objective!.loss).toBeCloseTo(1, 4);
  expect(gpu.gradient!.norm / cpu.gradient!.norm).toBeCloseTo(1, 3);
  expect(gpu.gradient!.curvature! / cpu.gradient!.curvature!).toBeCloseTo(1, 3);
  expect(gpu.gradient!.hessianProductNorm! / cpu.gradient!.hessianProductNorm!).toBeCloseTo(1, 3);
  expect(gpu.spectrum!.ggn!.top[0].value / cpu.spectrum!.ggn!.top[0].value).toBeCloseTo(1, 3);
}
