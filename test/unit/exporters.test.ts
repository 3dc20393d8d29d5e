import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { npzFile } from '../../src/data/testing/npyFile';
import type { Tensor } from '../../src/graph/tensor';
import { scalar, sizeOf, tensor } from '../../src/graph/tensor';
import type { OpenedObjective } from '../../src/objective/open/openedObjective';
import { openObjective } from '../../src/objective/open/openObjective';
import type { AnalysisOptions } from '../../src/options/options';
import { resolveOptions } from '../../src/options/presets';
import { writeModel } from '../../src/onnx/write';
import type { GraphParts } from './sourceGraph';
import { filled, floats, ints, node, sourceGraph, weights } from './sourceGraph';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-exporters-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type Tensors = Readonly<Record<string, Tensor>>;

/** Writes model and data to files and opens them as an analysis would. */
async function opened<T>(
  parts: GraphParts,
  data: Tensors | 'generated',
  options: AnalysisOptions,
  use: (opened: OpenedObjective) => Promise<T>,
): Promise<T> {
  const graph = sourceGraph(parts);
  const outputs = graph.outputs.map((name) => ({ name, dtype: null, shape: null }));
  const { bytes } = writeModel({ graph: { ...graph, outputs }, opset: graph.opsets[''], opsets: graph.opsets });
  const [model, file] = [join(folder, 'model.onnx'), join(folder, 'data.npz')];
  await writeFile(model, bytes);
  if (data !== 'generated') await writeFile(file, npzFile(data));
  const path = data === 'generated' ? data : file;
  const result = await openObjective(model, resolveOptions({ data: path, provider: 'cpu', threads: 1, ...options }));
  try {
    return await use(result);
  } finally {
    await result.objective.dispose();
  }
}

/** Compares gᵀd with (L(θ + h·d) − L(θ − h·d))/2h along the gradient. */
async function expectGradient({ objective }: OpenedObjective): Promise<void> {
  const gradient = await objective.gradient();
  const square = gradient.reduce((sum, v) => sum + v * v, 0);
  expect(square).toBeGreaterThan(0);
  const h = 0.002 / Math.sqrt(square);
  const [ahead, behind] = await objective.plane(gradient, null, [
    { alpha: h, beta: 0 },
    { alpha: -h, beta: 0 },
  ]);
  expect((ahead.loss - behind.loss) / (2 * h) / square).toBeCloseTo(1, 2);
}

const names = ({ model }: OpenedObjective) => model.parameters.map(({ name }) => name);
const labels = (count: number, classes: number) => ints(Array.from({ length: count }, (_, i) => (i * 7) % classes));
const softmaxLoss = (logits: number[][], targets: number[]) =>
  logits.reduce((sum, row, i) => sum + Math.log(row.reduce((s, v) => s + Math.exp(v), 0)) - row[targets[i]], 0) /
  targets.length;

