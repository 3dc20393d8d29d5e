import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { modelFile } from '../unit/modelFile';
import type { GraphParts } from '../unit/sourceGraph';
import { ints, node, weights } from '../unit/sourceGraph';
import { analyze } from '../../src/analysis/analyze';
import type { GangPlan } from '../../src/analysis/gang/gangPlan';
import { writeGangPlan } from '../../src/analysis/gang/gangPlan';
import type { AnalysisOptions } from '../../src/options/options';
import type { Report } from '../../src/report/report';
import { root } from './commandLine';

const N = 61;
/** Small, so that most of the time is that of the products; the last batch is not full. */
const NETWORK: GraphParts = {
  nodes: [node('MatMul', 'x w', 'h'), node('Tanh', 'h', 'a'), node('MatMul', 'a v', 'y')],
  initializers: { w: weights('w', [4, 40]), v: weights('v', [40, 3]) },
};
const DATA = { x: weights('inputs', [N, 4]), target: ints(Array.from({ length: N }, (_, i) => (i * 7) % 3)) };

let files: { model: string; data: string };
const options = (): AnalysisOptions => ({
  data: files.data,
  batch: 8,
  provider: 'cpu',
  threads: 1,
  preset: 'quick',
  only: ['loss', 'gradient', 'spectrum'],
  // Many products, so that a run can be stopped between them.
  probes: 20,
  lanczosSteps: 30,
});

/** On a busy machine, processes take long to start. */
const PATIENCE_MS = 240_000;

