// Analyses the bundled sample over a real Slurm of two nodes on this machine, which it installs and starts, and stops
// at the end. Takes what `npm start` takes: the user's own model and options.
//   node scripts/cluster.mjs [MODEL --data FILE] [options of `ridgeline analyze`]
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ensureBuilt, ensureNodeModules, root } from './install.mjs';
import { startSlurm } from './slurm/slurm.mjs';

ensureNodeModules();
ensureBuilt();

const folder = mkdtempSync(join(tmpdir(), 'ridgeline-slurm-'));
// Ctrl+C reaches the analysis, too, which cancels its jobs and ends; then the cluster stops.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {});
let slurm;
try {
  slurm = await startSlurm(folder);
  console.log(`started Slurm with two nodes, n1 and n2 (SLURM_CONF=${slurm.env.SLURM_CONF})`);
  process.exitCode = await analyze();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await slurm?.stop();
  if (process.exitCode === 0) rmSync(folder, { recursive: true, force: true });
}

function analyze() {
  const args = ['--cluster', 'slurm', '--jobs', '2', ...process.argv.slice(2)];
  const child = spawn(process.execPath, [resolve(root, 'scripts/start.mjs'), ...args], {
    stdio: 'inherit',
    env: { ...process.env, ...slurm.env },
  });
  return new Promise((done) => child.once('exit', (code) => done(code ?? 1)));
}
