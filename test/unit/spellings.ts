import type { SourceNode } from '../../src/graph/source';
import type { Tensor } from '../../src/graph/tensor';
import { floats, ints, node } from './sourceGraph';

/** Shape of the numbers below the head: [N, 3], [N, 2, 3] for two tokens per sample, or [N, 1]. */
export type Below = 'rows' | 'tokens' | 'one';

/** One way in which a model may write its prediction. */
export interface Spelling {
  /** The name for people, as in the documentation. */
  name: string;
  below: Below;
  /** The nodes that compute `o` from `z`. */
  nodes: readonly SourceNode[];
  constants?: Readonly<Record<string, Tensor>>;
  opset?: number;
  /**
   * The nodes that compute the logits `l` of the plain model that this one is compared with. The logits have the shape
   * of z. Without nodes they are z itself.
   */
  plain?: readonly SourceNode[];
  /** Largest difference from the plain probabilities, where guards such as ε change them; 0 by default. */
  tolerance?: number;
}

const n = node;
const one = { one: floats([1], []) };
const EPS = 1e-7;
const bounds = { low: floats([EPS], []), high: floats([1 - EPS], []) };
const halves = { half: floats([0.5], []), ...one };

/** Spellings of class probabilities, all equal to the softmax of z. */
export const CATEGORICAL: readonly Spelling[] = [
  { name: 'Softmax', below: 'rows', nodes: [n('Softmax', 'z', 'o', { axis: 1 })] },
  {
    name: 'Softmax over the last axis, opset 11',
    below: 'tokens',
    opset: 11,
    nodes: [n('Softmax', 'z', 'o', { axis: 2 })],
  },
  {
    name: 'Softmax of opset 11 over axes of which all but one have length 1',
    below: 'rows',
    opset: 11,
    constants: { s: ints([0, 3, 1, 1]), r: ints([0, 3]) },
    nodes: [n('Reshape', 'z s', 'a'), n('Softmax', 'a', 'b', { axis: 1 }), n('Reshape', 'b r', 'o')],
  },
  {
    name: 'Softmax, Reshape',
    below: 'rows',
    constants: { s: ints([0, 3, 1, 1]), r: ints([-1, 3]) },
    nodes: [n('Reshape', 'z s', 'a'), n('Softmax', 'a', 'b', { axis: 1 }), n('Reshape', 'b r', 'o')],
  },
  {
    name: 'Softmax, Flatten',
    below: 'rows',
    constants: { s: ints([2, 3]) },
    nodes: [n('Unsqueeze', 'z s', 'a'), n('Softmax', 'a', 'b', { axis: 1 }), n('Flatten', 'b', 'o')],
  },
  {
    name: 'Softmax, Squeeze',
    below: 'rows',
    constants: { s: ints([1]) },
    nodes: [n('Unsqueeze', 'z s', 'a'), n('Softmax', 'a', 'b', { axis: 2 }), n('Squeeze', 'b s', 'o')],
  },
  {
    name: 'Softmax, Identity, Dropout',
    below: 'rows',
    nodes: [n('Softmax', 'z', 'a'), n('Identity', 'a', 'b'), n('Dropout', 'b', 'o')],
  },
  {
    name: 'Softmax, Cast to double and back',
    below: 'rows',
    nodes: [n('Softmax', 'z', 'a'), n('Cast', 'a', 'b', { to: 11 }), n('Cast', 'b', 'o', { to: 1 })],
  },
  {
    name: 'Softmax, Transpose',
    below: 'tokens',
    nodes: [n('Softmax', 'z', 'a'), n('Transpose', 'a', 'o', { perm: [0, 2, 1] })],
  },
  {
    name: 'Transpose, Softmax, Transpose',
    below: 'tokens',
    nodes: [
      n('Transpose', 'z', 'a', { perm: [0, 2, 1] }),
      n('Softmax', 'a', 'b', { axis: 1 }),
      n('Transpose', 'b', 'o', { perm: [0, 2, 1] }),
    ],
  },
  {
    name: 'Softmax, Slice of half the positions twice, Concat',
    below: 'tokens',
    constants: { zero: ints([0]), mid: ints([1]), end: ints([2]), axis: ints([1]) },
    nodes: [
      n('Softmax', 'z', 'p'),
      n('Slice', 'p zero mid axis', 'a'),
      n('Slice', 'p mid end axis', 'b'),
      n('Concat', 'a b', 'o', { axis: 1 }),
    ],
  },
  {
    name: 'Softmax of each position, Concat',
    below: 'tokens',
    constants: { zero: ints([0]), mid: ints([1]), end: ints([2]), axis: ints([1]) },
    nodes: [
      n('Slice', 'z zero mid axis', 'a'),
      n('Slice', 'z mid end axis', 'b'),
      n('Softmax', 'a', 'c'),
      n('Softmax', 'b', 'd'),
      n('Concat', 'c d', 'o', { axis: 1 }),
    ],
  },
  {
    name: 'Softmax, Gather of every position',
    below: 'tokens',
    constants: { i: ints([0, 1]) },
    nodes: [n('Softmax', 'z', 'p'), n('Gather', 'p i', 'o', { axis: 1 })],
  },
  {
    name: 'Softmax, Gather that orders the classes',
    below: 'rows',
    constants: { i: ints([2, 0, 1]) },
    nodes: [n('Softmax', 'z', 'p'), n('Gather', 'p i', 'o', { axis: 1 })],
    plain: [n('Gather', 'z i', 'l', { axis: 1 })],
  },
  {
    name: 'Softmax, Clip to [ε, 1 − ε]',
    below: 'rows',
    constants: bounds,
    nodes: [n('Softmax', 'z', 'p'), n('Clip', 'p low high', 'o')],
    tolerance: EPS,
  },
  {
    name: 'Softmax, Max with ε',
    below: 'rows',
    constants: bounds,
    nodes: [n('Softmax', 'z', 'p'), n('Max', 'p low', 'o')],
    tolerance: EPS,
  },
  {
    name: 'Softmax, Clip to [0, 1]',
    below: 'rows',
    constants: { zero: floats([0], []), ...one },
    nodes: [n('Softmax', 'z', 'p'), n('Clip', 'p zero one', 'o')],
  },
  {
    name: 'Softmax, + ε',
    below: 'rows',
    constants: bounds,
    nodes: [n('Softmax', 'z', 'p'), n('Add', 'p low', 'o')],
    tolerance: 3 * EPS,
  },
  { name: 'LogSoftmax', below: 'rows', nodes: [n('LogSoftmax', 'z', 'o', { axis: 1 })] },
  {
    name: 'LogSoftmax, Transpose',
    below: 'tokens',
    nodes: [n('LogSoftmax', 'z', 'a'), n('Transpose', 'a', 'o', { perm: [0, 2, 1] })],
  },
  { name: 'Log(Softmax)', below: 'rows', nodes: [n('Softmax', 'z', 'p'), n('Log', 'p', 'o')] },
  {
    name: 'Log(Clip(Softmax))',
    below: 'rows',
    constants: bounds,
    nodes: [n('Softmax', 'z', 'p'), n('Clip', 'p low high', 'c'), n('Log', 'c', 'o')],
    tolerance: EPS,
  },
  {
    name: 'Log(Softmax + ε)',
    below: 'rows',
    constants: bounds,
    nodes: [n('Softmax', 'z', 'p'), n('Add', 'p low', 'c'), n('Log', 'c', 'o')],
    tolerance: 3 * EPS,
  },
  { name: 'Exp(LogSoftmax)', below: 'rows', nodes: [n('LogSoftmax', 'z', 'q', { axis: 1 }), n('Exp', 'q', 'o')] },
  {
    name: 'z − ReduceLogSumExp(z)',
    below: 'rows',
    nodes: [n('ReduceLogSumExp', 'z', 's', { axes: [1], keepdims: 1 }), n('Sub', 'z s', 'o')],
  },
  {
    name: 'z − Log(ΣExp(z))',
    below: 'rows',
    constants: { axis: ints([1]) },
    nodes: [n('Exp', 'z', 'e'), n('ReduceSum', 'e axis', 's'), n('Log', 's', 'c'), n('Sub', 'z c', 'o')],
  },
  {
    name: '(z − max z) − Log(ΣExp(z − max z))',
    below: 'rows',
    constants: { axis: ints([1]) },
    nodes: [
      n('ReduceMax', 'z', 'm', { axes: [1], keepdims: 1 }),
      n('Sub', 'z m', 'd'),
      n('Exp', 'd', 'e'),
      n('ReduceSum', 'e axis', 's'),
      n('Log', 's', 'c'),
      n('Sub', 'd c', 'o'),
    ],
  },
  {
    name: 'Exp(z) / ΣExp(z)',
    below: 'rows',
    constants: { axis: ints([1]) },
    nodes: [n('Exp', 'z', 'e'), n('ReduceSum', 'e axis', 's'), n('Div', 'e s', 'o')],
  },
  {
    name: 'Exp(z − max z) / ΣExp(z − max z)',
    below: 'tokens',
    constants: { axis: ints([2]) },
    nodes: [
      n('ReduceMax', 'z', 'm', { axes: [2], keepdims: 1 }),
      n('Sub', 'z m', 'd'),
      n('Exp', 'd', 'e'),
      n('ReduceSum', 'e axis', 's'),
      n('Div', 'e s', 'o'),
    ],
  },
  {
    name: 'Exp(z) / (ΣExp(z) + ε), the sum given its axis back',
    below: 'rows',
    constants: { axis: ints([1]), ...bounds },
    nodes: [
      n('Exp', 'z', 'e'),
      n('ReduceSum', 'e axis', 's', { keepdims: 0 }),
      n('Unsqueeze', 's axis', 'u'),
      n('Add', 'u low', 'v'),
      n('Div', 'e v', 'o'),
    ],
    tolerance: 3 * EPS,
  },
  {
    name: 'Exp(z) · Reciprocal(ΣExp(z))',
    below: 'rows',
    constants: { axis: ints([1]) },
    nodes: [n('Exp', 'z', 'e'), n('ReduceSum', 'e axis', 's'), n('Reciprocal', 's', 'r'), n('Mul', 'e r', 'o')],
  },
  {
    name: 'Softmax / ΣSoftmax',
    below: 'rows',
    constants: { axis: ints([1]) },
    nodes: [n('Softmax', 'z', 'p'), n('ReduceSum', 'p axis', 's'), n('Div', 'p s', 'o')],
  },
  {
    name: 'Softmax² / ΣSoftmax²',
    below: 'rows',
    constants: { axis: ints([1]) },
    nodes: [n('Softmax', 'z', 'p'), n('Mul', 'p p', 'q'), n('ReduceSum', 'q axis', 's'), n('Div', 'q s', 'o')],
    plain: [n('Add', 'z z', 'l')],
  },
  {
    name: 'Sigmoid / ΣSigmoid, one class against the rest',
    below: 'rows',
    constants: { axis: ints([1]) },
    nodes: [n('Sigmoid', 'z', 'p'), n('ReduceSum', 'p axis', 's'), n('Div', 'p s', 'o')],
    plain: [n('Neg', 'z', 'a'), n('Softplus', 'a', 'b'), n('Neg', 'b', 'l')],
  },
  {
    name: '[1 − p, p] of one Sigmoid, Concat',
    below: 'one',
    constants: one,
    nodes: [n('Sigmoid', 'z', 'p'), n('Sub', 'one p', 'q'), n('Concat', 'q p', 'o', { axis: 1 })],
  },
  {
    name: '[σ(−z), σ(z)], Concat',
    below: 'one',
    nodes: [n('Sigmoid', 'z', 'p'), n('Neg', 'z', 'm'), n('Sigmoid', 'm', 'q'), n('Concat', 'q p', 'o', { axis: 1 })],
  },
  {
    name: '[1 − p, p], stacked: Squeeze, Unsqueeze, Concat',
    below: 'one',
    constants: { axis: ints([1]), ...one },
    nodes: [
      n('Squeeze', 'z axis', 'y'),
      n('Sigmoid', 'y', 'p'),
      n('Sub', 'one p', 'q'),
      n('Unsqueeze', 'q axis', 'a'),
      n('Unsqueeze', 'p axis', 'b'),
      n('Concat', 'a b', 'o', { axis: 1 }),
    ],
  },
  {
    name: '[1 + (−p), p], Concat, Clip to [ε, 1 − ε]',
    below: 'one',
    constants: { ...one, ...bounds },
    nodes: [
      n('Sigmoid', 'z', 'p'),
      n('Neg', 'p', 'm'),
      n('Add', 'm one', 'q'),
      n('Concat', 'q p', 'c', { axis: 1 }),
      n('Clip', 'c low high', 'o'),
    ],
    tolerance: EPS,
  },
  {
    name: 'Log of [1 − p, p]',
    below: 'one',
    constants: one,
    nodes: [n('Sigmoid', 'z', 'p'), n('Sub', 'one p', 'q'), n('Concat', 'q p', 'c', { axis: 1 }), n('Log', 'c', 'o')],
  },
  {
    name: '[−Softplus(z), −Softplus(−z)], Concat',
    below: 'one',
    nodes: [
      n('Softplus', 'z', 'a'),
      n('Neg', 'a', 'q'),
      n('Neg', 'z', 'm'),
      n('Softplus', 'm', 'b'),
      n('Neg', 'b', 'p'),
      n('Concat', 'q p', 'o', { axis: 1 }),
    ],
  },
];