describe('scikit-learn', () => {
  const hidden = [
    node('Cast', 'x', 'c', { to: 1 }),
    node('MatMul', 'c coefficient', 'h'),
    node('Add', 'h intercepts', 'a'),
    node('Relu', 'a', 'r'),
  ];
  const initializers = {
    coefficient: weights('coefficient', [4, 5]),
    intercepts: weights('intercepts', [1, 5]),
    coefficient1: weights('coefficient1', [5, 1]),
    intercepts1: weights('intercepts1', [1, 1]),
    one: floats([1], [1]),
    classes: ints([10, 20]),
    shape: ints([-1]),
  };

  it('reads the probabilities of a two-class MLPClassifier, not its labels', async () => {
    const parts: GraphParts = {
      nodes: [
        ...hidden,
        node('MatMul', 'r coefficient1', 'h1'),
        node('Add', 'h1 intercepts1', 'z'),
        node('Sigmoid', 'z', 'p'),
        node('Sub', 'one p', 'q'),
        node('Concat', 'q p', 'probabilities', { axis: 1 }),
        node('ArgMax', 'probabilities', 'best', { axis: 1 }),
        node('ai.onnx.ml.ArrayFeatureExtractor', 'classes best', 'picked'),
        node('Cast', 'picked', 'cast', { to: 7 }),
        node('Reshape', 'cast shape', 'label'),
        node('ai.onnx.ml.ZipMap', 'probabilities', 'output_probability', {
          classlabels_int64s: { kind: 'ints', value: [10, 20] },
        }),
      ],
      initializers,
      outputs: ['label', 'output_probability'],
      opsets: { '': 15, 'ai.onnx.ml': 1 },
    };
    const data = { x: weights('x', [6, 4]), target: labels(6, 2) };
    await opened(parts, data, {}, async (result) => {
      expect(names(result)).toEqual(['coefficient', 'intercepts', 'coefficient1', 'intercepts1']);
      expect(result.function).toBe('cross_entropy');
      expect(result.reads).toMatch(/logits below the two probabilities/);
      await expectGradient(result);
    });
  });

  it('ignores string labels that no loss reads', async () => {
    const parts: GraphParts = {
      nodes: [
        ...hidden,
        node('Softmax', 'r', 'probabilities', { axis: -1 }),
        node('ArgMax', 'probabilities', 'best', { axis: 1, keepdims: 0 }),
        node('ai.onnx.ml.LabelEncoder', 'best', 'label', {
          keys_int64s: { kind: 'ints', value: [0, 1] },
          values_strings: { kind: 'strings', value: ['cat', 'dog'] },
        }),
      ],
      initializers,
      outputs: ['label', 'probabilities'],
      opsets: { '': 15, 'ai.onnx.ml': 2 },
    };
    await opened(parts, { x: weights('x', [6, 4]), target: labels(6, 5) }, {}, async (result) => {
      expect(result.function).toBe('cross_entropy');
      await expectGradient(result);
    });
  });
});

describe('linear models of scikit-learn', () => {
  const coefficients = [0.5, -1, 2, 0.25, 1, -0.5, -0.75, 3, 1, 0.1, -2, -1];
  const intercepts = [0.1, -0.2, 0.3];
  const classifier = (outputs: string, post_transform: string, values: number[], biases: number[]) =>
    node('ai.onnx.ml.LinearClassifier', 'x', outputs, {
      coefficients: { kind: 'floats', value: values },
      intercepts: { kind: 'floats', value: biases },
      classlabels_ints: { kind: 'ints', value: [...biases.keys()] },
      post_transform,
    });
  const opsets = { '': 15, 'ai.onnx.ml': 1 };
  const x = weights('x', [6, 4]);
  const scores = (n: number) =>
    intercepts.map((b, c) =>
      [0, 1, 2, 3].reduce((sum, k) => sum + coefficients[4 * c + k] * Number(x.data[4 * n + k]), b),
    );

  it('keep their weights in attributes of a node and their logits below a Softmax', async () => {
    const parts: GraphParts = {
      nodes: [
        classifier('label raw', 'SOFTMAX', coefficients, intercepts),
        node('ai.onnx.ml.Normalizer', 'raw', 'probabilities', { norm: 'L1' }),
      ],
      initializers: {},
      outputs: ['label', 'probabilities'],
      opsets,
    };
    const target = labels(6, 3);
    await opened(parts, { x, target }, {}, async (result) => {
      expect(result.model.parameters.map(({ shape }) => shape)).toEqual([[3, 4], [3]]);
      expect(result.reads).toMatch(/logits below the final Softmax/);
      const rows = [...Array(6).keys()].map(scores);
      const { loss } = await result.objective.value();
      expect(loss).toBeCloseTo(softmaxLoss(rows, Array.from(target.data, Number)), 5);
      await expectGradient(result);
    });
  });

  it('of one class against the rest are judged by their probabilities', async () => {
    const parts: GraphParts = {
      nodes: [
        classifier('label raw', 'LOGISTIC', coefficients, intercepts),
        node('ReduceSum', 'raw axis', 'sum', { keepdims: 1 }),
        node('Cast', 'sum', 'some', { to: 9 }),
        node('Not', 'some', 'none'),
        node('Cast', 'none', 'guard', { to: 1 }),
        node('Add', 'sum guard', 'whole'),
        node('Div', 'raw whole', 'probabilities'),
      ],
      initializers: { axis: ints([1]) },
      outputs: ['label', 'probabilities'],
      opsets,
    };
    const target = labels(6, 3);
    await opened(parts, { x, target }, {}, async (result) => {
      const rows = [...Array(6).keys()].map((n) => scores(n).map((z) => -Math.log1p(Math.exp(-z))));
      const { loss } = await result.objective.value();
      expect(loss).toBeCloseTo(softmaxLoss(rows, Array.from(target.data, Number)), 5);
      await expectGradient(result);
    });
  });

  it('have a gradient even where a written-out sigmoid rounds to 0', async () => {
    const parts: GraphParts = {
      nodes: [
        node('MatMul', 'x w', 'z'),
        node('Mul', 'z minus', 'u'),
        node('Exp', 'u', 'e'),
        node('Add', 'e one', 'd'),
        node('Reciprocal', 'd', 'p'),
      ],
      initializers: { w: floats([300, 300, 300, 300], [4, 1]), minus: floats([-1]), one: floats([1]) },
    };
    const target = floats([0, 1, 0, 1, 0, 1], [6, 1]);
    await opened(parts, { x, target }, { loss: 'mse' }, async ({ objective }) => {
      const gradient = await objective.gradient();
      expect([...gradient].every(Number.isFinite)).toBe(true);
      expect([...(await objective.products('hessian', [objective.theta]))[0]].every(Number.isFinite)).toBe(true);
    });
  });
});

