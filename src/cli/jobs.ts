import { Command } from 'commander';
import { UserError } from '../errors';
import type { AnalysisOptions } from '../options/options';
import { cacheFolder } from '../options/cacheFolder';
import type { ClusterPlan } from '../cluster/plan';
import { runsIn } from '../cluster/runFolder';
import type { RunFolder } from '../cluster/runFolder';
import { requireIdle, runState } from '../cluster/runState';
import type { RunState } from '../cluster/runState';
import { runName } from '../cluster/submitRun';
import { queuedJobs } from '../cluster/slurm/queue';
import { shown } from '../foreignText';
import { counted, formatCount } from '../text/counts';
import { columns } from './columns';
import { addFlags, flagsOf } from './flags';
import { measured } from './measured';

/** The flags of `ridgeline jobs gather`: where the report is written. */
const OUTPUTS: (keyof AnalysisOptions)[] = ['output', 'html', 'markdown', 'failOn', 'quiet', 'cache'];

const PHASES: Record<RunState['phase'], string> = {
  finished: 'finished',
  running: 'running',
  waiting: 'waits for machines',
  cancelled: 'cancelled',
  stopped: 'stopped',
};

export function jobsCommand(): Command {
  const command = new Command('jobs').description('List the runs that were handed to a cluster, and where they stand.');
  addFlags(command, ['cache']).action(() => listRuns(folderOf(flagsOf(command))));
  const child = (name: string, description: string) => {
    const made = new Command(name).description(description).argument('<run>', 'the beginning of its name');
    command.addCommand(made);
    return made;
  };
  const cancel = child('cancel', 'Cancel the jobs of a run. What was measured stays.');
  addFlags(cancel, ['cache']).action(async (run: string) => cancelOne(await find(run, flagsOfJobs(cancel))));
  const gather = child('gather', 'Wait for the report of a run, and submit what is missing if nothing runs.');
  addFlags(gather, OUTPUTS).action(async (run: string) =>
    gatherOne(await find(run, flagsOfJobs(gather)), flagsOfJobs(gather)),
  );
  const remove = child('remove', 'Delete a run with everything that it measured.');
  addFlags(remove, ['cache']).action(async (run: string) => removeOne(await find(run, flagsOfJobs(remove))));
  return command;
}

/** `jobs` takes --cache itself, and so parses the flag even where it stands behind `cancel`. */
const flagsOfJobs = (command: Command): AnalysisOptions => command.optsWithGlobals<AnalysisOptions>();

interface FoundRun {
  folder: RunFolder;
  plan: ClusterPlan;
}

const folderOf = ({ cache }: AnalysisOptions): string => cache ?? cacheFolder();

async function listRuns(cache: string): Promise<void> {
  const runs = await runsOf(cache);
  if (runs.length === 0) {
    process.stdout.write('No runs. Start one with "ridgeline analyze MODEL --cluster slurm".\n');
    return;
  }
  const jobs = await queuedJobs();
  const rows = await Promise.all(
    runs.map(async ({ folder, plan }) => {
      const { phase, parts, tasks } = await runState(folder, plan, jobs);
      const { command, places } = plan.request;
      const at = tasks.running + tasks.waiting > 0 ? `${counted(tasks.running, 'task')} running` : '';
      return [
        runName(plan),
        PHASES[phase],
        plan.gang
          ? counted(plan.gang.shards, 'shard')
          : `${formatCount(parts.done)} of ${counted(parts.total, 'part')}`,
        at,
        `${command} ${shown(places.join(' '))}`,
      ];
    }),
  );
  process.stdout.write(`${columns([['run', 'state', 'measured', 'now', 'what'], ...rows]).join('\n')}\n`);
}

async function cancelOne({ folder, plan }: FoundRun): Promise<void> {
  const { cancelRun } = await import('../analysis/cluster/runOnCluster');
  await cancelRun(folder, plan);
  const { parts } = await runState(folder, plan, []);
  const kept = `${formatCount(parts.done)} of ${counted(parts.total, 'part')}`;
  process.stdout.write(
    `Cancelled ${runName(plan)}. ${kept} are kept; "ridgeline jobs gather ${runName(plan)}" continues.\n`,
  );
}

async function gatherOne({ folder, plan }: FoundRun, flags: AnalysisOptions): Promise<void> {
  const [submitted] = (await folder.submissions()).slice(-1);
  const settings = submitted ?? { jobs: null, sbatch: [] };
  const { options, places } = plan.request;
  await measured(places[0], { ...options, ...flags }, () =>
    Promise.resolve(async (_, hooks) => {
      const { continueRun } = await import('../analysis/cluster/runOnCluster');
      return continueRun(folder, settings, hooks);
    }),
  );
}

async function removeOne({ folder, plan }: FoundRun): Promise<void> {
  await requireIdle(folder, plan);
  await folder.remove();
  process.stdout.write(`Removed ${runName(plan)}.\n`);
}

/** @throws UserError if no run, or more than one, has this name */
async function find(name: string, flags: AnalysisOptions): Promise<FoundRun> {
  const runs = await runsOf(folderOf(flags));
  const found = runs.filter(({ plan }) => plan.id.startsWith(name));
  if (found.length === 1) return found[0];
  throw new UserError({
    what: found.length === 0 ? `No run is named «${shown(name)}».` : `Several runs begin with «${shown(name)}».`,
    where: [folderOf(flags)],
    action: '"ridgeline jobs" lists the runs.',
  });
}

/** The runs that can be read; others are left alone. */
async function runsOf(cache: string): Promise<FoundRun[]> {
  const found = (await runsIn(cache)).map(async (folder): Promise<FoundRun[]> => {
    try {
      return [{ folder, plan: await folder.plan() }];
    } catch (error) {
      if (error instanceof UserError) return [];
      throw error;
    }
  });
  return (await Promise.all(found)).flat();
}
