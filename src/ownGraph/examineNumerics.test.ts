import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelFile } from '../../test/unit/modelFile';
import type { GraphParts } from '../../test/unit/sourceGraph';
import { floats, node } from '../../test/unit/sourceGraph';
import type { Tensor } from '../graph/tensor';
import type { AnalysisOptions } from '../options/options';
import { resolveOptions } from '../options/presets';
import { openObjective } from '../objective/open/openObjective';
import type { NumericsAsked, NumericsFound } from './numericsFound';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-own-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function examined(
  parts: GraphParts,
  data: Readonly<Record<string, Tensor>>,
  options: AnalysisOptions = {},
  asked: Partial<NumericsAsked> = {},
): Promise<NumericsFound | string> {
  const files = await modelFile(folder, parts, data);
  return examinedFile(files.model, { data: files.data, loss: 'mse', ...options }, asked);
}

async function examinedFile(model: string, options: AnalysisOptions, asked: Partial<NumericsAsked> = {}) {
  const opened = await openObjective(model, resolveOptions({ provider: 'cpu', threads: 1, ...options }));
  try {
    return await opened.numerics({ samples: Infinity, untilNonFinite: false, ...asked });
  } finally {
    await opened.objective.dispose();
  }
}

/** Problem, node, what it does, for which sample, fed by. */
const told = (found: NumericsFound | string) =>
  typeof found === 'string'
    ? found
    : found.troubles.map(({ problem, node: name, deed, samples, from }) =>
        [problem, name, deed, samples, from].join(' | '),
      );

/** Softmax written out without its maximum; one input for each score. */
const written: GraphParts = {
  nodes: [
    node('Mul', 'x w', 'z'),
    node('Exp', 'z', 'e'),
    node('ReduceSum', 'e axis', 's', { keepdims: 1 }),
    node('Div', 'e s', 'p'),
  ],
  initializers: { w: floats([1, 1]), axis: { dtype: 'int64', shape: [1], data: BigInt64Array.of(1n) } },
  inputs: [{ name: 'x', dtype: 'float32', shape: [null, 2] }],
};
const rows = (values: number[][]) => floats(values.flat(), [values.length, values[0].length]);
const target = (samples: number) => floats(new Array<number>(2 * samples).fill(0.5), [samples, 2]);

