import { expect, it } from 'vitest';
import { plainReason, probeProviders } from './probe';

it("leaves out the place in the runtime's source with which its messages begin", () => {
  const told =
    '/onnxruntime_src/onnxruntime/core/providers/webgpu/webgpu_context.cc:136 onnxruntime::webgpu::WebGpuContext::Initialize(const WebGpuContextConfig&)::<lambda()> status == wgpu::RequestAdapterStatus::Success was false. Failed to get a WebGPU adapter: No supported adapters\nand a second line';
  expect(plainReason(told)).toBe('Failed to get a WebGPU adapter: No supported adapters');
  expect(plainReason('libfoo.so.1: cannot open shared object file')).toBe(
    'libfoo.so.1: cannot open shared object file',
  );
});

it('tells which provider it tries, and stops between two when it is cancelled', async () => {
  const controller = new AbortController();
  const tried: string[] = [];
  const probing = probeProviders(1, {
    signal: controller.signal,
    onTry: (name) => {
      tried.push(name);
      controller.abort();
    },
  });
  await expect(probing).rejects.toMatchObject({ name: 'AbortError' });
  expect(tried).toEqual(['cpu']);
});
