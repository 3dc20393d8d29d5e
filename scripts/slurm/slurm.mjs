// A real Slurm on this one machine, without systemd and without root: a controller, and each node a slurmd of its own.
// Other programs reach it by SLURM_CONF in their environment.
import { execFile, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { slurmConf } from './configuration.mjs';
import { startController, startMunge, startSlurmd, waitFor } from './daemons.mjs';
import { ensureSlurm } from './install.mjs';
import { freePorts } from './ports.mjs';
import { cutPower, processesOf, signal } from './processes.mjs';

const KEEPER = fileURLToPath(new URL('keeper.mjs', import.meta.url));

/**
 * Installs what is missing and starts a cluster. It stops when `stop` is called, or when this process ends, however
 * that happens.
 * @param at an empty or new folder for configuration, state, sockets and logs
 * @returns when all nodes are idle: the folder, the environment in which Slurm's commands find the cluster, and `stop`,
 *   which ends the cluster and all that runs on it, and returns when no process is left
 */
export async function startSlurm(at, { nodes = ['n1', 'n2'], maxArraySize = 1001 } = {}) {
  ensureSlurm();
  mkdirSync(at, { recursive: true });
  const folder = realpathSync(at);
  if (existsSync(`${folder}/slurm.conf`)) throw new Error(`There has been a cluster in ${folder}: name a new folder.`);
  const name = `ridgeline${randomBytes(6).toString('hex')}`;
  const ports = await freePorts(1 + nodes.length);
  writeFileSync(`${folder}/name`, name);
  writeFileSync(`${folder}/slurm.conf`, slurmConf({ folder, name, ports, nodes, maxArraySize }));
  chmodSync(folder, 0o755);
  mkdirSync(`${folder}/state`);
  mkdirSync(`${folder}/munge`, { mode: 0o755 });
  writeFileSync(`${folder}/munge/key`, randomBytes(1024), { mode: 0o400 });
  const stop = await startKeeper(folder);

  try {
    const munge = startMunge(folder);
    await waitFor('munged listens', () => existsSync(`${folder}/munge/socket`), folder, [munge]);
    const daemons = [startController(folder), ...nodes.map((node) => startNodeIn(folder, node))];
    await waitFor('all nodes are idle', async () => (await idleNodes(folder)).length === nodes.length, folder, daemons);
  } catch (error) {
    await stop();
    throw error;
  }
  return { folder, env: environmentOf(folder), stop };
}

/** What must be in the environment of Slurm's commands. */
export const environmentOf = (folder) => ({ SLURM_CONF: `${folder}/slurm.conf` });

/** Starts a node's slurmd and waits until the controller has work for it. */
export async function startNode(folder, node) {
  const daemon = startNodeIn(folder, node);
  await waitFor(`${node} is idle`, async () => (await idleNodes(folder)).includes(node), folder, [daemon]);
}

/** Ends a node and everything that runs on it, as if the machine lost power. The controller is not told. */
export function killNode(folder, node) {
  cutPower(folder, nameOf(folder), node);
}

/** What runs of the cluster, jobs included. */
export const slurmProcesses = (folder) => processesOf(folder, nameOf(folder));

/** Ends the daemons and everything that runs on them. The keeper does this. */
export async function endProcesses(folder, name) {
  const left = () => processesOf(folder, name);
  // Asked politely, munged and slurmctld take their sockets and locks away.
  for (const pid of left()) signal(pid, 'SIGTERM');
  for (let tries = 0; tries < 20 && left().length > 0; tries++) await pause(50);
  while (left().length > 0) {
    cutPower(folder, name);
    await pause(20);
  }
}

/** The cluster's name, which marks its jobs. */
export const nameOf = (folder) => readFileSync(`${folder}/name`, 'utf8');

/** @returns what stops the cluster, by letting go of its keeper, once the keeper watches */
async function startKeeper(folder) {
  const keeper = fork(KEEPER, [folder], { detached: true, stdio: 'ignore', execArgv: [] });
  const ended = new Promise((done) => keeper.once('exit', done));
  await Promise.race([
    new Promise((done) => keeper.once('message', done)),
    ended.then((code) => Promise.reject(new Error(`The keeper of the cluster ended at once with code ${code}.`))),
  ]);
  // The keeper does not hold this process: it is the other way round.
  keeper.unref();
  keeper.channel.unref();
  return async () => {
    keeper.ref();
    if (keeper.connected) keeper.disconnect();
    await ended;
  };
}

function startNodeIn(folder, node) {
  mkdirSync(`${folder}/spool-${node}`, { recursive: true });
  return startSlurmd(folder, node);
}

async function idleNodes(folder) {
  const env = { ...process.env, ...environmentOf(folder) };
  const args = ['--noheader', '--Node', '--states=idle', '--format=%N %t'];
  // Until the controller listens, the command fails.
  const { stdout } = await promisify(execFile)('/usr/bin/sinfo', args, { env, timeout: 10_000 }).catch(() => ({
    stdout: '',
  }));
  // "idle*" is a node that does not answer.
  return stdout.split('\n').flatMap((line) => (line.endsWith(' idle') ? [line.split(' ')[0]] : []));
}
