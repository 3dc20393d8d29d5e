import { Command } from 'commander';
import type { AnalysisOptions } from '../options/options';
import { OPTIONS } from '../options/table';
import { addFlags, flagsOf } from './flags';
import { measured } from './measured';
import { whereAsked } from './onCluster';

/** Options that concern one model alone. */
const OF_ONE: readonly (keyof AnalysisOptions)[] = ['saveBest', 'profile', 'about'];

export function compareCommand(): Command {
  const command = new Command('compare')
    .description('Compare models on the same data: every figure side by side, and the loss between them.')
    .argument('<models...>', 'two or more .onnx files; differences are taken from the first')
    .action((models: string[]) =>
      measured(
        models[0],
        flagsOf(command),
        whereAsked('compare', models, async () => {
          const { compareModels } = await import('../analysis/compare/compareModels');
          return (options, hooks) => compareModels(models, options, hooks);
        }),
      ),
    );
  const flags = OPTIONS.filter(
    ({ name, commands }) => !OF_ONE.includes(name) && (commands?.includes('compare') ?? true),
  );
  return addFlags(
    command,
    flags.map(({ name }) => name),
  ).addHelpText('after', AFTER);
}

const AFTER = `
All models are measured on the same data, with the same options, seed and directions. MODEL.landscape.json beside the
first model supplies options that the command line leaves out.
Exit codes: 0 done, 1 internal error, 2 wrong input, 3 a --fail-on verdict is present in a model, 130 cancelled.`;
