import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { ProviderName } from './runtime';

/** Where Linux distributions keep the Vulkan loader. */
const LIBRARY_FOLDERS = [
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/usr/lib64',
  '/usr/lib',
  '/usr/local/lib',
  '/lib64',
];
const CUDA_PROVIDER = 'libonnxruntime_providers_cuda.so';

/**
 * The library that a provider cannot start without, if it is not there. Found before the provider is tried: the
 * runtime would say so in its own words on stderr.
 */
export function lackingLibrary(provider: ProviderName): string | null {
  if (process.platform !== 'linux') return null;
  if (provider === 'cuda' && !runtimeFiles().includes(CUDA_PROVIDER))
    return 'the CUDA libraries of ONNX Runtime are not installed';
  if (provider === 'webgpu' && !vulkanLoader()) return 'there is no Vulkan loader (libvulkan.so.1) on this machine';
  return null;
}

function vulkanLoader(): boolean {
  const named = (process.env.LD_LIBRARY_PATH ?? '').split(':').filter((folder) => folder !== '');
  return [...named, ...LIBRARY_FOLDERS].some((folder) => existsSync(join(folder, 'libvulkan.so.1')));
}

/** Names of all files below the runtime's binary folder. */
function runtimeFiles(): string[] {
  const main = createRequire(__filename).resolve('onnxruntime-node');
  const binaries = join(dirname(main), '..', 'bin');
  return readdirSync(binaries, { recursive: true }).map((path) => String(path).split(/[\\/]/).pop()!);
}