let folder = '';
let starter = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-gang-'));
  files = await modelFile(folder, NETWORK, DATA);
  starter = join(root, 'test-artifacts/cli/gang/start.js');
  await build({
    absWorkingDir: root,
    stdin: {
      contents: `import { runRank } from './src/cli/rank/main'; void runRank(process.argv[2]).then((code) => process.exit(code));`,
      resolveDir: root,
      loader: 'ts',
    },
    outfile: starter,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    mainFields: ['module', 'main'],
    external: ['onnxruntime-node'],
    logLevel: 'error',
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Every process of a test, so that none outlives it. */
let processes: ChildProcess[] = [];
afterEach(() => {
  for (const each of processes) each.kill('SIGKILL');
  processes = [];
});

interface Rank {
  process: ChildProcess;
  ended: Promise<{ code: number | null; text: string }>;
}

/** Starts all ranks of a run as srun does. */
function start(run: string, ranks: number, restart = 0): Rank[] {
  return Array.from({ length: ranks }, (_, rank) => {
    const env = {
      ...process.env,
      SLURM_PROCID: String(rank),
      SLURM_NTASKS: String(ranks),
      SLURM_JOB_ID: '7',
      SLURM_STEP_ID: '0',
      SLURM_RESTART_COUNT: String(restart),
    };
    const child = fork(starter, [run], { env, silent: true });
    processes.push(child);
    let text = '';
    child.stdout!.on('data', (part) => (text += String(part)));
    child.stderr!.on('data', (part) => (text += String(part)));
    return { process: child, ended: new Promise((done) => child.on('close', (code) => done({ code, text }))) };
  });
}

async function planned(name: string, plan: Partial<GangPlan> = {}): Promise<string> {
  const run = join(folder, name);
  await mkdir(run);
  await writeGangPlan(run, { model: files.model, options: options(), shards: 4, together: 4, ...plan });
  return run;
}

const reportOf = (run: string) => JSON.parse(readFileSync(join(run, 'report.json'), 'utf8')) as Report;

/** The figures of a report, without what tells when and by whom they were measured. */
function figures(report: Report): unknown {
  return { ...report, timings: null, provenance: null, notes: null, model: null };
}

describe('ranks that share the data', { timeout: PATIENCE_MS }, () => {
  let alone: Report;

  it('measure the same bits, however many they are', async () => {
    const reports: Report[] = [];
    for (const ranks of [1, 2, 4]) {
      const run = await planned(`of ${ranks}`);
      const outcomes = await Promise.all(start(run, ranks).map(({ ended }) => ended));
      expect(
        outcomes.map(({ code }) => code),
        outcomes.map(({ text }) => text).join('\n'),
      ).toEqual(Array<number>(ranks).fill(0));
      reports.push(reportOf(run));
    }
    [alone] = reports;
    for (const report of reports) expect(figures(report)).toEqual(figures(alone));
    expect(reports[2].notes!.at(-1)).toMatch(/^Measured by 4 ranks on /);
  });

  it('measure what one machine measures, within the noise floor', async () => {
    const single = await analyze(files.model, options());
    const [own, truth] = [alone.spectrum!.hessian!, single.spectrum!.hessian!];
    expect(alone.objective!.loss).toBeCloseTo(single.objective!.loss, 9);
    expect(alone.objective!.standardError).toBeCloseTo(single.objective!.standardError!, 9);
    expect(alone.gradient!.norm / single.gradient!.norm).toBeCloseTo(1, 5);
    const floor = truth.noiseFloor! + own.noiseFloor!;
    for (const [i, { value, residual }] of truth.top.entries()) {
      expect(Math.abs(own.top[i].value - value)).toBeLessThanOrEqual(floor + residual + own.top[i].residual);
    }
    expect(alone.diagnostics.map(({ id, verdict }) => [id, verdict])).toEqual(
      single.diagnostics.map(({ id, verdict }) => [id, verdict]),
    );
  });

  it('end together when one is killed, and continue from the journal with the same bits', async () => {
    // Products for some seconds, since the journal is written every now and then.
    const long = { options: { ...options(), probes: 40 } };
    const whole = await planned('whole', long);
    expect((await start(whole, 1)[0].ended).code).toBe(0);
    const run = await planned('killed', long);
    const first = start(run, 2);
    const journals = join(run, 'cache/journals');
    // The journal is long enough that products are in it.
    for (let size = 0; size < 30_000; await wait(20)) {
      const names = await readdir(journals).catch(() => []);
      const sizes = names.map(async (name) => (await stat(join(journals, name)).catch(() => ({ size: 0 }))).size);
      size = Math.max(0, ...(await Promise.all(sizes)));
      expect(first[0].process.exitCode).toBeNull();
    }
    first[1].process.kill('SIGKILL');
    const { code, text } = await first[0].ended;
    expect(text).toMatch(/Rank 1 was lost/);
    expect(code).toBe(75);

    const again = await Promise.all(start(run, 2, 1).map(({ ended }) => ended));
    expect(again.map(({ code: own }) => own)).toEqual([0, 0]);
    const [, products] = /([\d,]+) of at most [\d,]+ products are there/.exec(again[0].text)!;
    expect(Number(products.replaceAll(',', ''))).toBeGreaterThan(0);
    expect(figures(reportOf(run))).toEqual(figures(reportOf(whole)));
  });

  it('say which rank lacks its file', async () => {
    const run = await planned('without data', { options: { ...options(), data: '/nowhere/data.npz' } });
    const outcomes = await Promise.all(start(run, 2).map(({ ended }) => ended));
    expect(outcomes[0].code).toBe(2);
    expect(outcomes[0].text).toMatch(/nowhere\/data\.npz/);
    expect(outcomes[1].code).toBe(2);
  });

  it('have nothing to do where the report is there', async () => {
    const run = await planned('done');
    expect((await Promise.all(start(run, 2).map(({ ended }) => ended))).map(({ code }) => code)).toEqual([0, 0]);
    await rm(join(run, 'report.json'));
    const again = await Promise.all(start(run, 2, 1).map(({ ended }) => ended));
    expect(again.map(({ code }) => code)).toEqual([0, 0]);
    expect(again[0].text).toMatch(/Found the finished report/);
    expect(figures(reportOf(run))).toEqual(figures(alone));
  });
});

it('refuses a folder without a plan', { timeout: PATIENCE_MS }, async () => {
  const run = join(folder, 'empty');
  await mkdir(run);
  const [{ ended }] = start(run, 1);
  expect(await ended).toMatchObject({ code: 2, text: expect.stringMatching(/holds no plan/) as string });
  await writeFile(join(run, 'gang.json'), '{"model": 3}');
  const [second] = start(run, 1, 1);
  expect(await second.ended).toMatchObject({ code: 2, text: expect.stringMatching(/holds no plan/) as string });
});
