import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';
import { UserError } from '../../src/errors';
import type { Report } from '../../src/report/report';
import { serve } from '../../src/worker/serve';

/**
 * A worker that does what the model's name says. It uses the real protocol in a real process, but analyses nothing. It
 * ends in each way in which an analysis may end: with a result, with either kind of error, by crashing, by running out
 * of memory, or by blocking in native code.
 */
serve(createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process)), {
  prepare: () => Promise.resolve(),
  async analyze(model, options, { signal, onProgress, onPartial, onNote, cache }) {
    switch (model) {
      case 'echo':
        return { ...emptyReport(model), complete: true, provenance: { ...emptyReport(model).provenance, options } };
      case 'stream':
        for (let i = 1; i <= 3; i++) {
          onProgress({ stage: `Stage ${i}`, fraction: i / 3 });
          onPartial({ ...emptyReport(model), gradient: { norm: i, byParameter: [] } });
        }
        return { ...emptyReport(model), complete: true };
      case 'noted':
        onNote({ kind: 'found', text: `Found in ${cache ?? 'no folder'}.` });
        return { ...emptyReport(model), complete: true };
      case 'telemetry':
        onNote({ kind: 'found', text: `ORT_DISABLE_TELEMETRY=${process.env.ORT_DISABLE_TELEMETRY}` });
        return { ...emptyReport(model), complete: true };
      case 'numbers': {
        const numbers = { list: [NaN, Infinity, -Infinity, -0], typed: Float32Array.of(1.5, NaN) };
        return Object.assign(emptyReport(model), { numbers });
      }
      case 'wrong':
        throw new UserError({ what: 'The data does not fit.', where: ['input «x»'], action: 'Choose other data.' });
      case 'broken':
        throw new Error('index out of range');
      case 'crash':
        process.stderr.write('first words\nterminate called after throwing\n');
        process.abort();
        break;
      case 'exit':
        process.stderr.write('cannot allocate 40 GB\n');
        process.exit(7);
        break;
      case 'patient':
        onPartial(emptyReport(model));
        await new Promise((_, reject) => {
          const keepAlive = setInterval(() => {}, 1000);
          signal.addEventListener('abort', () => {
            clearInterval(keepAlive);
            reject(signal.reason as Error);
          });
        });
        break;
      case 'blocked':
        onPartial(emptyReport(model));
        // Blocks messages and timers, as a run of the graph does.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
        break;
    }
    throw new Error(`no script for ${model}`);
  },
  ask: (model) => Promise.resolve({ findings: [], report: emptyReport(model), whole: false }),
  compare: async (models, options, { onPartial }) => {
    onPartial({ ...emptyReport(models[0]), comparison: { models: [], figures: [] } });
    const compared = { ...emptyReport(models[0]), complete: true, warnings: [...models] };
    return { ...compared, provenance: { ...compared.provenance, options } };
  },
  follow: (places, options, { onProgress }) => {
    onProgress({ stage: `Following ${places.length} places`, fraction: 1 });
    const report = emptyReport(places.join());
    return Promise.resolve({ ...report, complete: true, provenance: { ...report.provenance, options } });
  },
  measurePoint: async ({ report, at }, { onProgress, cache }) => {
    onProgress({ stage: `Measuring in ${cache ?? 'no folder'}`, fraction: 0.5 });
    return { ...at, loss: report.model.length, lambdaMin: { value: NaN, residual: NaN } };
  },
  findCheckpoints: async (places) => places.map((place) => ({ path: `${place}/ckpt_1.onnx` })),
  inspect: () => Promise.reject(new Error('no script')),
  describeWeights: async (_model, names) => ({ tensors: [], missing: [...names] }),
  previewData: () => Promise.reject(new Error('no script')),
  expectTime: () => Promise.reject(new Error('no script')),
  findData: async (model, also) => [
    { path: also?.[0] ?? `${model}.npz`, description: 'npz', samples: 10, fits: true, loss: null },
  ],
  verify: async () => [{ name: 'symmetry', value: NaN, limit: 1, passed: false, detail: '' }],
  providers: async () => ({ providers: [], chosen: 'cpu', reason: `process ${process.pid}` }),
  cudaState: async () => ({ kind: 'installed', folder: `process ${process.pid}` }),
  // After a cancel, this takes longer to tidy up than a client waits for an analysis.
  installCuda: (_plan, { signal, onProgress }) =>
    new Promise((_, reject) => {
      onProgress({ stage: 'Downloading', detail: '1 of 2 MB', fraction: 0.5 });
      const keepAlive = setInterval(() => {}, 1000);
      signal.addEventListener('abort', () => {
        setTimeout(() => {
          clearInterval(keepAlive);
          reject(signal.reason as Error);
        }, 600);
      });
    }),
  removeCuda: () => Promise.reject(new Error('no script')),
});

function emptyReport(path: string): Report {
  return {
    schemaVersion: 1,
    complete: false,
    model: { path, sha256: '', opset: 17, producer: '', parameterCount: 0, parameters: [] },
    lines: [],
    planes: [],
    diagnostics: [],
    warnings: [],
    timings: {},
    provenance: { version: '', seed: 0, options: {}, data: '', started: '', machine: '' },
  };
}
