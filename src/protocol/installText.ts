import { formatBytes } from '../text/sizes';
import type { InstallPlan } from './worker';

/** Describes the download of a provider's libraries to the user, in lines of a label and a text. */
export function planLines({ url, bytes, folder, files }: InstallPlan): [label: string, text: string][] {
  return [
    ['from', `${url} (${formatBytes(bytes)}; its SHA-512 is checked)`],
    ['to', folder],
    ['files', files.join(', ')],
  ];
}

export const CUDA_NEEDS =
  "They run on NVIDIA graphics cards. They need the driver and NVIDIA's CUDA and cuDNN libraries, which the package does not contain.";