/** Spellings of the probability of a yes, all equal to σ(z). */
export const BINARY: readonly Spelling[] = [
  { name: 'Sigmoid', below: 'one', nodes: [n('Sigmoid', 'z', 'o')] },
  { name: 'Sigmoid of several outputs', below: 'rows', nodes: [n('Sigmoid', 'z', 'o')] },
  {
    name: 'Sigmoid, Squeeze',
    below: 'one',
    constants: { axis: ints([1]) },
    nodes: [n('Sigmoid', 'z', 'p'), n('Squeeze', 'p axis', 'o')],
  },
  { name: 'Sigmoid, Flatten', below: 'tokens', nodes: [n('Sigmoid', 'z', 'p'), n('Flatten', 'p', 'o')] },
  {
    name: 'Sigmoid, Transpose, Reshape',
    below: 'tokens',
    constants: { s: ints([0, -1]) },
    nodes: [n('Sigmoid', 'z', 'p'), n('Transpose', 'p', 'q', { perm: [0, 2, 1] }), n('Reshape', 'q s', 'o')],
    plain: [n('Transpose', 'z', 'q', { perm: [0, 2, 1] }), n('Reshape', 'q s', 'l')],
  },
  {
    name: 'Sigmoid, Clip to [ε, 1 − ε]',
    below: 'rows',
    constants: bounds,
    nodes: [n('Sigmoid', 'z', 'p'), n('Clip', 'p low high', 'o')],
    tolerance: EPS,
  },
  {
    name: 'Sigmoid, + ε',
    below: 'rows',
    constants: bounds,
    nodes: [n('Sigmoid', 'z', 'p'), n('Add', 'p low', 'o')],
    tolerance: EPS,
  },
  {
    name: '1 − Sigmoid(−z)',
    below: 'rows',
    constants: one,
    nodes: [n('Neg', 'z', 'm'), n('Sigmoid', 'm', 'p'), n('Sub', 'one p', 'o')],
  },
  {
    name: '1 / (1 + Exp(−z))',
    below: 'rows',
    constants: one,
    nodes: [n('Neg', 'z', 'm'), n('Exp', 'm', 'e'), n('Add', 'one e', 's'), n('Div', 'one s', 'o')],
  },
  {
    name: '(1 + Exp(−z)) to the power of −1',
    below: 'rows',
    constants: { ...one, minus: floats([-1], []) },
    nodes: [n('Neg', 'z', 'm'), n('Exp', 'm', 'e'), n('Add', 'e one', 's'), n('Pow', 's minus', 'o')],
  },
  {
    name: 'Exp(z) / (1 + Exp(z))',
    below: 'rows',
    constants: one,
    nodes: [n('Exp', 'z', 'e'), n('Add', 'e one', 's'), n('Div', 'e s', 'o')],
  },
  {
    name: '½·Tanh(½·z) + ½',
    below: 'rows',
    constants: halves,
    nodes: [n('Mul', 'z half', 'a'), n('Tanh', 'a', 't'), n('Mul', 't half', 'b'), n('Add', 'b half', 'o')],
  },
  {
    name: '½·(Tanh(z/2) + 1)',
    below: 'rows',
    constants: { ...halves, two: floats([2], []) },
    nodes: [n('Div', 'z two', 'a'), n('Tanh', 'a', 't'), n('Add', 't one', 'b'), n('Mul', 'b half', 'o')],
  },
  {
    name: '(Tanh(z) + 1) / 2',
    below: 'rows',
    constants: { ...one, two: floats([2], []) },
    nodes: [n('Tanh', 'z', 't'), n('Add', 't one', 'b'), n('Div', 'b two', 'o')],
    plain: [n('Add', 'z z', 'l')],
  },
  {
    name: 'Exp(−Softplus(−z))',
    below: 'rows',
    nodes: [n('Neg', 'z', 'm'), n('Softplus', 'm', 's'), n('Neg', 's', 'q'), n('Exp', 'q', 'o')],
  },
  {
    name: 'Sigmoid of each output, Concat',
    below: 'tokens',
    constants: { zero: ints([0]), mid: ints([1]), end: ints([2]), axis: ints([1]) },
    nodes: [
      n('Slice', 'z zero mid axis', 'a'),
      n('Slice', 'z mid end axis', 'b'),
      n('Sigmoid', 'a', 'c'),
      n('Sigmoid', 'b', 'd'),
      n('Concat', 'c d', 'o', { axis: 1 }),
    ],
  },
  {
    name: 'the second of two classes: Softmax, Slice',
    below: 'one',
    constants: { zero: floats([0], []), a: ints([1]), b: ints([2]), axis: ints([1]) },
    nodes: [
      n('Mul', 'z zero', 'y'),
      n('Concat', 'y z', 'c', { axis: 1 }),
      n('Softmax', 'c', 'p', { axis: 1 }),
      n('Slice', 'p a b axis', 'o'),
    ],
  },
  {
    name: 'the second of two classes: Softmax, Gather',
    below: 'one',
    constants: { zero: floats([0], []), i: ints([1], []) },
    nodes: [
      n('Mul', 'z zero', 'y'),
      n('Concat', 'y z', 'c', { axis: 1 }),
      n('Softmax', 'c', 'p', { axis: 1 }),
      n('Gather', 'p i', 'o', { axis: 1 }),
    ],
  },
];

