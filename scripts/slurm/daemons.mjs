// Starts the daemons of a cluster, each with its log in the cluster's folder.
import { spawn } from 'node:child_process';
import { existsSync, openSync, closeSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** How long a daemon may take to be ready, in seconds: enough for a busy machine. */
const PATIENCE = 60;

/** Authenticates messages between the daemons, with a key of the cluster's own. */
export function startMunge(folder) {
  const at = (name) => `${folder}/munge/${name}`;
  return daemon(folder, 'munged', '/usr/sbin/munged', [
    '--foreground',
    // The folder may lie where others write: only this user's daemons use the key.
    '--force',
    `--socket=${at('socket')}`,
    `--key-file=${at('key')}`,
    `--pid-file=${at('pid')}`,
    `--seed-file=${at('seed')}`,
  ]);
}

export function startController(folder) {
  return daemon(folder, 'slurmctld', '/usr/sbin/slurmctld', ['-D', '-f', `${folder}/slurm.conf`]);
}

export function startSlurmd(folder, node) {
  return daemon(folder, `slurmd-${node}`, '/usr/sbin/slurmd', ['-D', '-N', node, '-f', `${folder}/slurm.conf`]);
}

/**
 * Waits until something holds.
 * @param what as the message names it: "the nodes are idle"
 * @param daemons those it depends on: their logs are shown where it does not come about
 */
export async function waitFor(what, holds, folder, daemons) {
  const started = performance.now();
  for (;;) {
    if (await holds()) return;
    const ended = daemons.find((each) => each.ended());
    const late = performance.now() - started > PATIENCE * 1000;
    if (ended || late) {
      const reason = ended ? `${ended.name} ended ${ended.ended()}` : `not within ${PATIENCE} s`;
      const logs = (ended ? [ended] : daemons).map((each) => lastLines(folder, each.name));
      throw new Error(`Slurm did not start: waited until ${what}, but ${reason}.\n${logs.join('\n')}`);
    }
    await pause(50);
  }
}

/** @returns the daemon's name, process id, and how it ended, null while it runs */
function daemon(folder, name, program, args) {
  const output = openSync(`${folder}/${name}.out`, 'a');
  const child = spawn(program, args, {
    cwd: folder,
    // A session of its own: Ctrl+C in a terminal reaches the one who started the cluster, who then stops it in order.
    detached: true,
    stdio: ['ignore', output, output],
    env: { ...process.env, SLURM_CONF: `${folder}/slurm.conf` },
  });
  closeSync(output);
  let ended = null;
  child.once('error', (error) => (ended = `at once: ${error.message}`));
  child.once('exit', (code, signal) => (ended = signal ? `by ${signal}` : `with code ${code}`));
  child.unref();
  return { name, pid: child.pid, ended: () => ended };
}

function lastLines(folder, name) {
  const files = [`${folder}/${name}.log`, `${folder}/${name}.out`].filter((file) => existsSync(file));
  const file = files.find((each) => readFileSync(each, 'utf8').trim() !== '');
  if (!file) return `${name} wrote no log.`;
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n').slice(-15);
  return `The last lines of ${file}:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}
