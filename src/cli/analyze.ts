import { Command } from 'commander';
import { UserError } from '../errors';
import { DIAGNOSTICS } from '../diagnostics/judge';
import { shownSentence } from '../foreignText';
import type { AnalysisOptions } from '../options/options';
import { nearest } from '../options/parse';
import type { AnalysisNote } from '../protocol/worker';
import type { Report } from '../report/report';
import { cacheFolder } from './cacheFolder';
import { earlyVerdicts } from './earlyVerdicts';
import { EXIT } from './exit';
import { addFlags, flagsOf } from './flags';
import { softInterrupt } from './interrupt';
import { checkOutputs, takesStdout, writeOutputs } from './outputs';
import { paintFor } from './paint';
import { progressLine, silent } from './progress';
import { optionsFor, withData } from './request';
import { summary } from './summary';

export function analyzeCommand(): Command {
  const command = new Command('analyze')
    .description('Measure the loss landscape around the weights and judge it.')
    .argument('<model>', 'the .onnx file')
    .action((model: string) => analyzeModel(model, flagsOf(command)));
  return addFlags(command).addHelpText('after', AFTER);
}

const AFTER = `
MODEL.landscape.json beside the model supplies options that the command line leaves out, and the preset supplies the rest.
Exit codes: 0 done, 1 internal error, 2 wrong input, 3 a --fail-on verdict is present, 130 cancelled.`;

async function analyzeModel(model: string, flags: AnalysisOptions): Promise<void> {
  const { stderr, stdout } = process;
  const asked = await optionsFor(model, flags);
  checkFailOn(asked.failOn ?? []);
  await checkOutputs(asked);
  const options = await withData(model, asked, (text) => stderr.write(text));

  const { analyze } = await import('../analysis/analyze');
  const progress = options.quiet ? silent : progressLine(sinkOf(stderr));
  const interrupt = softInterrupt(() => {
    progress.clear();
    stderr.write('Stopping after the current step; press Ctrl-C again to stop at once.\n');
  });
  const early = earlyVerdicts(paintFor(stderr, process.env));
  let partial: Report | null = null;
  try {
    const report = await analyze(model, options, {
      signal: interrupt.signal,
      onProgress: (state) => progress.show(state),
      onPartial(measured) {
        partial = measured;
        const lines = options.quiet ? [] : early(measured);
        if (lines.length === 0) return;
        progress.clear();
        stderr.write(`${lines.join('\n')}\n`);
      },
      cache: options.cache ?? cacheFolder(),
      onNote(note) {
        progress.clear();
        if (!options.quiet) stderr.write(`${shownSentence(noteText(note))}\n`);
      },
    });
    progress.clear();
    const files = await writeOutputs(report, options);
    if (!options.quiet) {
      const told = (await takesStdout(options)) ? stderr : stdout;
      told.write(summary(report, { paint: paintFor(told, process.env), columns: widthOf(told), files }));
    }
    const failed = failures(report, options.failOn ?? []);
    if (failed.length > 0) {
      stderr.write(`Verdicts of --fail-on that are present: ${failed.join(', ')}.\n`);
      process.exitCode = EXIT.failOn;
    }
  } catch (error) {
    progress.clear();
    if (!interrupt.signal.aborted || error instanceof UserError) throw error;
    const files = partial ? await writeOutputs({ ...(partial as Report), complete: false }, options) : [];
    stderr.write(files.length > 0 ? `Cancelled. ${files.join(' and ')} contains what was measured.\n` : 'Cancelled.\n');
    process.exitCode = EXIT.interrupted;
  } finally {
    interrupt.dispose();
  }
}

function noteText({ kind, text }: AnalysisNote): string {
  return kind === 'found' ? text.replace(/\.$/, '; --fresh measures again.') : text;
}

function checkFailOn(ids: readonly string[]): void {
  const known = DIAGNOSTICS.map((diagnostic) => diagnostic.id);
  const unknown = ids.find((id) => !known.includes(id));
  if (unknown === undefined) return;
  const near = nearest(unknown, known);
  throw new UserError({
    what: `The verdict «${unknown}» does not exist.`,
    where: ['--fail-on'],
    action: `${near ? `Did you mean «${near}»? ` : ''}Verdicts are ${known.join(', ')}.`,
  });
}

function failures(report: Report, ids: readonly string[]): string[] {
  return report.diagnostics.filter(({ id, verdict }) => verdict === 'present' && ids.includes(id)).map(({ id }) => id);
}

const PIPE_WIDTH = 100;

/** Returns the width of a terminal, or a readable width for files and pipes. */
function widthOf(stream: NodeJS.WriteStream): number {
  return stream.isTTY ? stream.columns : PIPE_WIDTH;
}

export function sinkOf(stream: NodeJS.WriteStream): { write(text: string): void; isTTY: boolean; columns: number } {
  return { write: (text) => void stream.write(text), isTTY: stream.isTTY, columns: widthOf(stream) };
}
