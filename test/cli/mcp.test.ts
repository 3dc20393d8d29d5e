import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectTime } from '../../src/analysis/expectedTime';
import { expectedSecondsOf } from '../../src/client/agent/agentOptions';
import { EngineClient } from '../../src/client/engineClient';
import { npzFile } from '../../src/data/testing/npyFile';
import { environmentIn, root } from './commandLine';

const bundles = join(root, 'test-artifacts/mcp');
let folder: string;
let model: string;

/** The commands and the worker, as they lie beside each other in the product. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-mcp-'));
  await mkdir(bundles, { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints: { cli: 'src/cli/main.ts', mcp: 'src/mcp/main.ts', worker: 'src/worker/main.ts' },
    outdir: bundles,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    mainFields: ['module', 'main'],
    external: ['onnxruntime-node'],
    logLevel: 'error',
  });
  model = join(folder, 'saddle.onnx');
  for (const name of ['saddle.onnx', 'saddle.npz', 'saddle.landscape.json'])
    await copyFile(join(root, 'media/samples/saddle', name), join(folder, name));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Connects as an agent does. @param confirm the answer of the person, where the client can ask one */
async function agent(confirm?: boolean): Promise<Client> {
  const capabilities = confirm === undefined ? {} : { elicitation: {} };
  const client = new Client({ name: 'test', version: '1' }, { capabilities });
  if (confirm !== undefined)
    client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: { start: confirm } }));
  const env = environmentIn(folder) as Record<string, string>;
  const args = [join(bundles, 'cli.js'), 'mcp'];
  await client.connect(new StdioClientTransport({ command: process.execPath, args, env, stderr: 'ignore' }));
  return client;
}

interface Answer {
  text: string;
  isError: boolean;
  verdicts: { id: string; verdict: string }[];
}

async function call(client: Client, name: string, given: Record<string, unknown>, onprogress?: () => void) {
  const found = await client.callTool({ name, arguments: given }, undefined, { onprogress });
  const [{ text }] = found.content as { text: string }[];
  const { verdicts = [] } = (found.structuredContent ?? {}) as Partial<Answer>;
  return { text, isError: found.isError === true, verdicts } satisfies Answer;
}

describe('an agent', () => {
  it('inspects, analyses and reads the report of a model', async () => {
    const client = await agent();
    try {
      const { tools } = await client.listTools();
      expect(tools.map(({ name }) => name)).toEqual(['inspect_model', 'analyze_landscape', 'get_report']);
      const inspected = await call(client, 'inspect_model', { model });
      expect(inspected.text).toContain('16 parameters');
      expect(inspected.text).toContain('saddle.npz: 16 samples');

      let progress = 0;
      const analysed = await call(client, 'analyze_landscape', { model, preset: 'quick' }, () => progress++);
      expect(analysed.verdicts.find(({ id }) => id === 'saddle')).toMatchObject({ verdict: 'present' });
      expect(analysed.text).toContain('**Saddle point** (present, high)');
      expect(progress).toBeGreaterThan(3);
      // The report is kept, so that the same analysis is found again.
      expect(await readdir(join(folder, '.cache/ridgeline'))).not.toEqual([]);

      const spectrum = await call(client, 'get_report', { report: model, section: 'spectrum' });
      const { hessian } = JSON.parse(spectrum.text) as { hessian: { bottom: { value: number }[] } };
      expect(hessian.bottom[0].value).toBeCloseTo(-1, 4);
      const wrong = await call(client, 'get_report', { report: model, section: 'spectre' });
      expect(wrong).toMatchObject({ isError: true });
      expect(wrong.text).toContain('spectrum');
    } finally {
      await client.close();
    }
  });

  it('reads what went wrong, where, and what to do', async () => {
    const client = await agent();
    try {
      const missing = await call(client, 'analyze_landscape', { model: join(folder, 'no.onnx'), data: 'generated' });
      expect(missing).toMatchObject({ isError: true });
      expect(missing.text).toMatch(/does not exist[^]*no\.onnx[^]*→/);
      const unknown = await call(client, 'get_report', { report: join(folder, 'other.onnx') });
      expect(unknown.text).toContain('Call analyze_landscape first');
      await writeFile(join(folder, 'broken.json'), '{"schemaVersion": 1');
      expect((await call(client, 'get_report', { report: join(folder, 'broken.json') })).isError).toBe(true);
    } finally {
      await client.close();
    }
  });
});

describe('a long analysis', () => {
  /** A model of many parameters and a slow preset: expected to take longer than two minutes. */
  const long = { model: join(root, 'media/sample/lenet.onnx'), preset: 'thorough' };

  it('is expected to take the time of as many samples as its data have and its options allow', async () => {
    const engine = new EngineClient({ script: join(bundles, 'worker.js'), log: () => undefined });
    const { model } = long;
    const data = join(folder, 'many.npz');
    const few = join(root, 'media/sample/lenet.npz');
    const [samples, size] = [3000, 28 * 28];
    const input = { dtype: 'float32', shape: [samples, 1, 28, 28], data: new Float32Array(samples * size) } as const;
    const target = { dtype: 'int64', shape: [samples], data: new BigInt64Array(samples) } as const;
    await writeFile(data, npzFile({ input, target }));
    try {
      for (const [options, measured] of [
        [{ data: few }, 1000],
        [{ data: few, samples: 200 }, 200],
        [{ data }, samples],
        [{ data, preset: 'quick' }, 512],
      ] as const) {
        const time = await expectTime(model, options, measured);
        const { seconds } = time!['preset' in options ? options.preset : 'standard'];
        expect(await expectedSecondsOf(engine, model, options)).toBe(seconds);
      }
    } finally {
      engine.dispose();
    }
  });

  it('does not start before somebody agreed', async () => {
    for (const confirm of [undefined, false]) {
      const client = await agent(confirm);
      try {
        const { text, isError } = await call(client, 'analyze_landscape', long);
        expect(isError).toBe(true);
        expect(text).toContain('The analysis was not started');
      } finally {
        await client.close();
      }
    }
  });

  it('starts when the person agrees, and stops when the agent cancels', async () => {
    const client = await agent(true);
    try {
      const cancel = new AbortController();
      const options = { signal: cancel.signal, onprogress: () => cancel.abort(), timeout: 60_000 };
      const running = client.callTool({ name: 'analyze_landscape', arguments: long }, undefined, options);
      await expect(running).rejects.toThrow(/abort/i);
      expect((await call(client, 'inspect_model', { model })).isError).toBe(false);
    } finally {
      await client.close();
    }
  });
});