it('a clip bound of ∞ is not taken for a diverged weight', async () => {
  const parts: GraphParts = {
    nodes: [node('MatMul', 'x w', 'h'), node('Clip', 'h low high', 'y')],
    initializers: { w: weights('w', [4, 2]), low: floats([0], []), high: floats([Infinity], []) },
  };
  await opened(parts, { x: weights('x', [5, 4]), target: weights('target', [5, 2]) }, {}, expectGradient);
});

describe('an output whose first axis is not the samples', () => {
  const parts = (batch: number | string): GraphParts => ({
    nodes: [node('MatMul', 'x w', 'h'), node('Reshape', 'h shape', 'y')],
    initializers: { w: weights('w', [4, 2]), shape: ints([-1, 1]) },
    inputs: [{ name: 'x', dtype: 'float32', shape: [batch, 4] }],
  });
  const [x, target] = [weights('x', [5, 4]), weights('target', [5, 2])];

  it.each(['batch', 1])('is computed one sample at a time, exported for batch size %s', async (batch) => {
    await opened(parts(batch), { x, target }, {}, async (result) => {
      expect([result.function, result.batchSize]).toEqual(['mse', 1]);
      const w = result.objective.theta;
      const squares = Array.from(target.data, Number).map((t, i) => {
        const [n, c] = [Math.floor(i / 2), i % 2];
        return ([0, 1, 2, 3].reduce((sum, k) => sum + Number(x.data[4 * n + k]) * w[2 * k + c], 0) - t) ** 2;
      });
      const { loss } = await result.objective.value();
      expect(loss).toBeCloseTo(squares.reduce((a, b) => a + b, 0) / 10, 5);
      await expectGradient(result);
    });
  });

  it('is refused if the file fixes a batch size above 1', async () => {
    const fixed: GraphParts = {
      ...parts(2),
      nodes: [node('Reshape', 'x flat', 'f'), node('MatMul', 'f w', 'y')],
      initializers: { flat: ints([4, 2]), w: weights('w', [2, 3]) },
    };
    await expect(opened(fixed, 'generated', {}, () => Promise.resolve())).rejects.toThrow(
      /exported for batches of 2, but no output has one entry per sample[^]*«y» \[4, 3\]/,
    );
  });
});

