import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { areInstalled, CUDA_LIBRARIES } from './install/libraries';
import type { ProviderName } from './runtime';
import { vulkanDrivers } from './vulkanDrivers';

/** Paths of the Vulkan loader in Linux distributions. */
const LIBRARY_FOLDERS = [
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/usr/lib64',
  '/usr/lib',
  '/usr/local/lib',
  '/lib64',
];

/**
 * The library or driver that a provider needs and that is missing. This check runs before the provider is tried, because
 * the runtime would print its own message to stderr.
 */
export function lackingLibrary(provider: ProviderName): string | null {
  if (process.platform !== 'linux') return null;
  if (provider === 'cuda') return lackingForCuda(runtimeFolder());
  if (provider === 'webgpu') return lackingForVulkan();
  return null;
}

function lackingForVulkan(): string | null {
  if (!vulkanLoader()) return 'there is no Vulkan loader (libvulkan.so.1) on this machine';
  if (vulkanDrivers().length > 0) return null;
  return 'no Vulkan driver is installed: install that of the graphics card, or name its manifest in VK_DRIVER_FILES';
}

/** Folder of the runtime's binding, in which it looks for the libraries of its providers. */
export function runtimeFolder(): string {
  const main = createRequire(__filename).resolve('onnxruntime-node');
  return join(dirname(main), '..', 'bin', 'napi-v6', process.platform, process.arch);
}

export function areCudaLibrariesInstalled(): boolean {
  return areInstalled(CUDA_LIBRARIES, runtimeFolder());
}

function lackingForCuda(folder: string): string | null {
  if (!areInstalled(CUDA_LIBRARIES, folder)) {
    return 'its libraries are not installed; "ridgeline providers --install cuda", or "Install CUDA Libraries…" in VS Code, installs them';
  }
  const missing = unresolved(join(folder, CUDA_LIBRARIES.files.at(-1)!));
  return missing.length > 0 ? lackingText(missing) : null;
}

/**
 * Names of the shared libraries that a library is linked with and the loader does not find. `ldd` asks the loader
 * itself, without running anything of the library.
 */
export function unresolved(library: string): string[] {
  try {
    const listing = execFileSync('ldd', [library], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const names = [...listing.matchAll(/^\s*(\S+) => not found/gm)].map((match) => match[1]);
    // The runtime loads its own parts before those that need them.
    return [...new Set(names)].filter((name) => !CUDA_LIBRARIES.files.includes(name));
  } catch {
    // Without ldd, or for a file that is not a library, the runtime reports what it lacks.
    return [];
  }
}

/** "libcublasLt.so.12 (CUDA) and libcudnn.so.9 (cuDNN) are not found: install them, or …" */
export function lackingText(missing: readonly string[]): string {
  const named = missing.map((name) => `${name}${owner(name)}`);
  const list = named.length < 2 ? named.join('') : `${named.slice(0, -1).join(', ')} and ${named.at(-1)}`;
  const them = named.length < 2 ? 'is not found: install it' : 'are not found: install them';
  return `${list} ${them}, or name the folder in LD_LIBRARY_PATH`;
}

function owner(library: string): string {
  if (library.startsWith('libcudnn')) return ' (cuDNN)';
  if (library.startsWith('libcuda.')) return ' (NVIDIA driver)';
  return /^lib(cu|nv)/.test(library) ? ' (CUDA)' : '';
}

function vulkanLoader(): boolean {
  const named = (process.env.LD_LIBRARY_PATH ?? '').split(':').filter((folder) => folder !== '');
  return [...named, ...LIBRARY_FOLDERS].some((folder) => existsSync(join(folder, 'libvulkan.so.1')));
}
