import type { ClusterPlan } from './plan';
import type { RunFolder } from './runFolder';
import { UserError } from '../errors';
import type { QueuedJob } from './slurm/queue';
import { queuedJobs } from './slurm/queue';
import { jobName, runName } from './submitRun';

/**
 * Where a run stands:
 * - `finished`: the report is there
 * - `running`, `waiting`: jobs run, or wait for machines
 * - `cancelled`: the user stopped it
 * - `stopped`: nothing runs and there is no report; it can be continued
 */
export type RunPhase = 'finished' | 'running' | 'waiting' | 'cancelled' | 'stopped';

export interface RunState {
  phase: RunPhase;
  parts: { done: number; total: number };
  /** Tasks that run and that wait. */
  tasks: { running: number; waiting: number };
  /** Share of the expected time that the parts there have taken, 0 to 1. */
  fraction: number;
  /** Messages of parts that failed. */
  failures: string[];
}

/** Looks where a run stands. @param jobs Slurm's queue */
export async function runState(folder: RunFolder, plan: ClusterPlan, jobs: readonly QueuedJob[]): Promise<RunState> {
  const there = await folder.partsThere();
  const own = jobs.filter(({ name }) => name === jobName(plan.id));
  const tasksIn = (isRunning: boolean) =>
    own.filter(({ state }) => (state !== 'PENDING') === isRunning).reduce((sum, { tasks }) => sum + tasks, 0);
  const tasks = { running: tasksIn(true), waiting: tasksIn(false) };
  const failures = [...(await folder.failures()).values()];
  const total = plan.parts.reduce((sum, { seconds }) => sum + seconds, 0);
  const done = plan.parts.reduce((sum, { seconds }, i) => sum + (there.has(i) ? seconds : 0), 0);
  const phaseOf = async (): Promise<RunPhase> => {
    if (await folder.hasReport()) return 'finished';
    if (tasks.running > 0) return 'running';
    if (tasks.waiting > 0) return 'waiting';
    return (await folder.isCancelled()) ? 'cancelled' : 'stopped';
  };
  return {
    phase: await phaseOf(),
    parts: { done: there.size, total: plan.parts.length },
    tasks,
    fraction: total > 0 ? done / total : 1,
    failures,
  };
}

/** @throws UserError if jobs of the run wait or run */
export async function requireIdle(folder: RunFolder, plan: ClusterPlan): Promise<void> {
  const { phase } = await runState(folder, plan, await queuedJobs());
  if (phase !== 'running' && phase !== 'waiting') return;
  throw new UserError({
    what: `${runName(plan)} is under way on the cluster.`,
    where: [folder.path],
    action: `Cancel it first: ridgeline jobs cancel ${runName(plan)}.`,
  });
}
