import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSlurm } from '../../scripts/slurm/slurm.mjs';

/** Starts one cluster for all tests. They find it by SLURM_CONF, as a user's programs find theirs. */
export async function setup(): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'ridgeline-slurm-'));
  const slurm = await startSlurm(folder);
  Object.assign(process.env, slurm.env);
  return async () => {
    await slurm.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}
