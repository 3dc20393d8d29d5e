import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelFile } from '../../../../test/unit/modelFile';
import type { GraphParts } from '../../../../test/unit/sourceGraph';
import { floats, ints, node, weights } from '../../../../test/unit/sourceGraph';
import { UserError } from '../../../errors';
import type { SourceInput } from '../../../graph/source';
import type { Tensor } from '../../../graph/tensor';
import type { AnalysisOptions } from '../../../options/options';
import { resolveOptions } from '../../../options/presets';
import { openObjective } from '../openObjective';

const N = 12;
const IN = 4;
const OUT = 3;
const TOKENS = 5;
const IGNORED = -100;

/** Five of twelve labels are ignored, unevenly spread over the batches. */
const LABELS = [0, 2, IGNORED, 1, 1, 0, IGNORED, 2, IGNORED, IGNORED, IGNORED, 2];
const MASK = [1, 0, 0, 2, 1, 0, 3, 0, 0, 0, 1, 1];
const CLASS_WEIGHTS = [0.5, 2, 1.25];
const TOKEN_LABELS = Array.from({ length: N * TOKENS }, (_, i) => ((i * i) % 7 < 3 || i < 8 ? IGNORED : i % OUT));

const X = weights('inputs', [N, IN]);
const T = weights('tokens', [N, TOKENS, IN]);
const W = weights('w', [IN, OUT]);

type Matrix = readonly (readonly number[])[];

/** z = x·w for each row of x, in float64. */
function product(rows: Tensor, w: ArrayLike<number>): number[][] {
  const count = rows.data.length / IN;
  return Array.from({ length: count }, (_, i) =>
    Array.from({ length: OUT }, (__, o) => {
      let sum = 0;
      for (let k = 0; k < IN; k++) sum += Number(rows.data[i * IN + k]) * w[k * OUT + o];
      return sum;
    }),
  );
}

const total = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0);
const mean = (values: readonly number[]) => total(values) / values.length;
const squares = (z: Matrix) => z.map((row) => total(row.map((v) => (v - 1) ** 2)));
const crossEntropy = (row: readonly number[], label: number) =>
  label < 0 ? 0 : Math.log(total(row.map((v) => Math.exp(v)))) - row[label];
const entropies = (z: Matrix, labels: readonly number[]) => z.map((row, i) => crossEntropy(row, labels[i]));
const labelled = (labels: readonly number[]) => labels.filter((label) => label >= 0);

const float: SourceInput = { name: 'x', dtype: 'float32', shape: ['n', IN] };
const label: SourceInput = { name: 'labels', dtype: 'int64', shape: ['n'] };
const masked: SourceInput = { name: 'mask', dtype: 'float32', shape: ['n'] };
const tokens: SourceInput = {
  name: 'x',
  dtype: 'float32',
  shape: ['n', TOKENS, IN],
};
const tokenLabels: SourceInput = {
  name: 'labels',
  dtype: 'int64',
  shape: ['n', TOKENS],
};

const constants = {
  one: floats([1], []),
  half: floats([0.5], []),
  tenth: floats([0.1], []),
  tiny: floats([1e-8], []),
  first: ints([0], []),
  axis0: ints([0]),
  last: ints([-1]),
  classes: ints([-1, OUT]),
  flat: ints([-1]),
  column: ints([-1, 1]),
  cw: floats(CLASS_WEIGHTS),
};

interface Relative {
  name: string;
  inputs: SourceInput[];
  nodes: GraphParts['nodes'];
  /** The loss of the whole data set. */
  loss: (w: ArrayLike<number>) => number;
}

const scores = node('MatMul', 'x w', 'z');
const errors = [scores, node('Sub', 'z one', 'd'), node('Mul', 'd d', 'q')];
const mse = (w: ArrayLike<number>) => squares(product(X, w));
const ce = (w: ArrayLike<number>) => entropies(product(X, w), LABELS);
const logP = [scores, node('LogSoftmax', 'z', 'p', { axis: 1 })];
const perSample = node('SoftmaxCrossEntropyLoss', 'z labels', 'l', {
  reduction: 'none',
  ignore_index: IGNORED,
});