/**
 * A spelling whose logits cannot be recovered, or which the graph changes. The loss is that of the written
 * probabilities.
 */
export interface KeptSpelling extends Spelling {
  loss: 'cross_entropy' | 'bce';
  /** The losses of a row of z in closed form: one for the row and its label, or one for each number and its label. */
  closedForm: (z: readonly number[], labels: readonly number[]) => number[];
}

const exps = (z: readonly number[]) => z.map((each) => Math.exp(each));
const total = (values: readonly number[]) => values.reduce((sum, each) => sum + each, 0);
const softmax = (z: readonly number[]) => exps(z).map((e) => e / total(exps(z)));
const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
const cut = (low: number, high: number) => (p: number) => Math.min(high, Math.max(low, p));
const binary = (of: (z: number) => number) => (z: readonly number[], labels: readonly number[]) =>
  z.map((each, i) => {
    return -Math.max(-100, Math.log(labels[i] === 1 ? of(each) : 1 - of(each)));
  });
const limits = { low: floats([0.2], []), high: floats([0.7], []) };

export const KEPT: readonly KeptSpelling[] = [
  {
    name: 'Softmax, Clip to [0.2, 0.7]',
    below: 'rows',
    loss: 'cross_entropy',
    constants: limits,
    nodes: [n('Softmax', 'z', 'p'), n('Clip', 'p low high', 'o')],
    closedForm: (z, [label]) => [-Math.log(cut(0.2, 0.7)(softmax(z)[label]))],
  },
  {
    name: 'Softmax, + 1e-6',
    below: 'rows',
    loss: 'cross_entropy',
    constants: { low: floats([1e-6], []) },
    nodes: [n('Softmax', 'z', 'p'), n('Add', 'p low', 'o')],
    closedForm: (z, [label]) => [-Math.log(softmax(z)[label] + 1e-6)],
  },
  {
    name: 'Sigmoid, Clip to [0.2, 0.7]',
    below: 'rows',
    loss: 'bce',
    constants: limits,
    nodes: [n('Sigmoid', 'z', 'p'), n('Clip', 'p low high', 'o')],
    closedForm: binary((z) => cut(0.2, 0.7)(sigmoid(z))),
  },
  {
    name: 'HardSigmoid',
    below: 'rows',
    loss: 'bce',
    nodes: [n('HardSigmoid', 'z', 'o', { alpha: 0.125, beta: 0.5 })],
    closedForm: binary((z) => cut(0, 1)(0.125 * z + 0.5)),
  },
  {
    name: 'Clip(z + 3, 0, 6) / 6',
    below: 'rows',
    loss: 'bce',
    constants: { three: floats([3], []), zero: floats([0], []), six: floats([6], []) },
    nodes: [n('Add', 'z three', 'a'), n('Clip', 'a zero six', 'b'), n('Div', 'b six', 'o')],
    closedForm: binary((z) => cut(0, 1)((z + 3) / 6)),
  },
  {
    name: '0.9·Sigmoid + 0.05',
    below: 'rows',
    loss: 'bce',
    constants: { a: floats([0.9], []), b: floats([0.05], []) },
    nodes: [n('Sigmoid', 'z', 'p'), n('Mul', 'p a', 'q'), n('Add', 'q b', 'o')],
    closedForm: binary((z) => 0.9 * sigmoid(z) + 0.05),
  },
  {
    name: 'Relu(z) + ε over its sum',
    below: 'rows',
    loss: 'cross_entropy',
    constants: { axis: ints([1]), e: floats([0.01], []) },
    nodes: [n('Relu', 'z', 'r'), n('Add', 'r e', 'a'), n('ReduceSum', 'a axis', 's'), n('Div', 'a s', 'o')],
    closedForm: (z, [label]) => {
      const x = z.map((each) => Math.max(each, 0) + 0.01);
      return [-Math.log(x[label] / total(x))];
    },
  },
  {
    name: 'Softplus(z) over its sum',
    below: 'rows',
    loss: 'cross_entropy',
    constants: { axis: ints([1]) },
    nodes: [n('Softplus', 'z', 'a'), n('ReduceSum', 'a axis', 's'), n('Div', 'a s', 'o')],
    closedForm: (z, [label]) => {
      const x = z.map((each) => Math.log1p(Math.exp(each)));
      return [-Math.log(x[label] / total(x))];
    },
  },
];

