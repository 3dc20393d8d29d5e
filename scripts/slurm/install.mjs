// Installs Slurm and munge from Debian's own packages, where they are missing.
import { existsSync } from 'node:fs';
import { ensureDebian } from '../install.mjs';

/** Package → a file that shows it is there. The plugins come with slurmctld and slurmd. */
export const SLURM_PACKAGES = {
  munge: '/usr/sbin/munged',
  'slurm-client': '/usr/bin/sbatch',
  slurmctld: '/usr/sbin/slurmctld',
  slurmd: '/usr/sbin/slurmd',
};

/** Why Slurm cannot run on this system at all; null where it can. */
export function whyNoSlurm() {
  return process.platform === 'linux' ? null : `Slurm runs on Linux, and this is ${process.platform}.`;
}

/** @throws where packages are missing and apt-get, root or sudo to install them are missing, too; names the packages */
export function ensureSlurm() {
  const why = whyNoSlurm();
  if (why) throw new Error(why);
  const missing = Object.keys(SLURM_PACKAGES).filter((name) => !existsSync(SLURM_PACKAGES[name]));
  if (missing.length === 0) return;
  if (!existsSync('/usr/bin/apt-get')) {
    throw new Error(
      `Slurm is missing, and there is no apt-get to install it. Install ${missing.join(', ')} as this system names ` +
        'them, with the programs in /usr/sbin and /usr/bin. Slurm must be built with support for several slurmd on ' +
        'one machine (configure --enable-multiple-slurmd), as Debian builds it.',
    );
  }
  ensureDebian(SLURM_PACKAGES);
}
