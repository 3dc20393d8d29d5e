import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { InferenceSession } from 'onnxruntime-node';
import { GraphBuilder } from '../graph/builder';
import { emit } from '../backend/emit';
import type { Value } from '../graph/graph';
import { tensor } from '../graph/tensor';
import { writeModel } from '../onnx/write';
import { ort } from './ort';
import { sessionOptions } from './runtime';
import type { StoreLimits } from './storedGraphs';
import { STORE_LIMITS, StoredGraphs } from './storedGraphs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ridgeline-graphs-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const SIZE = 6;
const X = tensor(
  'float32',
  [SIZE, SIZE],
  Float32Array.from({ length: SIZE * SIZE }, (_, i) => Math.sin(i)),
);

/** Products with a constant, enough of them to be stored: the runtime fuses and packs them. */
function network(scale: number, { depth = 400, copies = 0 } = {}) {
  const g = new GraphBuilder();
  const x = g.input('x', 'float32', [SIZE, SIZE]);
  const weights = tensor(
    'float32',
    [SIZE, SIZE],
    Float32Array.from(X.data as Float32Array, (v) => Math.cos(3 * v) * scale),
  );
  const w = g.constant(weights);
  let y: Value = x;
  for (let i = 0; i < depth; i++) y = g.tanh(g.add(g.matmul(g.swapLast(y), w), x));
  if (copies > 0) {
    const many = g.concat([g.expand(w, [copies, SIZE, SIZE]), g.reshape(x, [1, SIZE, SIZE])], 0);
    y = g.add(y, g.sum(many, [0]));
  }
  const graph = emit(g, { x }, { y }, new Map());
  return {
    model: writeModel({ graph, opset: graph.opset }),
    options: sessionOptions(graph, { provider: 'cpu', threads: 1 }),
  };
}

interface Answer {
  /** Whether each session was made from the graph as written ("anew") or as it was prepared before. */
  made: string[];
  y: Uint8Array;
}

async function answer(store: StoredGraphs | null, { model, options } = network(0.3)): Promise<Answer> {
  const made: string[] = [];
  const create = (bytes: Uint8Array, asked: InferenceSession.SessionOptions) => {
    made.push(asked.graphOptimizationLevel === 'disabled' ? 'prepared' : 'anew');
    return ort.InferenceSession.create(bytes, asked);
  };
  const session = store ? await store.session(model, options, create) : await create(model.bytes, options);
  const { y } = await session.run({ x: new ort.Tensor('float32', X.data as Float32Array, X.shape) });
  await session.release();
  return { made, y: Uint8Array.from(new Uint8Array((y.data as Float32Array).buffer)) };
}

const open = (limits: StoreLimits = STORE_LIMITS, runtime = '1.0') => StoredGraphs.open(folder, runtime, limits);
const entries = () => readdirSync(folder).map((name) => join(folder, name));

it('gives the same bits with a prepared graph as without, and without a store', async () => {
  const plain = await answer(null);
  expect(await answer(await open())).toEqual(plain);
  // Another process would open the folder again.
  expect(await answer(await open())).toEqual({ made: ['prepared'], y: plain.y });
  expect(entries()).toHaveLength(1);
});

it.each([
  ['cut short', (path: string) => truncateSync(path, statSync(path).size - 1000)],
  ['empty', (path: string) => truncateSync(path, 0)],
  [
    'changed in one bit',
    (path: string) => {
      const bytes = readFileSync(path);
      bytes[bytes.length >> 1] ^= 1;
      writeFileSync(path, bytes);
    },
  ],
])('rewrites an entry that is %s', async (_, damage) => {
  const expected = await answer(await open());
  const [path] = entries();
  const written = readFileSync(path);
  damage(path);
  expect(await answer(await open())).toEqual(expected);
  expect(readFileSync(path)).toEqual(written);
});

it('does not reuse a graph for other weights, another runtime or other options', async () => {
  await answer(await open());
  const { model, options } = network(0.3);
  for (const [store, other] of [
    [await open(), network(0.31)],
    [await open(STORE_LIMITS, '1.1'), { model, options }],
    [await open(), { model, options: { ...options, intraOpNumThreads: 2 } }],
  ] as const) {
    expect((await answer(store, other)).made).toEqual(['anew']);
  }
  expect(entries()).toHaveLength(4);
});

it('keeps the most recently used graphs within its size limit', async () => {
  const old = network(0.1);
  const lately = network(0.2);
  for (const each of [old, lately]) await answer(await open(), each);
  for (const path of entries()) utimesSync(path, new Date(1000), new Date(1000));
  await answer(await open(), lately);
  const size = statSync(entries()[0]).size;
  const small = { bytes: 2 * size + size / 2, graphBytes: STORE_LIMITS.graphBytes };
  await answer(await open(small), network(0.3));
  expect(entries()).toHaveLength(2);
  expect((await answer(await open(), lately)).made).toEqual(['prepared']);
  expect((await answer(await open(), old)).made).toEqual(['anew']);
});

it('remembers that a prepared graph is too large to be stored', async () => {
  // The runtime writes the copies out, 14 MB of them.
  const folded = network(0.3, { copies: 100_000 });
  const expected = await answer(await open(), folded);
  const [path] = entries();
  expect(statSync(path).size).toBe(32);
  expect(await answer(await open(), folded)).toEqual(expected);
});

it('does not store small graphs', async () => {
  expect((await answer(await open(), network(0.3, { depth: 5 }))).made).toEqual(['anew']);
  expect(entries()).toEqual([]);
});

it('still makes sessions if the folder was removed', async () => {
  const store = await open();
  const expected = await answer(null);
  rmSync(folder, { recursive: true });
  const { y } = await answer(store);
  expect(y).toEqual(expected.y);
});
