import { Command } from 'commander';
import type { AnalysisOptions } from '../options/options';
import { measured } from './measured';
import type { Measure } from './measured';
import { whereAsked } from './onCluster';
import { addFlags, flagsOf } from './flags';

/** The flags that affect a path. The others choose what an analysis of one model measures. */
const FLAGS: (keyof AnalysisOptions)[] = [
  'data',
  'testData',
  'input',
  'target',
  'scale',
  'sampleWeights',
  'loss',
  'lossOutput',
  'classAxis',
  'shiftLabels',
  'ignoreIndex',
  'samples',
  'batch',
  'provider',
  'precision',
  'seed',
  'preset',
  'parameters',
  'weightDecay',
  'learningRate',
  'momentum',
  'exact',
  'planeError',
  'top',
  'bottom',
  'lanczosSteps',
  'probes',
  'threads',
  'memory',
  'about',
  'output',
  'html',
  'failOn',
  'quiet',
  'cluster',
  'jobs',
  'sbatch',
  'cache',
  'fresh',
];

const AFTER = `
Checkpoints follow the numbers in their names (ckpt_9 before ckpt_10). Each is measured once: one more file costs one more
measurement, and a stopped run continues.
MODEL.landscape.json beside the last checkpoint supplies options that the command line leaves out.
Exit codes: 0 done, 1 internal error, 2 wrong input, 3 a --fail-on verdict is present, 130 cancelled.`;

export function pathCommand(): Command {
  const command = new Command('path')
    .description(
      'Follow the checkpoints of one training run: loss, gradient and curvature of each, and the plane of their path.',
    )
    .argument('<places...>', 'a folder of .onnx files, or the files')
    .action((places: string[]) => followCheckpoints(places, flagsOf(command)));
  return addFlags(command, FLAGS).addHelpText('after', AFTER);
}

async function followCheckpoints(places: readonly string[], flags: AnalysisOptions): Promise<void> {
  const { checkpointFiles } = await import('../analysis/path/checkpointFiles');
  const files = await checkpointFiles(places);
  const here = async (): Promise<Measure> => {
    const { followPath } = await import('../analysis/path/followPath');
    return (options, hooks) => followPath(places, options, hooks);
  };
  await measured(files[files.length - 1].path, flags, whereAsked('path', places, here));
}