describe('a static batch', () => {
  const parts = (shape: number[]): GraphParts => ({
    nodes: [node('Reshape', 'x shape', 'r'), node('Gemm', 'r w b', 'y')],
    initializers: { shape: ints(shape), w: weights('w', [4, 3]), b: weights('b', [3]) },
    inputs: [{ name: 'x', dtype: 'float32', shape: [2, 2, 2] }],
  });
  const data = { x: weights('x', [5, 2, 2]), target: labels(5, 3) };

  it('grows where the graph allows it', async () => {
    await opened(parts([-1, 4]), data, {}, async (result) => {
      expect(result.batchSize).toBe(5);
      await expectGradient(result);
    });
  });

  it('stays where the graph depends on it, and a smaller last batch is weighted by its size', async () => {
    const whole = await opened(parts([-1, 4]), data, {}, ({ objective }) => objective.value());
    await opened(parts([2, 4]), data, {}, async (result) => {
      expect(result.batchSize).toBe(2);
      expect(result.remarks.join(' ')).toMatch(/batches of 2/);
      expect((await result.objective.value()).loss).toBeCloseTo(whole.loss, 6);
      await expectGradient(result);
    });
  });

  it('stays where a larger one would silently mix samples', async () => {
    // The tokens of all samples would form one sequence and attend to each other. Only the numbers would show it.
    const attention: GraphParts = {
      nodes: [
        node('Reshape', 'x whole', 'r'),
        node('Transpose', 'r', 't', { perm: [0, 2, 1] }),
        node('MatMul', 'r t', 's'),
        node('Softmax', 's', 'p', { axis: -1 }),
        node('MatMul', 'p r', 'm'),
        node('Reshape', 'm apart', 'a'),
        node('Gemm', 'a w b', 'y'),
      ],
      initializers: { whole: ints([1, -1, 2]), apart: ints([-1, 6]), w: weights('w', [6, 3]), b: weights('b', [3]) },
      inputs: [{ name: 'x', dtype: 'float32', shape: [1, 3, 2] }],
    };
    await opened(attention, { x: weights('x', [4, 3, 2]), target: labels(4, 3) }, {}, async (result) => {
      expect(result.batchSize).toBe(1);
      await expectGradient(result);
    });
  });
});

describe('a language model', () => {
  const [samples, length, width, vocabulary] = [3, 4, 5, 7];
  const embedding = weights('embedding', [vocabulary, width]);
  const head: Tensor = {
    ...embedding,
    shape: [width, vocabulary],
    data: Float32Array.from(
      { length: width * vocabulary },
      (_, i) => embedding.data[(i % vocabulary) * width + Math.floor(i / vocabulary)] as number,
    ),
  };
  const parts: GraphParts = {
    nodes: [
      node('Gather', 'wte input_ids', 'e'),
      node('Cast', 'attention_mask', 'seen', { to: 1 }),
      node('Unsqueeze', 'seen last', 'column'),
      node('Mul', 'e column', 'm'),
      node('LayerNormalization', 'm gamma beta', 'hidden'),
      node('MatMul', 'hidden lm_head', 'logits'),
    ],
    initializers: {
      wte: embedding,
      last: ints([-1]),
      gamma: filled([width], 1),
      beta: filled([width], 0),
      lm_head: head,
    },
    inputs: [
      { name: 'input_ids', dtype: 'int64', shape: ['batch', 'sequence'] },
      { name: 'attention_mask', dtype: 'bool', shape: ['batch', 'sequence'] },
    ],
    outputs: ['hidden', 'logits'],
  };
  const ids = Array.from({ length: samples * length }, (_, i) => (i * 5 + 1) % vocabulary);
  const targets = ids.map((id, i) => (i % 4 === 3 && i > 4 ? -100 : id));
  const data = {
    input_ids: ints(ids, [samples, length]),
    attention_mask: tensor('bool', [samples, length], Array(samples * length).fill(1)),
    target: ints(targets, [samples, length]),
  };

  it('is judged on the next token, with embedding and output layer as one parameter', async () => {
    await opened(parts, data, { shiftLabels: true }, async (result) => {
      expect(names(result)).toEqual(['wte', 'gamma', 'beta']);
      expect(result.notes.join(' ')).toMatch(/lm_head is wte transposed/);
      expect(result.notes.join(' ')).toMatch(/2 of 9 targets are -100/);
      expect(result.reads).toBe('logits of «logits»');
      expect((await result.objective.value()).loss).toBeCloseTo(expectedLoss(), 5);
      await expectGradient(result);
    });
  });

  it('can be judged on another output', async () => {
    const wish = { lossOutput: 'hidden', loss: 'mse' } as const;
    const withValues = { ...data, target: weights('t', [samples, length, width]) };
    await opened(parts, withValues, wish, async (result) => expect(result.reads).toBe('«hidden»'));
    await expect(opened(parts, data, { lossOutput: 'none' }, () => Promise.resolve())).rejects.toThrow(
      /hidden, logits/,
    );
  });

  /** The mean of −log softmax over all positions with a next token, computed here in float64. */
  function expectedLoss(): number {
    const rows = Array.from({ length: vocabulary }, (_, id) => {
      const row = Array.from({ length: width }, (_, j) => embedding.data[id * width + j] as number);
      const mean = row.reduce((a, b) => a + b) / width;
      const variance = row.reduce((sum, v) => sum + (v - mean) ** 2, 0) / width;
      return row.map((v) => (v - mean) / Math.sqrt(variance + 1e-5));
    });
    const kept = targets.flatMap((next, i) => (i % length > 0 && next !== -100 ? [{ from: ids[i - 1], next }] : []));
    const logits = kept.map(({ from }) =>
      Array.from({ length: vocabulary }, (_, id) =>
        rows[from].reduce((sum, v, j) => sum + v * (embedding.data[id * width + j] as number), 0),
      ),
    );
    return softmaxLoss(
      logits,
      kept.map(({ next }) => next),
    );
  }
});

