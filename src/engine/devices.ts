import { readdirSync } from 'node:fs';
import type { ProviderName } from './runtime';

/** NVIDIA's driver for Linux has a folder here for each of its devices. */
const NVIDIA_DEVICES = '/proc/driver/nvidia/gpus';

/**
 * Number of devices of a provider to use. CUDA devices are counted in the driver's folder. The other providers use one:
 * WebGPU offers no choice of adapter, and DirectML and CoreML do not report their number.
 */
export function deviceCount(provider: ProviderName, folder = NVIDIA_DEVICES): number {
  if (provider !== 'cuda') return 1;
  try {
    return Math.max(1, readdirSync(folder).length);
  } catch {
    // Another system, or a container that shows the devices and not their folder.
    return 1;
  }
}
