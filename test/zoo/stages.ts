import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Report } from '../../src/report/report';
import { checkNetwork, TOLERANCE, writeRandomNetwork } from './checkNetwork';
import type { Measured } from './measured';
import { runMeasured } from './measured';

/** What was done with a network, and what came of it. */
export interface StageResult {
  ok: boolean;
  seconds: number;
  /** Peak resident memory of the process that did it, in GiB. */
  peak: number;
  text: string;
}

/** Where a network and the program are, and where files may be written. */
export interface StageContext {
  path: string;
  /** The built command line. */
  commandLine: string;
  scratch: string;
}

const failure = ({ code, stderr, seconds, peak }: Measured): StageResult => ({
  ok: false,
  seconds,
  peak,
  text: `exit code ${code}: ${stderr.trim().split('\n').slice(-6).join(' ')}`,
});

/** What is done with each network, in this order. */
export const STAGES = {
  /** `inspect` of the file as it is: everything can be differentiated. */
  async inspect({ path, commandLine }: StageContext): Promise<StageResult> {
    const run = await runMeasured(commandLine, ['inspect', path]);
    if (run.code !== 0) return failure(run);
    const { seconds, peak, stdout } = run;
    const text = stdout.split('\n').find((line) => / parameters? \(/.test(line)) ?? '';
    return { ok: !/Cannot be differentiated/.test(stdout), seconds, peak, text: text.trim() };
  },

  /** `analyze --preset quick` with random weights on one generated sample: a complete report. */
  async analyze({ path, commandLine, scratch }: StageContext): Promise<StageResult> {
    const [model, output] = [join(scratch, 'random.onnx'), join(scratch, 'report.json')];
    const written = await runMeasured(process.argv[1], ['--write', path, model]);
    if (written.code !== 0) return failure(written);
    // Parts that are named are measured, however long they take: quick leaves some out where a network is large.
    const parts = ['--only', 'loss,gradient,spectrum,ggn,lines,plane'];
    const options = ['--preset', 'quick', ...parts, '--data', 'generated', '--batch', '1', '--provider', 'cpu'];
    const run = await runMeasured(commandLine, ['analyze', model, ...options, '--output', output, '--cache', scratch]);
    if (run.code !== 0) return failure(run);
    const { seconds, peak } = run;
    const report = JSON.parse(await readFile(output, 'utf8')) as Report;
    const hessian = report.spectrum?.hessian;
    const top = hessian?.top[0];
    const ok = report.complete && Boolean(hessian) && report.lines.length > 0 && report.planes.length > 0;
    const text = `‖g‖ ${report.gradient?.norm.toPrecision(4)}, λ_max ${top?.value.toPrecision(4)} ± ${top?.residual.toExponential(1)}`;
    return { ok, seconds, peak, text };
  },

  /** Derivatives along the gradient against central differences. */
  async derivatives({ path, scratch }: StageContext): Promise<StageResult> {
    const run = await runMeasured(process.argv[1], ['--compare', path, scratch]);
    if (run.code !== 0) return failure(run);
    const { seconds, peak, stdout } = run;
    const comparisons = JSON.parse(stdout) as Awaited<ReturnType<typeof checkNetwork>>;
    const ok = comparisons.every(({ error }) => error <= TOLERANCE);
    const figures = comparisons.map(
      ({ what, exact, error }) => `${what} ${exact.toPrecision(4)} off by ${error.toExponential(1)}`,
    );
    return { ok, seconds, peak, text: figures.join('; ') };
  },
};

export type StageName = keyof typeof STAGES;

/** Parts of a stage that run in a process of their own, so that its memory is measured and given back. */
export const CHILD_PROGRAMS: Readonly<Record<string, (from: string, to: string) => Promise<void>>> = {
  '--write': (from, to) => writeRandomNetwork(from, to, { seed: 0, smooth: false }),
  '--compare': async (from, scratch) => {
    process.stdout.write(JSON.stringify(await checkNetwork(from, scratch)));
  },
};