const RELATIVES: Relative[] = [
  {
    name: 'a sum of squares',
    inputs: [float],
    nodes: [...errors, node('ReduceSum', 'q', 'y', { keepdims: 0 })],
    loss: (w) => total(mse(w)),
  },
  {
    name: 'a mean of squares, [1, 1]',
    inputs: [float],
    nodes: [...errors, node('ReduceMean', 'q', 'y', { keepdims: 1 })],
    loss: (w) => mean(mse(w)) / OUT,
  },
  {
    name: 'a sum of squares as a product of matrices',
    inputs: [float],
    nodes: [
      ...errors,
      node('Reshape', 'd flat', 'f'),
      node('Unsqueeze', 'f axis0', 'row'),
      node('Transpose', 'row', 'col', { perm: [1, 0] }),
      node('MatMul', 'row col', 'y'),
    ],
    loss: (w) => total(mse(w)),
  },
  {
    name: 'a mean over samples, then a sum',
    inputs: [float],
    nodes: [
      ...errors,
      node('ReduceMean', 'q', 'm', { axes: [0], keepdims: 0 }),
      node('ReduceSum', 'm', 'y', { keepdims: 0 }),
    ],
    loss: (w) => mean(mse(w)),
  },
  {
    name: 'a sum divided by the length of the batch',
    inputs: [float],
    nodes: [
      ...errors,
      node('ReduceSum', 'q', 's', { keepdims: 0 }),
      node('Shape', 'x', 'shape'),
      node('Gather', 'shape first', 'length'),
      node('Cast', 'length', 'count', { to: 1 }),
      node('Div', 's count', 'y'),
    ],
    loss: (w) => mean(mse(w)),
  },
  {
    name: 'a mean of cross-entropies with ignored labels',
    inputs: [float, label],
    nodes: [
      scores,
      node('SoftmaxCrossEntropyLoss', 'z labels', 'y', {
        reduction: 'mean',
        ignore_index: IGNORED,
      }),
    ],
    loss: (w) => total(ce(w)) / labelled(LABELS).length,
  },
  {
    name: 'a sum of cross-entropies',
    inputs: [float, label],
    nodes: [
      scores,
      node('SoftmaxCrossEntropyLoss', 'z labels', 'y', {
        reduction: 'sum',
        ignore_index: IGNORED,
      }),
    ],
    loss: (w) => total(ce(w)),
  },
  {
    name: 'a mean with class weights and another ignored label',
    inputs: [float, label],
    nodes: [
      node('Max', 'labels zeroInt', 'known'),
      ...logP,
      node('NegativeLogLikelihoodLoss', 'p known cw', 'y', {
        reduction: 'mean',
        ignore_index: 0,
      }),
    ],
    loss: (w) =>
      total(ce(w).map((l, i) => (LABELS[i] > 0 ? l * CLASS_WEIGHTS[LABELS[i]] : 0))) /
      total(LABELS.map((c) => (c > 0 ? CLASS_WEIGHTS[c] : 0))),
  },
  {
    name: 'a mean of looked-up log-probabilities, written out with a mask',
    inputs: [float, label],
    nodes: [
      ...logP,
      node('Equal', 'labels ignored', 'out'),
      node('Not', 'out', 'in'),
      node('Where', 'in labels zeroInt', 'safe'),
      node('Unsqueeze', 'safe last', 'index'),
      node('GatherElements', 'p index', 'picked', { axis: 1 }),
      node('Squeeze', 'picked last', 'flatPicked'),
      node('Neg', 'flatPicked', 'n'),
      node('Where', 'in n zero', 'kept'),
      node('Cast', 'in', 'counted', { to: 1 }),
      node('ReduceSum', 'kept', 's', { keepdims: 0 }),
      node('ReduceSum', 'counted', 'c', { keepdims: 0 }),
      node('Div', 's c', 'y'),
    ],
    loss: (w) => total(ce(w)) / labelled(LABELS).length,
  },
  {
    name: 'a masked mean whose divisor is one at least',
    inputs: [float, masked],
    nodes: [
      ...errors,
      node('ReduceSum', 'q last', 'l', { keepdims: 0 }),
      node('Mul', 'l mask', 'lm'),
      node('ReduceSum', 'lm', 's', { keepdims: 0 }),
      node('ReduceSum', 'mask', 'c', { keepdims: 0 }),
      node('Max', 'c one', 'least'),
      node('Div', 's least', 'y'),
    ],
    loss: (w) => total(mse(w).map((l, i) => l * MASK[i])) / total(MASK),
  },
  {
    name: 'weights that are normalized first',
    inputs: [float, masked],
    nodes: [
      ...errors,
      node('ReduceSum', 'q last', 'l', { keepdims: 0 }),
      node('ReduceSum', 'mask', 'c', { keepdims: 1 }),
      node('Add', 'c tiny', 'ce'),
      node('Div', 'mask ce', 'share'),
      node('Mul', 'l share', 'lm'),
      node('ReduceSum', 'lm', 'y', { keepdims: 0 }),
    ],
    loss: (w) => total(mse(w).map((l, i) => l * MASK[i])) / total(MASK),
  },
  {
    name: 'a mean over the mean of a mask',
    inputs: [float, masked],
    nodes: [
      ...errors,
      node('ReduceMean', 'q', 'm', { axes: [1], keepdims: 0 }),
      node('Mul', 'm mask', 'mm'),
      node('ReduceMean', 'mm', 's', { keepdims: 0 }),
      node('ReduceMean', 'mask', 'c', { keepdims: 0 }),
      node('Div', 's c', 'y'),
    ],
    loss: (w) => total(mse(w).map((l, i) => (l * MASK[i]) / OUT)) / total(MASK),
  },
  {
    name: 'terms with divisors of their own and a penalty on the weights',
    inputs: [float, label, masked],
    nodes: [
      ...errors,
      node('SoftmaxCrossEntropyLoss', 'z labels', 'a', {
        reduction: 'mean',
        ignore_index: IGNORED,
      }),
      node('ReduceSum', 'q last', 'l', { keepdims: 0 }),
      node('Mul', 'l mask', 'lm'),
      node('ReduceSum', 'lm', 's', { keepdims: 0 }),
      node('ReduceSum', 'mask', 'c', { keepdims: 0 }),
      node('Div', 's c', 'b'),
      node('ReduceSum', 'q', 'e', { keepdims: 0 }),
      node('Mul', 'w w', 'w2'),
      node('ReduceSum', 'w2', 'decay', { keepdims: 0 }),
      node('Mul', 'b half', 'bh'),
      node('Sum', 'a bh e decay', 'y'),
    ],
    loss: (w) =>
      total(ce(w)) / labelled(LABELS).length +
      (0.5 * total(mse(w).map((l, i) => l * MASK[i]))) / total(MASK) +
      total(mse(w)) +
      total(Array.from(w, (v) => v * v)),
  },
  {
    name: 'a mean over the tokens that count, samples and tokens on one axis',
    inputs: [tokens, tokenLabels],
    nodes: [
      scores,
      node('Reshape', 'z classes', 'rows'),
      node('Reshape', 'labels flat', 'all'),
      node('SoftmaxCrossEntropyLoss', 'rows all', 'y', {
        reduction: 'mean',
        ignore_index: IGNORED,
      }),
    ],
    loss: (w) => total(entropies(product(T, w), TOKEN_LABELS)) / labelled(TOKEN_LABELS).length,
  },
  {
    name: 'a mean over next tokens, tokens before samples',
    inputs: [tokens, tokenLabels],
    nodes: [
      node('Transpose', 'x', 'xt', { perm: [1, 0, 2] }),
      node('MatMul', 'xt w', 'zt'),
      node('Slice', 'zt axis0 last axis0', 'zs'),
      node('Reshape', 'zs classes', 'rows'),
      node('Transpose', 'labels', 'lt', { perm: [1, 0] }),
      node('Slice', 'lt oneInt many axis0', 'ls'),
      node('Reshape', 'ls flat', 'all'),
      node('SoftmaxCrossEntropyLoss', 'rows all', 'y', {
        reduction: 'mean',
        ignore_index: IGNORED,
      }),
    ],
    loss: (w) => {
      const z = product(T, w);
      const next = Array.from(TOKEN_LABELS, (_, i) => (i % TOKENS < TOKENS - 1 ? TOKEN_LABELS[i + 1] : IGNORED));
      return total(entropies(z, next)) / labelled(next).length;
    },
  },
  {
    name: 'a tenth of the sum and twice the mean of the same values',
    inputs: [float],
    nodes: [
      ...errors,
      node('ReduceSum', 'q last', 'l', { keepdims: 0 }),
      node('ReduceSum', 'l', 's', { keepdims: 0 }),
      node('ReduceMean', 'l', 'm', { keepdims: 0 }),
      node('Mul', 's tenth', 'st'),
      node('Add', 'm m', 'mm'),
      node('Add', 'st mm', 'y'),
    ],
    loss: (w) => total(mse(w)) / 10 + 2 * mean(mse(w)),
  },
  {
    name: 'a sum minus three means of the same values',
    inputs: [float],
    nodes: [
      ...errors,
      node('ReduceSum', 'q', 's', { keepdims: 0 }),
      node('ReduceMean', 'q', 'm', { keepdims: 0 }),
      node('Sub', 's m', 'a'),
      node('Sub', 'a m', 'b'),
      node('Sub', 'b m', 'y'),
    ],
    loss: (w) => total(mse(w)) - mean(mse(w)),
  },
  {
    name: 'a mean of means',
    inputs: [tokens],
    nodes: [
      ...errors,
      node('ReduceMean', 'q', 'tokenwise', { axes: [1, 2], keepdims: 0 }),
      node('ReduceMean', 'tokenwise', 'y', { keepdims: 0 }),
    ],
    loss: (w) => mean(squares(product(T, w))) / OUT,
  },
  {
    name: 'one entry for each sample',
    inputs: [float, label],
    nodes: [scores, perSample],
    loss: (w) => mean(ce(w)),
  },
];

