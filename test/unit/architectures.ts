import { tensor } from '../../src/graph/tensor';
import type { GraphParts } from './sourceGraph';
import { floats, ints, node, weights } from './sourceGraph';

/** An exchange of the units of one axis of a tensor; the axis has the sizes of `blocks` and then one per unit. */
export interface Exchange {
  tensor: string;
  axis: number;
  /** Entry `to[i]` of the axis moves to place i. */
  to: readonly number[];
}

/** A network, how its units may be shuffled, and how many units of each index there are. */
export interface Architecture {
  name: string;
  parts: GraphParts;
  input: readonly number[];
  output: readonly number[];
  /** Written by hand for this network: no part of it comes from the program. */
  shuffle: readonly Exchange[];
  /** Numbers of units that may be exchanged, ascending. */
  units: readonly number[];
}

/** A fixed permutation without a fixed point, for n > 1. */
const shuffled = (n: number): number[] => Array.from({ length: n }, (_, i) => (i * (n % 3 === 0 ? 5 : 3) + 1) % n);
/** Units of which each has `inner` entries side by side. */
const blocks = (to: readonly number[], inner: number): number[] =>
  to.flatMap((unit) => Array.from({ length: inner }, (_, i) => unit * inner + i));
/** The same permutation in each of several parts of an axis. */
const repeated = (to: readonly number[], times: number): number[] =>
  Array.from({ length: times }, (_, k) => to.map((unit) => k * to.length + unit)).flat();
const all = (to: readonly number[], ...places: [string, number][]): Exchange[] =>
  places.map(([name, axis]) => ({ tensor: name, axis, to }));

const named = (shapes: Record<string, readonly number[]>) =>
  Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, weights(name, shape, 0.5)]));
const image = [{ name: 'x', dtype: 'float32' as const, shape: ['batch', 2, 6, 6] }];
const conv = { kernel_shape: [3, 3], pads: [1, 1, 1, 1] };
const sequence = [{ name: 'x', dtype: 'float32' as const, shape: ['batch', 5, 6] }];

const p8 = shuffled(8);
const p6 = shuffled(6);
const p4 = shuffled(4);
const q6 = [4, 2, 5, 0, 3, 1];

