import { Command } from 'commander';
import type { AnalysisOptions } from '../options/options';
import { checksThat, stateOf } from '../report/checkState';
import { formatNumber } from '../text/numbers';
import { sinkOf } from './measured';
import { columns } from './columns';
import { EXIT } from './exit';
import { addFlags, flagsOf } from './flags';
import { softInterrupt } from './interrupt';
import { paintFor } from './paint';
import { progressLine, silent } from './progress';
import { optionsFor, withData } from './request';

/** The flags that affect a verification. The other flags choose what an analysis measures. */
const FLAGS: (keyof AnalysisOptions)[] = [
  'data',
  'input',
  'target',
  'sampleWeights',
  'loss',
  'lossOutput',
  'classAxis',
  'shiftLabels',
  'ignoreIndex',
  'scale',
  'samples',
  'batch',
  'provider',
  'seed',
  'parameters',
  'weightDecay',
  'threads',
  'memory',
  'quiet',
];

const STATE = { passed: 'ok', failed: 'FAILED', unjudged: 'not judged' };

export function verifyCommand(): Command {
  const command = new Command('verify')
    .description(
      'Check the derivatives on this model: finite differences, symmetry, two-step curvature. Exits with code 1 if a check fails. A check that could not be judged does not fail.',
    )
    .argument('<model>', 'the .onnx file')
    .action((model: string) => verifyModel(model, flagsOf(command)));
  return addFlags(command, FLAGS);
}

async function verifyModel(model: string, flags: AnalysisOptions): Promise<void> {
  const { verify } = await import('../analysis/verify');
  const { stderr, stdout } = process;
  const options = await withData(model, await optionsFor(model, flags), (text) => stderr.write(text));
  const progress = options.quiet ? silent : progressLine(sinkOf(stderr));
  const interrupt = softInterrupt(() => progress.clear());
  try {
    const checks = await verify(model, options, {
      signal: interrupt.signal,
      onProgress: (state) => progress.show(state),
    });
    progress.clear();
    const paint = paintFor(stdout, process.env);
    const lines = columns(
      checks.map((check) => [
        STATE[stateOf(check)],
        check.name,
        formatNumber(check.value, 3),
        `limit ${formatNumber(check.limit, 3)}`,
        check.detail,
      ]),
    );
    const tint = { passed: (line: string) => line, failed: paint.red, unjudged: paint.dim };
    stdout.write(`${lines.map((line, i) => tint[stateOf(checks[i])](line)).join('\n')}\n`);
    if (checksThat('failed', checks).length > 0) process.exitCode = EXIT.ourFault;
  } catch (error) {
    progress.clear();
    if (!interrupt.signal.aborted) throw error;
    stderr.write('Cancelled.\n');
    process.exitCode = EXIT.interrupted;
  } finally {
    interrupt.dispose();
  }
}