/** Near misses: outputs that resemble probabilities but must be read as plain numbers. */
export const NUMBERS_ALONE: readonly Spelling[] = [
  { name: 'the numbers of a layer', below: 'rows', nodes: [n('Identity', 'z', 'o')] },
  { name: 'Tanh', below: 'rows', nodes: [n('Tanh', 'z', 'o')] },
  { name: 'Exp', below: 'rows', nodes: [n('Exp', 'z', 'o')] },
  { name: 'Log(z²)', below: 'rows', nodes: [n('Mul', 'z z', 'a'), n('Log', 'a', 'o')] },
  {
    name: 'z over its sum, which may be negative',
    below: 'rows',
    constants: { axis: ints([1]) },
    nodes: [n('ReduceSum', 'z axis', 's'), n('Div', 'z s', 'o')],
  },
  {
    name: 'a softmax times 2',
    below: 'rows',
    constants: { two: floats([2], []) },
    nodes: [n('Softmax', 'z', 'p'), n('Mul', 'p two', 'o')],
  },
  {
    name: 'two classes of three',
    below: 'rows',
    constants: { a: ints([0]), b: ints([2]), axis: ints([1]) },
    nodes: [n('Softmax', 'z', 'p'), n('Slice', 'p a b axis', 'o')],
  },
  {
    name: 'a softmax flattened over positions and classes',
    below: 'tokens',
    nodes: [n('Softmax', 'z', 'p'), n('Flatten', 'p', 'o')],
  },
  {
    name: 'softmaxes side by side on the axis of the classes',
    below: 'rows',
    nodes: [n('Softmax', 'z', 'p'), n('Concat', 'p p', 'o', { axis: 1 })],
  },
];