/** Losses that are not sums over samples. */
const WHOLE: Relative[] = [
  {
    name: 'the root of a mean',
    inputs: [float],
    nodes: [...errors, node('ReduceMean', 'q', 'm', { keepdims: 0 }), node('Sqrt', 'm', 'y')],
    loss: (w) => Math.sqrt(mean(mse(w)) / OUT),
  },
  {
    name: 'a contrast between samples',
    inputs: [float],
    nodes: [
      scores,
      node('Transpose', 'z', 'zt', { perm: [1, 0] }),
      node('MatMul', 'z zt', 'pairs'),
      node('LogSoftmax', 'pairs', 'p', { axis: 1 }),
      node('ReduceMean', 'p', 'y', { keepdims: 0 }),
    ],
    loss: (w) => {
      const z = product(X, w);
      const rows = z.map((a) => z.map((b) => total(a.map((v, i) => v * b[i]))));
      return mean(rows.map((row) => mean(row) - Math.log(total(row.map((v) => Math.exp(v))))));
    },
  },
];

const INITIALIZERS = {
  ...constants,
  w: W,
  zero: floats([0], []),
  zeroInt: ints([0], []),
  oneInt: ints([1]),
  many: ints([2 ** 31]),
  ignored: ints([IGNORED], []),
};

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-inner-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function measured({ inputs, nodes }: Relative, options: AnalysisOptions) {
  const text = nodes.flatMap((each) => each.inputs);
  const initializers = Object.fromEntries(Object.entries(INITIALIZERS).filter(([name]) => text.includes(name)));
  const all: Record<string, Tensor> = {
    x: inputs[0] === tokens ? T : X,
    labels: inputs.includes(tokenLabels) ? ints(TOKEN_LABELS, [N, TOKENS]) : ints(LABELS),
    mask: floats(MASK),
  };
  const data = Object.fromEntries(inputs.map(({ name }) => [name, all[name]]));
  const files = await modelFile(folder, { nodes, initializers, inputs }, data);
  const asked = resolveOptions({
    data: files.data,
    provider: 'cpu',
    threads: 1,
    loss: 'output',
    ...options,
  });
  const { objective, notes } = await openObjective(files.model, asked);
  try {
    const { loss, standardError } = await objective.value();
    const gradient = await objective.gradient();
    const v = Float32Array.from({ length: objective.dim }, (_, i) => Math.sin(i + 1));
    const [product] = await objective.products('hessian', [v]);
    const [{ curvatures }] = await objective.curvatures('hessian', [v]);
    const points = [{ alpha: 0.3, beta: 0 }];
    const [moved] = await objective.plane(v, null, points);
    return {
      loss,
      standardError,
      gradient,
      product,
      v,
      curvatures,
      moved: moved.loss,
      notes,
    };
  } finally {
    await objective.dispose();
  }
}

