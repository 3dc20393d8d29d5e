import { UserError } from '../errors';
import { shownSentence } from '../foreignText';
import type { AnalysisOptions } from '../options/options';
import type { AnalysisNote, Progress } from '../protocol/worker';
import type { Report } from '../report/report';
import { cacheFolder } from '../options/cacheFolder';
import { comparisonSummary } from './comparisonSummary';
import { earlyVerdicts } from './earlyVerdicts';
import { EXIT } from './exit';
import { softInterrupt } from './interrupt';
import { checkOutputs, takesStdout, writeOutputs } from './outputs';
import { paintFor } from './paint';
import { progressLine, silent } from './progress';
import { optionsFor, withData } from './request';
import { summary } from './summary';

interface MeasureHooks {
  signal: AbortSignal;
  onProgress: (progress: Progress) => void;
  onPartial: (report: Report) => void;
  cache: string;
  onNote: (note: AnalysisNote) => void;
}

export type Measure = (options: AnalysisOptions, hooks: MeasureHooks) => Promise<Report>;

/**
 * Runs a command that measures and ends with a report: combines the options, shows progress and early verdicts, writes
 * the files and the summary, and sets the exit code.
 * @param model the model that an options file and data are looked for beside
 * @param load loads the code that measures, after the options were found to be right
 */
export async function measured(model: string, flags: AnalysisOptions, load: () => Promise<Measure>): Promise<void> {
  const { stderr, stdout } = process;
  const asked = await optionsFor(model, flags);
  await checkOutputs(asked);
  const options = await withData(model, asked, (text) => stderr.write(text));

  const measure = await load();
  const progress = options.quiet ? silent : progressLine(sinkOf(stderr));
  const interrupt = softInterrupt(() => {
    progress.clear();
    stderr.write('Stopping after the current step; press Ctrl-C again to stop at once.\n');
  });
  const early = earlyVerdicts(paintFor(stderr, process.env));
  let partial: Report | null = null;
  try {
    const report = await measure(options, {
      signal: interrupt.signal,
      onProgress: (state) => progress.show(state),
      onPartial(measured) {
        partial = measured;
        // A comparison has the verdicts of several models, which only its tables can tell apart.
        const lines = options.quiet || measured.comparison ? [] : early(measured);
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
      const text = report.comparison ? comparisonSummary : summary;
      told.write(text(report, { paint: paintFor(told, process.env), columns: widthOf(told), files }));
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

/** The verdicts that are present, in any of the models of a comparison. */
function failures({ diagnostics, comparison }: Report, ids: readonly string[]): string[] {
  const all = [...diagnostics, ...(comparison?.models ?? []).flatMap(({ verdicts }) => verdicts)];
  const present = all.filter(({ id, verdict }) => verdict === 'present' && ids.includes(id)).map(({ id }) => id);
  return [...new Set(present)];
}

const PIPE_WIDTH = 100;

/** Returns the width of a terminal, or a readable width for files and pipes. */
function widthOf(stream: NodeJS.WriteStream): number {
  return stream.isTTY ? stream.columns : PIPE_WIDTH;
}

export function sinkOf(stream: NodeJS.WriteStream): { write(text: string): void; isTTY: boolean; columns: number } {
  return { write: (text) => void stream.write(text), isTTY: stream.isTTY, columns: widthOf(stream) };
}