export const ARCHITECTURES: readonly Architecture[] = [
  {
    name: 'dense layers in both layouts of weights',
    parts: {
      nodes: [
        node('Gemm', 'x a ab', 'h', { transB: 1 }),
        node('Relu', 'h', 'r'),
        node('MatMul', 'r b', 'k'),
        node('Add', 'k bb', 'kb'),
        node('Tanh', 'kb', 't'),
        node('Gemm', 't c', 'y', { transB: 0 }),
      ],
      initializers: named({ a: [8, 4], ab: [8], b: [8, 6], bb: [6], c: [6, 3] }),
    },
    input: [4],
    output: [3],
    shuffle: [...all(p8, ['a', 0], ['ab', 0], ['b', 0]), ...all(p6, ['b', 1], ['bb', 0], ['c', 0])],
    units: [6, 8],
  },
  {
    name: 'convolutions, batch normalization, pooling and flattened channels',
    parts: {
      nodes: [
        node('Conv', 'x a ab', 'h', conv),
        node('BatchNormalization', 'h g s m v', 'n'),
        node('Relu', 'n', 'r'),
        node('MaxPool', 'r', 'p', { kernel_shape: [2, 2], strides: [2, 2] }),
        node('Flatten', 'p', 'f'),
        node('Gemm', 'f b bb', 'k', { transB: 1 }),
        node('Relu', 'k', 'q'),
        node('Gemm', 'q c', 'y', { transB: 1 }),
      ],
      initializers: {
        ...named({ a: [4, 2, 3, 3], ab: [4], g: [4], s: [4], m: [4], b: [6, 36], bb: [6], c: [3, 6] }),
        v: floats([0.5, 1, 2, 3]),
      },
      inputs: image,
    },
    input: [2, 6, 6],
    output: [3],
    shuffle: [
      ...all(p4, ['a', 0], ['ab', 0], ['g', 0], ['s', 0], ['m', 0], ['v', 0]),
      ...all(blocks(p4, 9), ['b', 1]),
      ...all(p6, ['b', 0], ['bb', 0], ['c', 1]),
    ],
    units: [4, 6],
  },
  {
    name: 'residual blocks, which share the channels of the stream',
    parts: {
      nodes: [
        node('Conv', 'x a', 's', conv),
        node('Conv', 's b', 'h', conv),
        node('Relu', 'h', 'r'),
        node('Conv', 'r c', 'k', conv),
        node('Add', 's k', 't'),
        node('GlobalAveragePool', 't', 'p'),
        node('Flatten', 'p', 'f'),
        node('Gemm', 'f d', 'y', { transB: 1 }),
      ],
      initializers: named({ a: [6, 2, 3, 3], b: [4, 6, 3, 3], c: [6, 4, 3, 3], d: [3, 6] }),
      inputs: image,
    },
    input: [2, 6, 6],
    output: [3],
    shuffle: [...all(p6, ['a', 0], ['b', 1], ['c', 0], ['d', 1]), ...all(p4, ['b', 0], ['c', 1])],
    units: [4, 6],
  },
  {
    name: 'grouped convolutions, whose groups change places whole and inside',
    parts: {
      nodes: [
        node('Conv', 'x a', 'h', conv),
        node('Relu', 'h', 'r'),
        node('Conv', 'r b bb', 'k', { ...conv, group: 2 }),
        node('Relu', 'k', 'q'),
        node('GlobalAveragePool', 'q', 'p'),
        node('Flatten', 'p', 'f'),
        node('Gemm', 'f c', 'y', { transB: 1 }),
      ],
      initializers: named({ a: [8, 2, 3, 3], b: [6, 4, 3, 3], bb: [6], c: [3, 6] }),
      inputs: image,
    },
    input: [2, 6, 6],
    output: [3],
    // Both groups change places; inside, the inputs are shuffled in the first group alone, the outputs in both.
    shuffle: [
      ...all([4, 5, 6, 7, 0, 1, 2, 3], ['a', 0]),
      ...all([3, 4, 5, 0, 1, 2], ['b', 0], ['bb', 0], ['c', 1]),
      ...all([2, 3, 1, 0, 4, 5, 6, 7], ['a', 0]),
      ...all([1, 2, 0, 5, 3, 4], ['bb', 0], ['c', 1]),
      { tensor: 'b', axis: 0, to: [1, 2, 0, 5, 3, 4] },
      { tensor: 'b@0:3', axis: 1, to: [2, 3, 1, 0] },
    ],
    units: [2, 6, 8],
  },
  {
    name: 'depthwise convolutions',
    parts: {
      nodes: [
        node('Conv', 'x a', 'h', { kernel_shape: [1, 1] }),
        node('Conv', 'h b', 'k', { ...conv, group: 6 }),
        node('Relu', 'k', 'q'),
        node('Conv', 'q c', 'l', { kernel_shape: [1, 1] }),
        node('ReduceMean', 'l', 'y', { axes: [2, 3], keepdims: 0 }),
      ],
      initializers: named({ a: [6, 2, 1, 1], b: [6, 1, 3, 3], c: [3, 6, 1, 1] }),
      inputs: image,
    },
    input: [2, 6, 6],
    output: [3],
    shuffle: all(p6, ['a', 0], ['b', 0], ['c', 1]),
    units: [6],
  },
  {
    name: 'a recurrent layer, all gates at once',
    parts: {
      nodes: [
        node('Transpose', 'x', 'xt', { perm: [1, 0, 2] }),
        node('GRU', 'xt w r b', 'h last', { hidden_size: 6, linear_before_reset: 1 }),
        node('Squeeze', 'last zero', 's'),
        node('Gemm', 's c', 'y', { transB: 1 }),
      ],
      initializers: { ...named({ w: [1, 18, 6], r: [1, 18, 6], b: [1, 36], c: [3, 6] }), zero: ints([0]) },
      inputs: sequence,
    },
    input: [5, 6],
    output: [3],
    shuffle: [
      ...all(repeated(p6, 3), ['w', 1], ['r', 1]),
      ...all(repeated(p6, 6), ['b', 1]),
      ...all(p6, ['r', 2], ['c', 1]),
    ],
    units: [6],
  },
  {
    name: 'two recurrent layers with cells, whose peepholes move along',
    parts: {
      nodes: [
        node('Transpose', 'x', 'xt', { perm: [1, 0, 2] }),
        node('LSTM', 'xt w r b . . . p', 'h . .', { hidden_size: 6 }),
        node('Squeeze', 'h one', 'hs'),
        node('LSTM', 'hs w2 r2 b2', '. last .', { hidden_size: 4 }),
        node('Squeeze', 'last zero', 's'),
        node('Gemm', 's c', 'y', { transB: 1 }),
      ],
      initializers: {
        ...named({ w: [1, 24, 6], r: [1, 24, 6], b: [1, 48], p: [1, 18], w2: [1, 16, 6], r2: [1, 16, 4], b2: [1, 32] }),
        ...named({ c: [3, 4] }),
        one: ints([1]),
        zero: ints([0]),
      },
      inputs: sequence,
    },
    input: [5, 6],
    output: [3],
    shuffle: [
      ...all(repeated(p6, 4), ['w', 1], ['r', 1]),
      ...all(repeated(p6, 8), ['b', 1]),
      ...all(repeated(p6, 3), ['p', 1]),
      ...all(p6, ['r', 2], ['w2', 2]),
      ...all(repeated(p4, 4), ['w2', 1], ['r2', 1]),
      ...all(repeated(p4, 8), ['b2', 1]),
      ...all(p4, ['r2', 2], ['c', 1]),
    ],
    units: [4, 6],
  },
  {
    name: 'attention by heads, layer normalization and GELU',
    parts: {
      nodes: [
        node('MatMul', 'x e', 's'),
        node('LayerNormalization', 's g1 b1', 'n'),
        ...['q', 'k', 'v'].flatMap((part) => [
          node('MatMul', `n w${part}`, `${part}1`),
          node('Add', `${part}1 c${part}`, `${part}2`),
          node('Reshape', `${part}2 heads`, `${part}3`),
          node('Transpose', `${part}3`, `${part}4`, { perm: part === 'k' ? [0, 2, 3, 1] : [0, 2, 1, 3] }),
        ]),
        node('MatMul', 'q4 k4', 'scores'),
        node('Softmax', 'scores', 'weights', { axis: 3 }),
        node('MatMul', 'weights v4', 'mixed'),
        node('Transpose', 'mixed', 'm1', { perm: [0, 2, 1, 3] }),
        node('Reshape', 'm1 flat', 'm2'),
        node('MatMul', 'm2 wo', 'o'),
        node('Add', 's o', 't'),
        node('LayerNormalization', 't g2 b2', 'u'),
        node('MatMul', 'u f1', 'h'),
        node('Div', 'h root', 'hr'),
        node('Erf', 'hr', 'erf'),
        node('Add', 'erf one', 'erf1'),
        node('Mul', 'h erf1', 'gelu'),
        node('MatMul', 'gelu f2', 'w'),
        node('Add', 't w', 'z'),
        node('ReduceMean', 'z', 'mean', { axes: [1], keepdims: 0 }),
        node('MatMul', 'mean head', 'y'),
      ],
      initializers: {
        ...named({ e: [6, 8], g1: [8], b1: [8], g2: [8], b2: [8], f1: [8, 6], f2: [6, 8], head: [8, 3], wo: [8, 8] }),
        ...named({ wq: [8, 8], wk: [8, 8], wv: [8, 8], cq: [8], ck: [8], cv: [8] }),
        heads: ints([0, 0, 2, 4]),
        flat: ints([0, 0, 8]),
        root: tensor('float32', [], [Math.SQRT2]),
        one: tensor('float32', [], [1]),
      },
      inputs: sequence,
    },
    input: [5, 6],
    output: [3],
    shuffle: [
      // The stream.
      ...all(p8, ['e', 1], ['g1', 0], ['b1', 0], ['wq', 0], ['wk', 0], ['wv', 0], ['wo', 1]),
      ...all(p8, ['g2', 0], ['b2', 0], ['f1', 0], ['f2', 1], ['head', 0]),
      // The heads change places; inside, queries and keys have one order, values and the output another.
      ...all([6, 4, 7, 5, 1, 2, 3, 0], ['wq', 1], ['wk', 1], ['cq', 0], ['ck', 0]),
      ...all([5, 7, 6, 4, 3, 1, 0, 2], ['wv', 1], ['cv', 0], ['wo', 0]),
      ...all(p6, ['f1', 1], ['f2', 0]),
    ],
    units: [2, 6, 8, 8, 8],
  },
  {
    name: 'an embedding that is tied to the output',
    parts: {
      nodes: [
        node('MatMul', 'x e', 's'),
        node('MatMul', 's a', 'h'),
        node('Relu', 'h', 'r'),
        node('MatMul', 'r b', 'k'),
        node('Add', 's k', 't'),
        node('Transpose', 'e', 'et', { perm: [1, 0] }),
        node('MatMul', 't et', 'y'),
      ],
      initializers: named({ e: [4, 6], a: [6, 8], b: [8, 6] }),
    },
    input: [4],
    output: [4],
    shuffle: [...all(p6, ['e', 1], ['a', 0], ['b', 1]), ...all(p8, ['a', 1], ['b', 0])],
    units: [6, 8],
  },
  {
    name: 'an operator that mixes channels fixes them alone',
    parts: {
      nodes: [
        node('MatMul', 'x a', 'h'),
        node('CumSum', 'h one', 'c'),
        node('MatMul', 'c b', 'k'),
        node('Relu', 'k', 'r'),
        node('MatMul', 'r d', 'y'),
      ],
      initializers: { ...named({ a: [4, 6], b: [6, 8], d: [8, 3] }), one: tensor('int64', [], [1]) },
    },
    input: [4],
    output: [3],
    shuffle: all(p8, ['b', 1], ['d', 0]),
    units: [8],
  },
  {
    name: 'attention whose queries, keys and values come from one projection',
    parts: {
      nodes: [
        node('MatMul', 'x e', 's'),
        node('MatMul', 's qkv', 'p'),
        node('Add', 'p c', 'pc'),
        node('Reshape', 'pc parts', 'r'),
        node('Transpose', 'r', 't', { perm: [2, 0, 3, 1, 4] }),
        ...['q', 'k', 'v'].map((part) => node('Gather', `t ${part}At`, part, { axis: 0 })),
        node('Transpose', 'k', 'kt', { perm: [0, 1, 3, 2] }),
        node('MatMul', 'q kt', 'scores'),
        node('Softmax', 'scores', 'weights', { axis: 3 }),
        node('MatMul', 'weights v', 'mixed'),
        node('Transpose', 'mixed', 'm1', { perm: [0, 2, 1, 3] }),
        node('Reshape', 'm1 flat', 'm2'),
        node('MatMul', 'm2 wo', 'o'),
        node('ReduceMean', 'o', 'y', { axes: [1], keepdims: 0 }),
      ],
      initializers: {
        ...named({ e: [6, 4], qkv: [4, 24], c: [24], wo: [8, 3] }),
        parts: ints([0, 0, 3, 2, 4]),
        flat: ints([0, 0, 8]),
        qAt: tensor('int64', [], [0]),
        kAt: tensor('int64', [], [1]),
        vAt: tensor('int64', [], [2]),
      },
      inputs: sequence,
    },
    input: [5, 6],
    output: [3],
    shuffle: [
      ...all(p4, ['e', 1], ['qkv', 0]),
      // In one tensor: queries and keys have one order inside the heads, values another; the heads change places.
      ...all(
        [...[6, 4, 7, 5, 1, 2, 3, 0], ...[14, 12, 15, 13, 9, 10, 11, 8], ...[21, 23, 22, 20, 19, 17, 16, 18]],
        ['qkv', 1],
        ['c', 0],
      ),
      ...all([5, 7, 6, 4, 3, 1, 0, 2], ['wo', 0]),
    ],
    units: [2, 4, 8, 8],
  },
  {
    name: 'one projection that is split, with several heads side by side',
    parts: {
      nodes: [
        node('MatMul', 'x qkv', 'p'),
        node('Split', 'p', 'q k v', { axis: 2 }),
        node('Transpose', 'k', 'kt', { perm: [0, 2, 1] }),
        node('MatMul', 'q kt', 'scores'),
        node('Softmax', 'scores', 'weights', { axis: 2 }),
        node('MatMul', 'weights v', 'mixed'),
        node('MatMul', 'mixed wo', 'o'),
        node('ReduceMean', 'o', 'y', { axes: [1], keepdims: 0 }),
      ],
      initializers: named({ qkv: [6, 12], wo: [4, 3] }),
      inputs: sequence,
    },
    input: [5, 6],
    output: [3],
    shuffle: [...all([1, 3, 0, 2, 5, 7, 4, 6, 10, 8, 11, 9], ['qkv', 1]), ...all([2, 0, 3, 1], ['wo', 0])],
    units: [4, 4],
  },
  {
    name: 'both directions of a recurrent layer, each in its own order',
    parts: {
      nodes: [
        node('Transpose', 'x', 'xt', { perm: [1, 0, 2] }),
        node('GRU', 'xt w r b', 'h last', { hidden_size: 6, linear_before_reset: 1, direction: 'bidirectional' }),
        node('Transpose', 'h', 'ht', { perm: [2, 0, 1, 3] }),
        node('Reshape', 'ht flat', 'f'),
        node('MatMul', 'f c', 'o'),
        node('ReduceMean', 'o', 'y', { axes: [1], keepdims: 0 }),
      ],
      initializers: { ...named({ w: [2, 18, 6], r: [2, 18, 6], b: [2, 36], c: [12, 3] }), flat: ints([0, 0, -1]) },
      inputs: sequence,
    },
    input: [5, 6],
    output: [3],
    shuffle: [
      ...[0, 1].flatMap((direction): Exchange[] => {
        const to = direction === 0 ? p6 : q6;
        const rows = `@${direction}:${direction + 1}`;
        return [
          ...all(repeated(to, 3), [`w${rows}`, 1], [`r${rows}`, 1]),
          ...all(repeated(to, 6), [`b${rows}`, 1]),
          ...all(to, [`r${rows}`, 2]),
        ];
      }),
      ...all([...p6, ...q6.map((unit) => 6 + unit)], ['c', 0]),
    ],
    units: [6, 6],
  },
  {
    name: 'the last of stacked end states, counted from the end',
    parts: {
      nodes: [
        node('Transpose', 'x', 'xt', { perm: [1, 0, 2] }),
        node('RNN', 'xt w r b', 'h last', { hidden_size: 6 }),
        node('Squeeze', 'h one', 'hs'),
        node('RNN', 'hs w2 r2 b2', 'h2 last2', { hidden_size: 6 }),
        node('Concat', 'last last2', 'ends', { axis: 0 }),
        node('Gather', 'ends end', 'f', { axis: 0 }),
        node('Gemm', 'f c', 'y', { transB: 1 }),
      ],
      initializers: {
        ...named({ w: [1, 6, 6], r: [1, 6, 6], b: [1, 12], w2: [1, 6, 6], r2: [1, 6, 6], b2: [1, 12], c: [3, 6] }),
        one: ints([1]),
        end: tensor('int64', [], [-1]),
      },
      inputs: sequence,
    },
    input: [5, 6],
    output: [3],
    shuffle: [
      ...all(p6, ['w', 1], ['r', 1], ['r', 2], ['w2', 2]),
      ...all(repeated(p6, 2), ['b', 1]),
      ...all(q6, ['w2', 1], ['r2', 1], ['r2', 2], ['c', 1]),
      ...all(repeated(q6, 2), ['b2', 1]),
    ],
    units: [6, 6],
  },
  {
    name: 'branches of unequal widths that are joined',
    parts: {
      nodes: [
        node('Conv', 'x a', 'h', { kernel_shape: [1, 1] }),
        node('Relu', 'h', 'ha'),
        node('Conv', 'ha b', 'k', conv),
        node('Relu', 'k', 'kb'),
        node('Concat', 'ha kb', 'j', { axis: 1 }),
        node('BatchNormalization', 'j g s m v', 'n'),
        node('Conv', 'n c', 'l', { kernel_shape: [1, 1] }),
        node('ReduceMean', 'l', 'y', { axes: [2, 3], keepdims: 0 }),
      ],
      initializers: {
        ...named({ a: [6, 2, 1, 1], b: [4, 6, 3, 3], g: [10], s: [10], m: [10], c: [3, 10, 1, 1] }),
        v: floats([0.5, 1, 2, 3, 0.7, 1.5, 2.5, 0.9, 1.1, 1.3]),
      },
      inputs: image,
    },
    input: [2, 6, 6],
    output: [3],
    shuffle: [
      ...all(p6, ['a', 0], ['b', 1]),
      ...all(p4, ['b', 0]),
      ...all([...p6, ...p4.map((unit) => 6 + unit)], ['g', 0], ['s', 0], ['m', 0], ['v', 0], ['c', 1]),
    ],
    units: [4, 6],
  },
  {
    name: 'parts of one index that are added up, which have one order',
    parts: {
      nodes: [
        node('MatMul', 'x a', 'h'),
        node('Relu', 'h', 'r'),
        node('Reshape', 'r parts', 'p'),
        node('Softmax', 'p', 'w', { axis: 1 }),
        node('Mul', 'p w', 'g'),
        node('Gather', 'g firstAt', 'first', { axis: 1 }),
        node('Gather', 'g secondAt', 'second', { axis: 1 }),
        node('MatMul', 'first b', 'k'),
        node('MatMul', 'second d', 'l'),
        node('Add', 'k l', 'y'),
      ],
      initializers: {
        ...named({ a: [4, 12], b: [6, 3], d: [6, 3] }),
        parts: ints([0, 2, 6]),
        firstAt: tensor('int64', [], [0]),
        secondAt: tensor('int64', [], [1]),
      },
    },
    input: [4],
    output: [3],
    // Softmax compares entries of both parts, so they stay together.
    shuffle: [...all(repeated(p6, 2), ['a', 1]), ...all(p6, ['b', 0], ['d', 0])],
    units: [6],
  },
];