/** ∇L and H·v by central differences in float64. */
function differences(loss: Relative['loss'], v: Float32Array) {
  const w = Float64Array.from(W.data as Float32Array);
  const gradientAt = (at: Float64Array, h = 1e-5) =>
    at.map((_, i) => {
      const shifted = (by: number) => loss(at.map((x, j) => (i === j ? x + by : x)));
      return (shifted(h) - shifted(-h)) / (2 * h);
    });
  const step = 1e-4;
  const [ahead, behind] = [1, -1].map((sign) => gradientAt(w.map((x, i) => x + sign * step * v[i])));
  return {
    loss: loss(w),
    moved: loss(w.map((x, i) => x + 0.3 * v[i])),
    gradient: gradientAt(w),
    product: ahead.map((x, i) => (x - behind[i]) / (2 * step)),
  };
}

function close(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  const size = Math.hypot(...Array.from(expected));
  return Math.hypot(...Array.from(expected, (x, i) => x - found[i])) / size;
}

describe.each(RELATIVES)('a loss inside the graph: $name', (relative) => {
  it.each([N, N / 2, 5, 1])('is that of all samples in batches of %i', async (batch) => {
    const found = await measured(relative, { batch });
    const expected = differences(relative.loss, found.v);
    expect(found.loss / expected.loss).toBeCloseTo(1, 5);
    expect(found.moved / expected.moved).toBeCloseTo(1, 5);
    expect(close(found.gradient, expected.gradient)).toBeLessThan(1e-5);
    expect(close(found.product, expected.product)).toBeLessThan(1e-4);
    const along = expected.product.reduce((sum, x, i) => sum + x * found.v[i], 0);
    expect(mean([...found.curvatures]) / along).toBeCloseTo(1, 4);
    expect(found.curvatures).toHaveLength(N);
    expect(found.standardError).toBeGreaterThan(0);
  });
});

describe.each(WHOLE)('a loss that is no sum over samples: $name', (relative) => {
  it('is taken of all samples in one batch', async () => {
    for (const options of [{}, { batch: N }]) {
      const found = await measured(relative, options);
      const expected = differences(relative.loss, found.v);
      expect(found.loss / expected.loss).toBeCloseTo(1, 5);
      expect(close(found.gradient, expected.gradient)).toBeLessThan(1e-5);
      expect(close(found.product, expected.product)).toBeLessThan(1e-4);
      expect(found.standardError).toBeNaN();
    }
  });

  it('is refused in smaller batches', async () => {
    const refused = measured(relative, { batch: 5 });
    await expect(refused).rejects.toThrow(UserError);
    await expect(refused).rejects.toThrow(/neither a sum nor a mean/);
  });
});
