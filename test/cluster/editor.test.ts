import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { EngineClient, RequestFailure } from '../../src/client/engineClient';
import type { AnalysisOptions } from '../../src/options/options';
import { Analyze } from '../../src/protocol/worker';
import type { Progress } from '../../src/protocol/worker';
import { held, root, runIn, start } from './ridgeline';
import { eventually, sharedFolder, slurm } from './slurm';

/** The process that waits for a cluster on behalf of the editor. */
const digits = join(root, 'test/fixtures/mlp_digits');
const shared = sharedFolder();
const clients: EngineClient[] = [];

function connect(): EngineClient {
  const client = new EngineClient({ script: join(root, 'dist/worker.js'), log: () => undefined, patienceMs: 60_000 });
  clients.push(client);
  return client;
}
afterEach(() => clients.splice(0).forEach((client) => client.dispose()));

const OPTIONS: AnalysisOptions = {
  data: join(digits, 'data.npz'),
  samples: 32,
  provider: 'cpu',
  preset: 'quick',
  only: ['loss', 'spectrum'],
  cluster: 'slurm',
  jobs: 1,
};
const asked = () => ({ model: join(digits, 'model.onnx'), options: OPTIONS, cache: join(shared.path, 'cache') });

it('is found again after it died, and tells how many parts are there', async () => {
  const closed = connect();
  const first = closed.request(Analyze, asked()).catch((error: unknown) => error);
  await eventually(async () => expect(await slurm('squeue', ['--noheader'])).not.toBe(''));
  // The window closes.
  closed.dispose();
  expect(await first).toBeInstanceOf(RequestFailure);
  expect(await slurm('squeue', ['--noheader'])).not.toBe('');

  const told: Progress[] = [];
  const report = await connect().request(Analyze, asked(), { onProgress: (progress) => told.push(progress) });
  expect(report.cluster!.measured).toBe(report.cluster!.parts);
  expect(report.cluster!.submissions).toBe(1);
  expect(report.provenance.options.cluster).toBe('slurm');
});

it('cancels the jobs of the run when the user cancels', async () => {
  await mkdir(join(shared.path, 'cache'), { recursive: true });
  // A task that is held keeps the run from ending before it is cancelled.
  const args = ['model.onnx', '--data', OPTIONS.data!, '--samples', '33', '--provider', 'cpu', '--preset', 'quick'];
  const rest = ['--only', 'loss,spectrum', '--cluster', 'slurm', '--jobs', '1', '--cache', asked().cache];
  const holding = start(digits, ['analyze', ...args, ...rest], { fault: 'hold', part: 0 });
  await held(asked().cache);
  const controller = new AbortController();
  const told: Progress[] = [];
  const waiting = connect()
    .request(
      Analyze,
      { ...asked(), options: { ...OPTIONS, samples: 33 } },
      { signal: controller.signal, onProgress: (progress) => told.push(progress) },
    )
    .catch((error: unknown) => error);
  await eventually(async () => expect(told.some(({ detail }) => detail?.includes('running'))).toBe(true));
  controller.abort();
  const failure = await waiting;
  expect(failure).toBeInstanceOf(RequestFailure);
  expect((failure as RequestFailure).failure.kind).toBe('cancelled');
  await eventually(async () => expect(await slurm('squeue', ['--noheader'])).toBe(''));
  expect((await holding.ended).code).not.toBe(0);
  expect(await runIn(asked().cache)).toContain('cluster');
});