describe('the user’s own graph', () => {
  it('is run as it is written, though the loss of the same model is finite', async () => {
    const x = rows([[1, 2], [3, 4], [90, 5], [6, 7]]); // prettier-ignore
    const found = await examined(written, { x, target: target(4) });
    expect(told(found)).toEqual([
      'infinity | Exp of e | overflows at 90 | sample 2 | Mul "Mul of z"',
      'NaN | Div of p | divides ∞ by ∞ | sample 2 | Exp "Exp of e" and ReduceSum "ReduceSum of s"',
    ]);
  });

  it('overflows where float32 does: between 88.72 and 88.73', async () => {
    const at = async (largest: number) => {
      const found = await examined(written, { x: rows([[0, largest], [1, 0]]), target: target(2) }); // prettier-ignore
      const [first] = (found as NumericsFound).troubles;
      return [first.problem, first.factor?.toFixed(3)];
    };
    expect(await at(88.72)).toEqual(['little headroom', '1.003']);
    expect(await at(88.73)).toEqual(['infinity', undefined]);
  });

  it('is looked at in every batch, up to the number of samples asked for', async () => {
    const x = rows([[1, 2], [3, 4], [5, 6], [7, 8], [9, 100]]); // prettier-ignore
    const all = await examined(written, { x, target: target(5) }, { batch: 2 });
    expect(told(all)[0]).toContain('sample 4');
    const some = (await examined(written, { x, target: target(5) }, { batch: 2 }, { samples: 3 })) as NumericsFound;
    expect([some.samples, some.troubles]).toEqual([4, []]);
    const asked = { samples: 2, untilNonFinite: true };
    const until = (await examined(written, { x, target: target(5) }, { batch: 2 }, asked)) as NumericsFound;
    expect(until.troubles[0].samples).toBe('sample 4');
  });

  it('may count samples on another axis', async () => {
    const parts = {
      nodes: [node('Exp', 'x', 'e'), node('Transpose', 'e', 't', { perm: [1, 0, 2] }), node('MatMul', 't w', 'y')],
      initializers: { w: floats([1, 1, 1, 1], [2, 2]) },
      inputs: [{ name: 'x', dtype: 'float32' as const, shape: ['steps', 'batch', 2] }],
    };
    const x = floats(
      [...Array(12).keys()].map((i) => (i === 8 ? 90 : i / 12)),
      [3, 2, 2],
    );
    const found = await examined(parts, { x, target: floats(new Array<number>(12).fill(0), [3, 2, 2]) });
    expect(told(found)[0]).toBe('infinity | Exp of e | overflows at 90 | sample 2 | input «x»');
  });

  it('computes in float16 where the file does', async () => {
    const parts = {
      nodes: [
        node('Cast', 'x', 'h', { to: 10 }),
        node('Mul', 'h h', 'q'),
        node('Cast', 'q', 'f', { to: 1 }),
        node('Mul', 'f w', 'y'),
      ],
      initializers: { w: floats([1, 1]) },
      inputs: written.inputs,
    };
    // 255² = 65025 is the largest of these squares below 65520, from which float16 rounds to ∞.
    const at = async (largest: number) => {
      const x = rows([
        [0, 1],
        [largest, 0],
      ]);
      return told(await examined(parts, { x, target: target(2) }))[0];
    };
    expect(await at(255)).toContain('little headroom | Mul of q');
    expect(await at(256)).toBe('infinity | Mul of q | multiplies 256 by 256 | sample 1 | Cast "Cast of h"');
  });

  it('may fix the batch', async () => {
    const inputs = [{ name: 'x', dtype: 'float32' as const, shape: [2, 2] }];
    const x = rows([[1, 2], [3, 4], [90, 5], [6, 7]]); // prettier-ignore
    const found = await examined({ ...written, inputs }, { x, target: target(4) });
    expect(told(found)[0]).toContain('overflows at 90 | sample 2');
  });

  it('may be written for an operator set without IsNaN', async () => {
    const parts = {
      nodes: [node('Mul', 'x w', 'y')],
      initializers: { w: floats([1, 1]) },
      inputs: written.inputs,
      opsets: { '': 8 },
    };
    expect(await examined(parts, { x: rows([[1, 2]]), target: target(1) })).toContain('operator set 8');
  });

  it('is left out where its weights do not fit beside the analysis', async () => {
    const data = { x: rows([[1, 2]]), target: target(1) };
    expect(await examined(written, data, { memory: 1e-9 })).toBe('its weights take too much memory');
  });

  it('may hold values that are no floating numbers, and branches', async () => {
    const inner = { initializers: new Map(), inputs: [] };
    const outputs = (name: string) => [{ name, type: 'float32', dtype: null, shape: null }];
    const branch = (from: ReturnType<typeof node>, name: string) => ({
      kind: 'graph' as const,
      value: { ...inner, nodes: [from], outputs: outputs(name) },
    });
    const parts = {
      nodes: [
        node('Mul', 'x w', 'z'),
        node('If', 'yes', 'y', {
          then_branch: branch(node('Exp', 'z', 'a'), 'a'),
          else_branch: branch(node('Neg', 'z', 'b'), 'b'),
        }),
      ],
      initializers: { w: floats([1, 1]), yes: { dtype: 'bool' as const, shape: [], data: Uint8Array.of(1) } },
      inputs: written.inputs,
    };
    const found = await examined(parts, { x: rows([[1, 2], [3, 95]]), target: target(2) }); // prettier-ignore
    expect(told(found)[0]).toMatch(/infinity \| If of y .*sample 1/);
  });
});

it('names sample and division of a mean over nothing', async () => {
  const at = resolve(__dirname, '../../test/fixtures/cases/nan-sample-not-named');
  const found = await examinedFile(join(at, 'model.onnx'), { data: join(at, 'data.npz') });
  expect(told(found)).toEqual([
    'NaN | Div_5 | divides 0 by 0 | sample 3 | ReduceSum "ReduceSum_3" and ReduceSum "ReduceSum_4"',
  ]);
});

it('takes −∞ of a mask, and the NaN that the graph replaces, for what they are', async () => {
  const at = resolve(__dirname, '../../test/fixtures/cases/minus-infinity-mask-input');
  const found = await examinedFile(join(at, 'model.onnx'), { data: join(at, 'data.npz') });
  expect(told(found)).toEqual([]);
});
