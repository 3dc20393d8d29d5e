import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../errors';
import { formatBytes } from '../../text/sizes';
import { download } from './http';
import type { RemoteFile } from './http';
import { findPackage } from './nuget';
import { explained, inScratchFolder } from './scratchFolder';
import { extract, readDirectory } from './zip';

/** Libraries of a provider that the runtime's npm package lacks, and the NuGet package that contains them. */
export interface ProviderLibraries {
  package: string;
  /** Inside the package. */
  folder: string;
  /** In the order in which they are installed. */
  files: readonly string[];
}

/** The list of `script/install-metadata.js` of onnxruntime-node, without TensorRT, which Ridgeline does not use. */
export const CUDA_LIBRARIES: ProviderLibraries = {
  package: 'Microsoft.ML.OnnxRuntime.Gpu.Linux',
  folder: 'runtimes/linux-x64/native',
  files: ['libonnxruntime_providers_shared.so', 'libonnxruntime_providers_cuda.so'],
};

/** What will be downloaded, from where and to which folder, for the user to confirm. */
export interface PlannedInstall extends RemoteFile {
  package: string;
  version: string;
  /** The folder in which the runtime looks for its providers. */
  folder: string;
  files: readonly string[];
}

export interface InstallHooks {
  signal?: AbortSignal;
  onProgress?: (progress: { stage: string; detail?: string; fraction: number }) => void;
}

/** Share of the time; unpacking takes the rest, and only reads and writes the disk. */
const DOWNLOAD_SHARE = 0.9;

export function areInstalled({ files }: ProviderLibraries, folder: string): boolean {
  return files.every((file) => existsSync(join(folder, file)));
}

/**
 * Asks the feed for the libraries and checks that the folder is writable. It downloads nothing yet.
 * @param feed address of its service index
 * @param version of the runtime, which the libraries must have exactly
 * @throws UserError
 */
export async function planInstall(
  libraries: ProviderLibraries,
  { feed, version, folder }: { feed: string; version: string; folder: string },
  signal?: AbortSignal,
): Promise<PlannedInstall> {
  await inScratchFolder(folder, async () => undefined);
  const found = await findPackage(feed, libraries.package, version, signal);
  return { ...found, package: libraries.package, version, folder, files: libraries.files };
}

/**
 * Downloads the package, checks its hash, and unpacks the libraries beside the runtime. Whole files appear there as the
 * last step, so an interruption before leaves the folder unchanged.
 * @throws UserError if the package differs from its description, or cannot be downloaded or unpacked
 */
export async function install(
  libraries: ProviderLibraries,
  plan: PlannedInstall,
  { signal, onProgress }: InstallHooks = {},
): Promise<void> {
  await inScratchFolder(plan.folder, async (scratch) => {
    const archive = join(scratch, 'package.nupkg');
    const onBytes = (bytes: number): void => {
      const detail = `${formatBytes(bytes)} of ${formatBytes(plan.bytes)}`;
      onProgress?.({ stage: 'Downloading', detail, fraction: (DOWNLOAD_SHARE * bytes) / plan.bytes });
    };
    await download(plan, archive, { signal, onBytes });

    const directory = await readDirectory(archive);
    const entries = plan.files.map((file) => {
      const name = `${libraries.folder}/${file}`;
      const entry = directory.get(name);
      if (!entry)
        throw new UserError({ what: `The package does not contain ${name}.`, where: [plan.url], action: KEPT_NOTHING });
      return { file, entry };
    });
    const total = entries.reduce((sum, { entry }) => sum + entry.size, 0);
    let done = 0;
    for (const { file, entry } of entries) {
      const onBytes = (bytes: number): void => {
        const fraction = DOWNLOAD_SHARE + ((1 - DOWNLOAD_SHARE) * (done + bytes)) / total;
        onProgress?.({ stage: 'Unpacking', detail: file, fraction });
      };
      await extract(archive, entry, join(scratch, file), { signal, onBytes });
      done += entry.size;
    }
    signal?.throwIfAborted();
    for (const { file } of entries) await rename(join(scratch, file), join(plan.folder, file));
  });
}

/** @returns the names of the removed libraries */
export async function remove({ files }: ProviderLibraries, folder: string): Promise<string[]> {
  const there = files.filter((file) => existsSync(join(folder, file)));
  try {
    // In reverse order, because the runtime does not look for the others without the last.
    for (const file of there.toReversed()) await rm(join(folder, file));
  } catch (fault) {
    throw explained(fault, folder);
  }
  return there;
}

const KEPT_NOTHING = 'Nothing was kept.';
