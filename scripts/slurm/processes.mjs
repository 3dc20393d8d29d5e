// Finds and ends the processes of a cluster: its daemons, the managers of its steps, and all that its jobs started.
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

const DAEMONS = ['munged', 'slurmctld', 'slurmd', 'slurmstepd'];

/**
 * Slurm gives every process of a job the cluster's name and the node's in its environment. Its daemons overwrite
 * theirs, but hold their log open.
 * @param folder the cluster's
 * @param name the cluster's
 * @param node the processes of this node alone; by default those of the whole cluster
 * @returns process ids, daemons first
 */
export function processesOf(folder, name, node) {
  const logs = node ? [`${folder}/slurmd-${node}.log`] : null;
  const isDaemon = (pid) =>
    DAEMONS.includes(program(pid)) &&
    openFiles(pid).some((file) => (logs ? logs.includes(file) : file.startsWith(`${folder}/`)));
  const isTask = (pid) => {
    const environment = read(pid, 'environ').split('\0');
    return (
      environment.includes(`SLURM_CLUSTER_NAME=${name}`) && (!node || environment.includes(`SLURMD_NODENAME=${node}`))
    );
  };
  const all = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  const pids = all.map(Number).filter((pid) => pid !== process.pid);
  const daemons = pids.filter(isDaemon);
  return [...daemons, ...pids.filter((pid) => !daemons.includes(pid) && isTask(pid))];
}

/** Ends them all at once, as a power cut does: they stop first, so that none can report the end of another. */
export function cutPower(folder, name, node) {
  const stopped = new Set();
  for (;;) {
    const fresh = processesOf(folder, name, node).filter((pid) => !stopped.has(pid));
    if (fresh.length === 0) break;
    for (const pid of fresh) {
      signal(pid, 'SIGSTOP');
      stopped.add(pid);
    }
  }
  for (const pid of stopped) signal(pid, 'SIGKILL');
}

/** Sends a signal; a process that has ended meanwhile is left alone. */
export function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

function program(pid) {
  // Debian's programs are links to slurmctld-wlm and so on.
  return basename(unlessGone(() => readlinkSync(`/proc/${pid}/exe`), '')).replace(/-wlm$/, '');
}

function openFiles(pid) {
  const open = unlessGone(() => readdirSync(`/proc/${pid}/fd`), []);
  return open.map((fd) => unlessGone(() => readlinkSync(`/proc/${pid}/fd/${fd}`), ''));
}

function read(pid, file) {
  return unlessGone(() => readFileSync(`/proc/${pid}/${file}`, 'utf8'), '');
}

/** Processes end while they are looked at, and those of other users cannot be. */
function unlessGone(look, otherwise) {
  try {
    return look();
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(error.code)) return otherwise;
    throw error;
  }
}
