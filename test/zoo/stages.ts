import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Report } from '../../src/report/report';
import { checkNetwork, TOLERANCE, writeRandomNetwork } from './checkNetwork';
import type { Measured } from './measured';
import { runMeasured } from './measured';

/** The outcome of one stage for one network. */
export interface StageResult {
  ok: boolean;
  seconds: number;
  /** Peak resident memory of the process that did it, in GiB. */
  peak: number;
  text: string;
}

/** Where the network and the program are, and where a stage may write files. */
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

/** The stages that each network goes through, in this order. */
export const STAGES = {
  /** Runs `inspect` on the file as it is. Passes if everything can be differentiated. */
  async inspect({ path, commandLine }: StageContext): Promise<StageResult> {
    const run = await runMeasured(commandLine, ['inspect', path]);
    if (run.code !== 0) return failure(run);
    const { seconds, peak, stdout } = run;
    const text = stdout.split('\n').find((line) => / parameters? \(/.test(line)) ?? '';
    return { ok: !/Cannot be differentiated/.test(stdout), seconds, peak, text: text.trim() };
  },

  /** Runs `analyze --preset quick` with random weights on one generated sample. Passes if the report is complete. */
  async analyze({ path, commandLine, scratch }: StageContext): Promise<StageResult> {
    const [model, output] = [join(scratch, 'random.onnx'), join(scratch, 'report.json')];
    const written = await runMeasured(process.argv[1], ['--write', path, model]);
    if (written.code !== 0) return failure(written);
    // The quick preset leaves out some parts of large networks. Parts that are named are always measured.
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

  /** Compares derivatives along the gradient with central differences. */
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

/** Parts of a stage that run in a process of their own, so that their memory is measured alone and then freed. */
export const CHILD_PROGRAMS: Readonly<Record<string, (from: string, to: string) => Promise<void>>> = {
  '--write': (from, to) => writeRandomNetwork(from, to, { seed: 0, smooth: false }),
  '--compare': async (from, scratch) => {
    process.stdout.write(JSON.stringify(await checkNetwork(from, scratch)));
  },
};