describe('TensorFlow', () => {
  it('moves the channels before and after a convolution, and has the classes last', async () => {
    const parts: GraphParts = {
      nodes: [
        node('Transpose', 'x', 'nchw', { perm: [0, 3, 1, 2] }),
        node('Conv', 'nchw kernel bias', 'c', { pads: [1, 1, 1, 1] }),
        node('Transpose', 'c', 'y', { perm: [0, 2, 3, 1] }),
      ],
      initializers: { kernel: weights('kernel', [3, 2, 3, 3]), bias: filled([3], 0) },
      inputs: [{ name: 'x', dtype: 'float32', shape: ['unk__1', 4, 4, 2] }],
      opsets: { '': 13 },
    };
    const pixels = ints(
      Array.from({ length: 2 * 16 }, (_, i) => (i * 5) % 3),
      [2, 4, 4],
    );
    await opened(parts, { x: weights('x', [2, 4, 4, 2]), target: pixels }, {}, async (result) => {
      expect(result.function).toBe('cross_entropy');
      expect(result.classes).toBe(3);
      await expectGradient(result);
    });
    await opened(parts, 'generated', { samples: 4 }, expectGradient);
  });
});

describe('PyTorch', () => {
  it('writes GroupNorm in old operator sets with constant scales, which are not parameters', async () => {
    const parts: GraphParts = {
      nodes: [
        node('Conv', 'x w b', 'c', { pads: [1, 1, 1, 1] }),
        node('Reshape', 'c groups', 'g'),
        node('InstanceNormalization', 'g ones zeros', 'n'),
        node('Shape', 'c', 's'),
        node('Reshape', 'n s', 'back'),
        node('Mul', 'back gamma', 'm'),
        node('Add', 'm beta', 'a'),
        node('Relu', 'a', 'r'),
        node('GlobalAveragePool', 'r', 'p'),
        node('Flatten', 'p', 'y'),
      ],
      initializers: {
        w: weights('w', [4, 1, 3, 3]),
        b: weights('b', [4]),
        groups: ints([0, 2, -1]),
        ones: filled([2], 1),
        zeros: filled([2], 0),
        gamma: filled([4, 1, 1], 1),
        beta: filled([4, 1, 1], 0),
      },
      inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 1, 4, 4] }],
    };
    const data = { x: weights('x', [6, 1, 4, 4]), target: labels(6, 4) };
    await opened(parts, data, {}, async (result) => {
      expect(names(result)).toEqual(['w', 'b', 'gamma', 'beta']);
      await expectGradient(result);
    });
  });

  it('may add outputs without a derivative that the loss does not read', async () => {
    const parts: GraphParts = {
      nodes: [
        node('Gemm', 'x w b', 'y', { transB: 1 }),
        node('Unique', 'y', 'unique'),
        node('ReduceMean', 'y', 'mean', { keepdims: 0 }),
      ],
      initializers: { w: weights('w', [3, 4]), b: weights('b', [3]), k: scalar('int64', 1) },
      outputs: ['y', 'mean'],
    };
    await opened(parts, { x: weights('x', [6, 4]), target: labels(6, 3) }, {}, async (result) => {
      expect(result.canDifferentiate).toBe(true);
      expect(result.objective.dim).toBe(sizeOf([3, 4]) + 3);
    });
  });

  it('makes the initial states of recurrent layers with ConstantFill before opset 9', async () => {
    const parts: GraphParts = {
      nodes: [
        node('Shape', 'x', 's'),
        node('Slice', 's', 'length', { axes: [0], starts: [0], ends: [1] }),
        node('Concat', 'length width', 'states', { axis: 0 }),
        node('ConstantFill', 'states', 'h0', { input_as_shape: 1, value: { kind: 'float', value: 0.5 } }),
        node('Gemm', 'x wx b', 'i', { transB: 1 }),
        node('Gemm', 'h0 wh b', 'h', { transB: 1 }),
        node('Add', 'i h', 'a'),
        node('Tanh', 'a', 'y'),
      ],
      initializers: {
        width: ints([3]),
        wx: weights('wx', [3, 4]),
        wh: weights('wh', [3, 3]),
        b: weights('b', [3]),
      },
      opsets: { '': 7 },
    };
    await opened(parts, { x: weights('x', [6, 4]), target: labels(6, 3) }, {}, async (result) => {
      expect(names(result)).toEqual(['wx', 'b', 'wh']);
      await expectGradient(result);
    });
  });

  it('marks training mode before opset 14 by the extra outputs of BatchNormalization', async () => {
    const parts = (outputs: string, opset: number): GraphParts => ({
      nodes: [node('BatchNormalization', 'x gamma beta mean variance', outputs), node('Gemm', 'n w b', 'y')],
      initializers: {
        gamma: weights('gamma', [4]),
        beta: weights('beta', [4]),
        mean: weights('mean', [4]),
        variance: filled([4], 2),
        w: weights('w', [4, 3]),
        b: weights('b', [3]),
      },
      opsets: { '': opset },
    });
    const data = { x: weights('x', [6, 4]), target: labels(6, 3) };
    const loss = (given: GraphParts) =>
      opened(given, data, {}, async ({ objective }) => (await objective.value()).loss);
    expect(await loss(parts('n m v sm sv', 9))).not.toBeCloseTo(await loss(parts('n', 9)), 2);
    await opened(parts('n m v sm sv', 9), data, {}, expectGradient);
  });

  it('may fix the batch size inside the graph alone; the error names the node', async () => {
    const parts: GraphParts = {
      nodes: [
        node('Shape', 'x', 's'),
        node('Gather', 's first', 'n', { axis: 0 }),
        node('Concat', 'n width', 'wanted', { axis: 0 }),
        node('Expand', 'state wanted', 'h0'),
        node('Gemm', 'x w h0', 'y'),
      ],
      initializers: { first: ints([0]), width: ints([3]), state: filled([2, 3], 0), w: weights('w', [4, 3]) },
    };
    const data = { x: weights('x', [6, 4]), target: labels(6, 3) };
    const open = opened(parts, data, { parameters: ['w'] }, () => Promise.resolve());
    await expect(open).rejects.toThrow(/Expand of \[2, 3\], \[2\] cannot be computed/);
    await opened(parts, data, { parameters: ['w'], batch: 2 }, expectGradient);
  });
});

