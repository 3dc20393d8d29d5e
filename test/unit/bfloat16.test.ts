import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verify } from '../../src/analysis/verify';
import { npzFile } from '../../src/data/testing/npyFile';
import { openObjective } from '../../src/objective/open/openObjective';
import { resolveOptions } from '../../src/options/presets';
import { node, onnxBytes, port } from './onnxBytes';
import { ints, weights } from './sourceGraph';

const [FLOAT, BFLOAT16] = [1, 16];
const [samples, width, hidden, classes] = [9, 3, 4, 3];

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-bfloat16-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Converts numbers to bfloat16: the upper half of a float32's bits. */
const patternsOf = (values: readonly number[]) =>
  Uint16Array.from(values, (value) => new Uint32Array(Float32Array.of(value).buffer)[0] >> 16);
/** Converts bfloat16 to numbers: the lower half of the float32's bits is zero. */
const valuesOf = (patterns: Uint16Array) =>
  Array.from(patterns, (bits) => new Float32Array(Uint32Array.of(bits * 65536).buffer)[0]);

const SUBNORMAL = 0x0001;
const NAN = 0x7fc1;

function bfloat(name: string, dims: number[], patterns: Uint16Array) {
  return { name, dims: dims.map(BigInt), dataType: BFLOAT16, rawData: new Uint8Array(patterns.buffer.slice(0)) };
}
const cast = (from: string, to: string, type: number) =>
  node('Cast', [from], [to], { name: `${from} cast`, attribute: [{ name: 'to', type: 2, i: BigInt(type) }] });

/** Writes the model y = W₂·tanh(W₁·x) in bfloat16, between Cast nodes. */
async function written(change: (w: Uint16Array) => void) {
  const w1 = patternsOf([...(weights('w1', [width, hidden]).data as Float32Array)]);
  const w2 = patternsOf([...(weights('w2', [hidden, classes]).data as Float32Array)]);
  change(w1);
  const bytes = onnxBytes({
    name: 'narrow',
    node: [
      cast('x', 'xb', BFLOAT16),
      node('MatMul', ['xb', 'w1'], ['h'], { name: 'first' }),
      node('Tanh', ['h'], ['t'], { name: 'tanh' }),
      node('MatMul', ['t', 'w2'], ['z'], { name: 'second' }),
      cast('z', 'y', FLOAT),
    ],
    initializer: [bfloat('w1', [width, hidden], w1), bfloat('w2', [hidden, classes], w2)],
    input: [port('x', ['batch', width])],
    output: [port('y', ['batch', classes])],
  });
  const model = join(folder, 'model.onnx');
  const data = join(folder, 'data.npz');
  const x = weights('x', [samples, width]);
  const target = ints(Array.from({ length: samples }, (_, i) => (i * 2) % classes));
  await writeFile(model, bytes);
  await writeFile(data, npzFile({ x, target }));
  return { model, data, w1, w2, x: [...(x.data as Float32Array)], labels: Array.from(target.data, Number) };
}

/** Mean cross-entropy in float64, from the formula. */
function lossOf({ w1, w2, x, labels }: Awaited<ReturnType<typeof written>>): number {
  const [a, b] = [valuesOf(w1), valuesOf(w2)];
  const losses = labels.map((label, n) => {
    const t = Array.from({ length: hidden }, (_, j) =>
      Math.tanh(Array.from({ length: width }, (_v, i) => x[n * width + i] * a[i * hidden + j]).reduce((s, v) => s + v)),
    );
    const z = Array.from({ length: classes }, (_, k) =>
      t.map((v, j) => v * b[j * classes + k]).reduce((s, v) => s + v),
    );
    return Math.log(z.reduce((s, v) => s + Math.exp(v), 0)) - z[label];
  });
  return losses.reduce((s, v) => s + v) / samples;
}

describe('a model in bfloat16', () => {
  it('is analysed with exactly the numbers in its file, subnormal ones included', async () => {
    const file = await written((w) => w.set([SUBNORMAL, 0x8000], 1));
    const opened = await openObjective(file.model, resolveOptions({ data: file.data, provider: 'cpu' }));
    try {
      expect([...opened.objective.theta]).toEqual([...valuesOf(file.w1), ...valuesOf(file.w2)]);
      expect(opened.objective.theta[1]).toBe(2 ** -133);
      expect((await opened.objective.value()).loss).toBeCloseTo(lossOf(file), 6);
      expect(opened.notes.join(' ')).toContain('stored in bfloat16; the model is analysed in float32');
    } finally {
      await opened.objective.dispose();
    }
    const checks = await verify(file.model, { data: file.data, provider: 'cpu' });
    expect(checks.filter(({ passed }) => !passed)).toEqual([]);
  });

  it('is refused if a weight is NaN, and the message says where', async () => {
    const file = await written((w) => w.set([NAN], 5));
    const open = openObjective(file.model, resolveOptions({ data: file.data, provider: 'cpu' }));
    await expect(open).rejects.toMatchObject({ where: [file.model, '«w1»: element 5 is NaN'] });
  });
});
