import { Command } from 'commander';
import { formatError, UserError } from '../errors';
import { EXIT } from './exit';
import { softInterrupt } from './interrupt';

/** What a task of a cluster runs. Slurm calls it, not a person, so the help does not list it. */
export function partCommand(): Command {
  return new Command('part')
    .description('Measure the parts of one task of a cluster.')
    .argument('<folder>', 'the folder of the run')
    .argument('<submission>', 'its number')
    .argument('<wave>', 'the number of the wave, or "gather"')
    .action(runPart);
}

async function runPart(path: string, submission: string, wave: string): Promise<void> {
  const { RunFolder } = await import('../cluster/runFolder');
  const folder = new RunFolder(path);
  const interrupt = softInterrupt(() => say('Stopping after the current step.'));
  const { signal } = interrupt;
  try {
    if (wave === 'gather') await gatherRun();
    else if ((await runArrayTask()) > 0) process.exitCode = EXIT.wrongInput;
  } catch (error) {
    if (!signal.aborted || error instanceof UserError) throw error;
    process.exitCode = EXIT.interrupted;
  } finally {
    interrupt.dispose();
  }

  async function runArrayTask(): Promise<number> {
    const { runTask } = await import('../analysis/cluster/runTask');
    const index = Number(process.env.SLURM_ARRAY_TASK_ID ?? 0);
    return runTask(folder, { submission: Number(submission), wave: Number(wave), index }, { signal, say });
  }

  async function gatherRun(): Promise<void> {
    const { gather } = await import('../analysis/cluster/gather');
    try {
      const report = await gather(folder, { signal, say });
      if (report) say('The report is written.');
    } catch (error) {
      if (error instanceof UserError) await folder.fail('gather', formatError(error)).catch(() => undefined);
      throw error;
    }
  }
}

function say(text: string): void {
  process.stdout.write(`${new Date().toISOString()}  ${text}\n`);
}