describe('a tensor that looks like a constant', () => {
  it('becomes a parameter if its exact name is given', async () => {
    const parts: GraphParts = {
      nodes: [node('Gemm', 'x w b', 'h'), node('Mul', 'h mask', 'y')],
      initializers: {
        w: weights('w', [4, 2]),
        b: weights('b', [2]),
        mask: floats([1, 0, 1, 1, 0, 1, 1, 1, 1, 0, 1, 1], [6, 2]),
      },
    };
    const data = { x: weights('x', [6, 4]), target: labels(6, 2) };
    const chosen = (parameters: string[]) =>
      opened(parts, data, { parameters }, (result) => Promise.resolve(names(result)));
    expect(await chosen(['*'])).toEqual(['w', 'b']);
    expect(await chosen(['w', 'mask'])).toEqual(['w', 'mask']);
  });
});

describe('several outputs', () => {
  const parts: GraphParts = {
    nodes: [node('Gemm', 'x wv', 'value'), node('Gemm', 'x wc', 'classes')],
    initializers: { wv: weights('wv', [4, 1]), wc: weights('wc', [4, 3]) },
    outputs: ['value', 'classes'],
  };
  const x = weights('x', [6, 4]);

  it('are told apart by the targets: class indices match classes, and numbers match values', async () => {
    const read = (target: Tensor) => opened(parts, { x, target }, {}, ({ reads }) => Promise.resolve(reads));
    expect(await read(labels(6, 3))).toBe('logits of «classes»');
    expect(await read(weights('t', [6]))).toBe('«value»');
  });
});

