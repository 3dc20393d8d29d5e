import { Command } from 'commander';
import { addFlags, flagsOf } from './flags';
import { measured } from './measured';
import { whereAsked } from './onCluster';

export function analyzeCommand(): Command {
  const command = new Command('analyze')
    .description('Measure the loss landscape around the weights and judge it.')
    .argument('<model>', 'the .onnx file')
    .action((model: string) =>
      measured(
        model,
        flagsOf(command),
        whereAsked('analyze', [model], async () => {
          const { analyze } = await import('../analysis/analyze');
          return (options, hooks) => analyze(model, options, hooks);
        }),
      ),
    );
  return addFlags(command).addHelpText('after', AFTER);
}

const AFTER = `
MODEL.landscape.json beside the model supplies options that the command line leaves out, and the preset supplies the rest.
Exit codes: 0 done, 1 internal error, 2 wrong input, 3 a --fail-on verdict is present, 130 cancelled.`;
