import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  Analyze,
  Compare,
  FindCheckpoints,
  FindData,
  Follow,
  InstallCuda,
  MeasurePoint,
  Providers,
  Verify,
} from '../protocol/worker';
import type { AnalysisOptions } from '../options/options';
import type { AnalysisNote, Failure, Progress } from '../protocol/worker';
import type { Report } from '../report/report';
import { EngineClient, RequestFailure } from './engineClient';
import type { EngineClientOptions } from './engineClient';

let folder: string;
let client: EngineClient;
let lines: string[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ridgeline-engine-'));
  await build({
    entryPoints: ['test/worker/scriptedWorker.ts'],
    outfile: join(folder, 'worker.js'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    mainFields: ['module', 'main'],
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(() => {
  client = connect();
});
afterEach(() => client.dispose());

function connect(options: Partial<EngineClientOptions> = {}): EngineClient {
  const own: string[] = [];
  lines = own;
  return new EngineClient({ script: join(folder, 'worker.js'), log: (line) => own.push(line), ...options });
}

const analyze = (model: string, hooks = {}): Promise<Report> =>
  client.request(Analyze, { model, options: { seed: 3 } }, hooks);

async function failureOf(request: Promise<unknown>): Promise<Failure> {
  const error: unknown = await request.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof RequestFailure)) throw new Error(`not a RequestFailure: ${String(error)}`);
  return error.failure;
}

const plan = { package: '', version: '', url: '', bytes: 0, sha512: '', folder: '', files: [] };

describe('EngineClient', () => {
  it('follows checkpoints and lists them', async () => {
    const stages: string[] = [];
    const onProgress = ({ stage }: Progress) => stages.push(stage);
    const params = { places: ['runs', 'more'], options: { seed: 3 } };
    const { model, provenance } = await client.request(Follow, params, { onProgress });
    expect([model.path, provenance.options, stages]).toEqual(['runs,more', { seed: 3 }, ['Following 2 places']]);
    expect(await client.request(FindCheckpoints, { places: ['runs'] })).toEqual({ files: ['runs/ckpt_1.onnx'] });
  });

  it('carries parameters to the worker and results back', async () => {
    expect((await analyze('echo')).provenance.options).toEqual({ seed: 3 });
    expect(await client.request(FindData, { model: 'a', also: ['b.csv'] })).toMatchObject([{ path: 'b.csv' }]);
  });

  it('compares models with the hooks of an analysis', async () => {
    const partial: Report[] = [];
    const params = { models: ['a', 'b'], options: { seed: 3 } };
    const report = await client.request(Compare, params, { onPartial: (measured) => partial.push(measured) });
    expect(report).toMatchObject({ warnings: ['a', 'b'], provenance: { options: { seed: 3 } } });
    expect(partial.map(({ comparison }) => comparison?.models)).toEqual([[]]);
  });

  it('measures a point of a plane, with its progress', async () => {
    const stages: string[] = [];
    const report = { model: 'four', sha256: '', data: '', options: {} };
    const params = { report, directions: { x: 'random', y: 'random' }, at: { x: 1, y: -2 }, cache: '/own' };
    const point = await client.request(MeasurePoint, params, { onProgress: ({ stage }) => stages.push(stage) });
    expect(point).toEqual({ x: 1, y: -2, loss: 4, lambdaMin: { value: NaN, residual: NaN } });
    expect(stages).toEqual(['Measuring in /own']);
  });

  it('keeps typed arrays and numbers that JSON cannot spell', async () => {
    const { numbers } = (await analyze('numbers')) as Report & { numbers: { list: number[]; typed: Float32Array } };
    expect(numbers.list).toEqual([NaN, Infinity, -Infinity, -0]);
    expect(numbers.typed).toBeInstanceOf(Float32Array);
    expect(numbers.typed).toEqual(Float32Array.of(1.5, NaN));
    const { checks } = await client.request(Verify, { model: 'm', options: {} });
    expect(checks[0].value).toBeNaN();
  });

  it('streams progress and partial reports before the result', async () => {
    const seen: (Progress | Report)[] = [];
    const report = await analyze('stream', {
      onProgress: (progress: Progress) => seen.push(progress),
      onPartial: (partial: Report) => seen.push(partial),
    });
    expect(report.complete).toBe(true);
    expect(seen.map((s) => ('stage' in s ? s.stage : s.gradient!.norm))).toEqual([
      'Stage 1',
      1,
      'Stage 2',
      2,
      'Stage 3',
      3,
    ]);
  });

  it('names the cache folder unless the options do, and receives notes about the report', async () => {
    const told: AnalysisNote[] = [];
    const ask = (options: AnalysisOptions) =>
      client.request(Analyze, { model: 'noted', options, cache: '/own' }, { onNote: (note) => told.push(note) });
    await ask({});
    await ask({ cache: '/asked' });
    expect(told).toEqual([
      { kind: 'found', text: 'Found in /own.' },
      { kind: 'found', text: 'Found in /asked.' },
    ]);
  });

  it('starts a process in which the runtime sends no telemetry, whatever the editor’s environment says', async () => {
    const told: string[] = [];
    const before = process.env.ORT_DISABLE_TELEMETRY;
    process.env.ORT_DISABLE_TELEMETRY = '0';
    try {
      await analyze('telemetry', { onNote: ({ text }: AnalysisNote) => told.push(text) });
    } finally {
      if (before === undefined) delete process.env.ORT_DISABLE_TELEMETRY;
      else process.env.ORT_DISABLE_TELEMETRY = before;
    }
    expect(told).toEqual(['ORT_DISABLE_TELEMETRY=1']);
  });

  it('distinguishes faults of the input from internal ones', async () => {
    expect(await failureOf(analyze('wrong'))).toMatchObject({
      kind: 'user',
      what: 'The data does not fit.',
      where: ['input «x»'],
      action: 'Choose other data.',
    });
    const fault = await failureOf(analyze('broken'));
    expect(fault).toMatchObject({ kind: 'internal', what: expect.stringContaining('index out of range') });
    expect(fault.log).toMatch(/^Error: index out of range\n {4}at /);
  });

  it.each([
    ['crash', 'SIGABRT', 'terminate called after throwing'],
    ['exit', 'exited (7)', 'cannot allocate 40 GB'],
  ])('says how the process died (%s) and starts a new one', async (model, how, lastWords) => {
    const failure = await failureOf(analyze(model));
    expect(failure).toMatchObject({ kind: 'internal', name: 'WorkerDied', what: expect.stringContaining(how) });
    expect(failure.where).toContain(lastWords);
    expect((await analyze('echo')).complete).toBe(true);
  });

  it('says that a script is missing', async () => {
    client = connect({ script: join(folder, 'missing.js') });
    expect((await failureOf(analyze('echo'))).where.join()).toContain('missing.js');
  });

  it('lets a cancelled request end by itself, in the same process', async () => {
    const pid = await workerPid();
    expect(await cancelAfterPartial('patient')).toMatchObject({ kind: 'cancelled' });
    expect(await workerPid()).toBe(pid);
  });

  it('gives a cancelled request the time it asked for to tidy up', async () => {
    const controller = new AbortController();
    const hooks = { signal: controller.signal, onProgress: () => controller.abort(), patienceMs: 10_000 };
    expect((await failureOf(client.request(InstallCuda, { plan }, hooks))).kind).toBe('cancelled');
    // The request ended by itself, so its process still exists.
    expect(await workerPid()).toBe(`process ${client.pid}`);
    expect(lines.filter((line) => line.endsWith('started'))).toHaveLength(1);
  });

  it('ends an unresponsive process and starts a new one', async () => {
    const pid = await workerPid();
    expect((await cancelAfterPartial('blocked')).kind).toBe('cancelled');
    expect(await workerPid()).not.toBe(pid);
  });

  it('does not start a request that was cancelled while it waited', async () => {
    const controller = new AbortController();
    const first = new AbortController();
    const running = failureOf(analyze('patient', { signal: first.signal }));
    const waiting = failureOf(analyze('crash', { signal: controller.signal }));
    controller.abort();
    expect((await waiting).kind).toBe('cancelled');
    expect(client.busy).toBe(true);
    first.abort();
    expect((await running).kind).toBe('cancelled');
    await expect.poll(() => client.busy).toBe(false);
    expect(lines.join('\n')).not.toContain('SIGABRT');
  });

  it('ends the request in progress when restarted', async () => {
    const running = failureOf(analyze('blocked', { onPartial: () => void client.restart() }));
    expect((await running).kind).toBe('cancelled');
    expect((await analyze('echo')).complete).toBe(true);
  });

  it('ends an idle process', async () => {
    client = connect({ idleMs: 50 });
    await analyze('echo');
    expect(client.pid).toBeDefined();
    await expect.poll(() => lines.at(-1)).toContain('SIGTERM');
    expect(client.pid).toBeUndefined();
  });
});

async function workerPid(): Promise<string> {
  return (await client.request(Providers, {})).reason;
}

async function cancelAfterPartial(model: string): Promise<Failure> {
  const controller = new AbortController();
  return failureOf(analyze(model, { signal: controller.signal, onPartial: () => controller.abort() }));
}