describe('token ids', () => {
  const parts: GraphParts = {
    nodes: [
      node('Cast', 'ids', 'narrow', { to: 6 }),
      node('Gather', 'words narrow', 'e'),
      node('Shape', 'ids', 's'),
      node('Gather', 's one', 'length', { axis: 0 }),
      node('Range', 'zero length one_', 'range'),
      node('Gather', 'places range', 'p'),
      node('Add', 'e p', 'sum'),
      node('ReduceMean', 'sum', 'mean', { axes: [1], keepdims: 0 }),
      node('Gemm', 'mean w b', 'y'),
    ],
    initializers: {
      words: weights('words', [9, 4]),
      places: weights('places', [8, 4]),
      w: weights('w', [4, 3]),
      b: weights('b', [3]),
      one: ints([1], []),
      one_: ints([1], []),
      zero: ints([0], []),
    },
    inputs: [{ name: 'ids', dtype: 'int64', shape: ['batch', 'length'] }],
  };

  it('fill the table of positions when they are generated', async () => {
    await opened(parts, 'generated', { samples: 6 }, async (result) => {
      expect(result.notes.join(' ')).toMatch(/Free dimensions are taken as 8/);
      await expectGradient(result);
    });
  });

  it('outside the vocabulary are refused before anything runs', async () => {
    const data = { ids: ints([0, 8, 3, 1, 9, 2], [3, 2]), target: labels(3, 3) };
    await expect(opened(parts, data, {}, () => Promise.resolve())).rejects.toThrow(
      /Sample 2 of «ids» contains 9, but the table that it indexes, «words», has 9 rows/,
    );
  });
});

describe('a loss that the model averages itself', () => {
  const parts = (batch: number | string): GraphParts => ({
    nodes: [node('Gemm', 'x w b', 'z'), node('SoftmaxCrossEntropyLoss', 'z labels', 'loss')],
    initializers: { w: weights('w', [4, 3]), b: weights('b', [3]) },
    inputs: [
      { name: 'x', dtype: 'float32', shape: [batch, 4] },
      { name: 'labels', dtype: 'int64', shape: [batch] },
    ],
  });
  const data = { x: weights('x', [7, 4]), labels: labels(7, 3) };
  const first = (count: number) => ({
    x: { ...data.x, shape: [count, 4], data: data.x.data.slice(0, 4 * count) },
    labels: { ...data.labels, shape: [count], data: data.labels.data.slice(0, count) },
  });

  it('leaves out samples that do not fill a batch of the size that the file fixes', async () => {
    const loss = await opened(parts('n'), first(6), {}, async ({ objective }) => (await objective.value()).loss);
    await opened(parts(3), data, {}, async (result) => {
      expect(result.objective.samples).toBe(6);
      expect(result.notes.join(' ')).toMatch(/The last 1 of 7 samples/);
      expect((await result.objective.value()).loss).toBeCloseTo(loss, 6);
      await expectGradient(result);
    });
    await expect(opened(parts(9), data, {}, () => Promise.resolve())).rejects.toThrow(/at least 9 samples/);
  });
});

describe('random inputs', () => {
  const parts: GraphParts = {
    nodes: [node('Gemm', 'x w b', 'y')],
    initializers: { w: weights('w', [4, 2]), b: weights('b', [2]) },
  };

  it('have targets that the model does not fit exactly, so that the loss has a gradient', async () => {
    for (const loss of ['mse', 'mae', 'huber', 'bce_with_logits'] as const) {
      await opened(parts, 'generated', { loss, samples: 16 }, async (result) => {
        expect((await result.objective.value()).loss).toBeGreaterThan(0.01);
        await expectGradient(result);
      });
    }
  });
});
