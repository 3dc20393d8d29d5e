import { areInstalled, CUDA_LIBRARIES, install, planInstall, remove } from '../engine/install/libraries';
import { runtimeFolder } from '../engine/libraries';
import { RUNTIME_VERSION } from '../engine/runtime';
import { UserError } from '../errors';
import type { InstallPlan, InstallState, Progress } from '../protocol/worker';

const NUGET = 'https://api.nuget.org/v3/index.json';

/** Reports whether the CUDA libraries are installed and, if not, what an installation would fetch. @throws UserError */
export async function cudaState(signal?: AbortSignal): Promise<InstallState> {
  const folder = cudaFolder();
  if (areInstalled(CUDA_LIBRARIES, folder)) return { kind: 'installed', folder };
  const runtime = { feed: NUGET, version: RUNTIME_VERSION, folder };
  return { kind: 'missing', plan: await planInstall(CUDA_LIBRARIES, runtime, signal) };
}

/** Installs the CUDA libraries. @throws UserError if they cannot be fetched or do not match the plan */
export async function installCuda(
  plan: InstallPlan,
  hooks: { signal?: AbortSignal; onProgress?: (progress: Progress) => void },
): Promise<void> {
  cudaFolder();
  await install(CUDA_LIBRARIES, plan, hooks);
}

/** Removes the CUDA libraries. @returns their folder and the names of the removed libraries */
export async function removeCuda(): Promise<{ folder: string; removed: string[] }> {
  const folder = cudaFolder();
  return { folder, removed: await remove(CUDA_LIBRARIES, folder) };
}

function cudaFolder(): string {
  const platform = `${process.platform}/${process.arch}`;
  if (platform === 'linux/x64') return runtimeFolder();
  throw new UserError({
    what: 'ONNX Runtime has CUDA libraries for Node.js on Linux x64 only.',
    where: [`this machine: ${platform}`],
    action: '"ridgeline providers" lists what this machine can compute on.',
  });
}
