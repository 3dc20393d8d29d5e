import { readdirSync } from 'node:fs';
import type { ProviderName } from './runtime';

/** Where NVIDIA's driver for Linux has a folder for each of its devices. */
const NVIDIA_DEVICES = '/proc/driver/nvidia/gpus';

/**
 * How many devices of a provider take part. CUDA's are counted where the driver tells; of the other providers the first
 * one is used: WebGPU names no adapter to choose, DirectML and CoreML do not say how many there are.
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
