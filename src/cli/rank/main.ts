import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { analyzeSharded } from '../../analysis/gang/analyzeSharded';
import { GANG_REPORT, readGangPlan } from '../../analysis/gang/gangPlan';
import type { GangPlan } from '../../analysis/gang/gangPlan';
import { openShards } from '../../analysis/gang/openShards';
import { serveShards } from '../../cluster/gang/gang';
import { LostRankError } from '../../cluster/gang/lostRank';
import { rankPlace } from '../../cluster/gang/place';
import { RunFolder, ToldProgress } from '../../cluster/runFolder';
import { formatError, UserError } from '../../errors';
import { shownSentence } from '../../foreignText';
import { reportToJson } from '../../report/json';
import { writeWhole } from '../../writeWhole';
import { EXIT, report } from '../exit';
import { softInterrupt } from '../interrupt';
import { sinkOf } from '../measured';
import { progressLine } from '../progress';

/**
 * Runs one rank of a gang: rank 0 analyses and writes the report, and the others hold shards of the data for it.
 * @returns the exit code
 */
export async function runRank(folder: string): Promise<number> {
  const { stderr, env } = process;
  try {
    const place = rankPlace(folder, env);
    const plan = withThreads(await readGangPlan(folder), env);
    if (place.rank > 0) {
      await serveShards(place, () => openShards(plan, place));
      return EXIT.done;
    }
    const progress = progressLine(sinkOf(stderr));
    const told = new ToldProgress(new RunFolder(folder));
    const interrupt = softInterrupt(() => stderr.write('Stopping after the current step.\n'));
    try {
      const found = await analyzeSharded(plan, place, folder, {
        signal: interrupt.signal,
        onProgress(state) {
          progress.show(state);
          told.tell(state);
        },
        onNote: ({ text }) => stderr.write(`${shownSentence(text)}\n`),
      });
      await writeWhole(join(folder, GANG_REPORT), reportToJson(found));
      return EXIT.done;
    } catch (error) {
      if (interrupt.signal.aborted) return EXIT.interrupted;
      throw error;
    } finally {
      progress.clear();
      interrupt.dispose();
    }
  } catch (error) {
    if (!(error instanceof LostRankError)) {
      const text = error instanceof UserError ? formatError(error) : String(error);
      await new RunFolder(folder).fail('gather', text).catch(() => undefined);
      return report(error, (text) => stderr.write(text));
    }
    stderr.write(`${formatError(error)}\n`);
    return EXIT.lostRank;
  }
}

/** The number of threads decides the last digits, so it does not depend on who asks: the plan names it, or the job. */
function withThreads(plan: GangPlan, env: NodeJS.ProcessEnv): GangPlan {
  const ofJob = Number(env.SLURM_CPUS_PER_TASK);
  const threads = plan.options.threads ?? (ofJob >= 1 ? ofJob : availableParallelism());
  return { ...plan, options: { ...plan.options, threads } };
}
