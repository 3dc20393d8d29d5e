import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kinksOf } from '../../src/analysis/checks/kinks';
import { verifyObjective } from '../../src/analysis/verifyObjective';
import type { Derivative, Rule } from '../../src/autodiff/rule';
import { bilinear, elementwise, linear } from '../../src/autodiff/rule';
import { rules } from '../../src/autodiff/rules/table';
import type { SourceNode } from '../../src/graph/source';
import type { Op } from '../../src/graph/ops';
import type { Tensor } from '../../src/graph/tensor';
import { openObjective } from '../../src/objective/open/openObjective';
import { resolveOptions } from '../../src/options/presets';
import { checksThat } from '../../src/report/checkState';
import { modelFile } from './modelFile';
import { ints, node, weights } from './sourceGraph';

/*
 * These rules are wrong on purpose, and the self-checks of a small ordinary model must find each of them. If both modes
 * are wrong in the same way, only differences of the loss can tell. If the first derivative is right and the second is
 * wrong, only second differences can.
 */

/** A hidden layer, then the operator, then another layer. */
const through = (...nodes: SourceNode[]) => [
  node('Gemm', 'x w1 b1', 'h'),
  node('Gemm', 'x w2 b2', 'k'),
  ...nodes,
  node('Gemm', 'o w3 b3', 'y'),
];
const unary = (op: string) => through(node(op, 'h', 'o'));
const binary = (op: string) => through(node(op, 'h k', 'o'));
/** Hidden layers with an exponential before the operator, for Log and Sqrt, which need positive operands. */
const positive = (op: string) => through(node('Exp', 'h', 'p'), node(op, 'p', 'o'));
const within = (op: string) => through(node('Tanh', 'h', 't'), node('Mul', 't half', 'u'), node(op, 'u', 'o'));
const rowsOf = (op: string, attributes = {}) => through(node(op, 'h', 's', attributes), node('Mul', 'h s', 'o'));

const MODELS: Record<string, readonly SourceNode[]> = {
  ...Object.fromEntries(
    ['Tanh', 'Sigmoid', 'Softplus', 'Erf', 'Relu', 'Exp', 'Sin', 'Atan', 'Abs'].map((op) => [op, unary(op)]),
  ),
  ...Object.fromEntries(['Mul', 'Add', 'Sub', 'Max'].map((op) => [op, binary(op)])),
  ...Object.fromEntries(['Log', 'Sqrt', 'Reciprocal'].map((op) => [op, positive(op)])),
  ...Object.fromEntries(['Asin', 'Acos', 'Atanh'].map((op) => [op, within(op)])),
  Div: through(node('Exp', 'k', 'p'), node('Div', 'h p', 'o')),
  Pow: through(node('Exp', 'h', 'p'), node('Pow', 'p k', 'o')),
  Softmax: unary('Softmax'),
  LogSoftmax: unary('LogSoftmax'),
  ReduceSum: rowsOf('ReduceSum', { keepdims: 1 }),
  ReduceMax: rowsOf('ReduceMax', { keepdims: 1, axes: [1] }),
  CumSum: through(node('CumSum', 'h one', 'o')),
  Concat: through(node('Concat', 'h k', 'c', { axis: 1 }), node('Slice', 'c from to axis', 'o')),
  MatMul: [
    node('MatMul', 'x square', 'h'),
    node('Tanh', 'h', 'a'),
    node('MatMul', 'a other', 'k'),
    node('Tanh', 'k', 'b'),
    node('MatMul', 'b w4', 'y'),
  ],
  Bias: [
    node('MatMul', 'x square', 'h'),
    node('Add', 'h b1', 'k'),
    node('Tanh', 'k', 'o'),
    node('Gemm', 'o w3 b3', 'y'),
  ],
  Conv: [
    node('Reshape', 'x image', 'i'),
    node('Conv', 'i kernel', 'c', { pads: [1, 1, 1, 1] }),
    node('Tanh', 'c', 't'),
    node('Conv', 't inner', 'e', { pads: [1, 1, 1, 1] }),
    node('MaxPool', 'e', 'm', { kernel_shape: [2, 2] }),
    node('Flatten', 'm', 'o'),
    node('MatMul', 'o w5', 'y'),
  ],
};

const CONSTANTS: Readonly<Record<string, Tensor>> = {
  w1: weights('w1', [4, 4], 0.5),
  w2: weights('w2', [4, 4], 0.5),
  w3: weights('w3', [4, 3]),
  w4: weights('w4', [4, 3]),
  w5: weights('w5', [2, 3]),
  b1: weights('b1', [4], 0.5),
  b2: weights('b2', [4], 0.5),
  b3: weights('b3', [3], 0.5),
  square: weights('square', [4, 4], 0.7),
  other: weights('other', [4, 4], 0.7),
  kernel: weights('kernel', [2, 1, 3, 3], 0.7),
  inner: weights('inner', [2, 2, 3, 3], 0.5),
  half: { dtype: 'float32', shape: [], data: Float32Array.of(0.9) },
  one: ints([1], []),
  from: ints([2]),
  to: ints([6]),
  axis: ints([1]),
  image: ints([-1, 1, 2, 2]),
};
const SAMPLES = 12;

type Modes = 'both' | 'vjp' | 'jvp';
type Change = (rule: Rule) => Rule;
type Mutation = [what: string, op: Op, change: Change, model?: string];

const changed =
  (
    change: (d: Derivative, context: Parameters<Rule['jvp']>[0], place: number) => Derivative,
    modes: Modes = 'both',
  ): Change =>
  (rule) => ({
    jvp: (context, dots) => {
      const found = rule.jvp(context, dots);
      return modes === 'vjp' ? found : found.map((d, i) => change(d, context, i));
    },
    vjp: (context, bars, wanted) => {
      const found = rule.vjp(context, bars, wanted);
      return modes === 'jvp' ? found : found.map((d, i) => change(d, context, i));
    },
  });
const times = (factor: number, modes?: Modes) => changed((d, { g }) => d && g.scale(d, factor), modes);
/** Drops the contribution of one input, in both modes. */
const without =
  (input: number): Change =>
  (rule) => ({
    jvp: (context, dots) => {
      const kept = dots.map((d, i) => (i === input ? null : d));
      return kept.some((d) => d) ? rule.jvp(context, kept) : context.outputs.map(() => null);
    },
    vjp: (context, bars, wanted) => rule.vjp(context, bars, wanted).map((d, i) => (i === input ? null : d)),
  });
const instead =
  (rule: Rule): Change =>
  () =>
    rule;
/** Keeps the right slope but makes it constant under differentiation, so that second derivatives are wrong. */
const frozen = (slope: Parameters<typeof elementwise>[0]): Change =>
  instead(
    elementwise((context) => {
      const { g } = context;
      const value = slope(context);
      if (value === 1 || value === -1) return value;
      return g.scale(g.unary('Round', g.scale(value, 2 ** 20)), 2 ** -20);
    }),
  );

const MUTATIONS: Mutation[] = [
  ['a sign flipped', 'Tanh', times(-1)],
  ['a factor of two', 'Sigmoid', times(2)],
  ['half a derivative', 'Softplus', times(0.5)],
  ['five per cent too much', 'Exp', times(1.05)],
  ['a sign flipped', 'Sin', times(-1)],
  ['a sign flipped', 'Acos', times(-1)],
  ['a factor of two', 'Log', times(2)],
  ['a factor of two, in reverse mode alone', 'Atan', times(2, 'vjp')],
  ['a sign flipped, in forward mode alone', 'Erf', times(-1, 'jvp')],
  ['one per cent too much, in reverse mode alone', 'Mul', times(1.01, 'vjp')],
  ['a slope read at the wrong point', 'Tanh', instead(elementwise(({ g, x }) => g.sub(g.like(x, 1), g.square(x))))],
  ['a slope read at the wrong point', 'Sigmoid', instead(elementwise(({ g, x }) => g.mul(x, g.sub(g.like(x, 1), x))))],
  ['a slope read at the wrong point', 'Sqrt', instead(elementwise(({ g, x }) => g.reciprocal(g.scale(x, 2))))],
  ['a square forgotten', 'Reciprocal', instead(elementwise(({ g, y }) => g.neg(y)))],
  [
    'a square root forgotten',
    'Asin',
    instead(elementwise(({ g, x }) => g.reciprocal(g.sub(g.like(x, 1), g.square(x))))),
  ],
  ['a wrong sign inside', 'Atanh', instead(elementwise(({ g, x }) => g.reciprocal(g.shift(g.square(x), 1))))],
  ['the kink forgotten', 'Relu', instead(elementwise(({ g, x }) => g.like(x, 1)))],
  ['the kink forgotten', 'Abs', instead(elementwise(({ g, x }) => g.like(x, 1)))],
  ['a slope that does not move', 'Tanh', frozen(({ g, y }) => g.sub(g.like(y, 1), g.square(y)))],
  ['a slope that does not move', 'Sigmoid', frozen(({ g, y }) => g.mul(y, g.sub(g.like(y, 1), y)))],
  ['a slope that does not move', 'Exp', frozen(({ y }) => y)],
  ['a term dropped', 'Mul', without(0)],
  ['a term dropped', 'Div', without(1)],
  ['a term dropped', 'Sub', without(1)],
  [
    'a sign flipped',
    'Sub',
    instead(
      elementwise(
        () => 1,
        () => 1,
      ),
    ),
  ],
  ['a term dropped', 'Pow', without(1)],
  [
    'the loser taken for the winner',
    'Max',
    instead(
      elementwise(
        ({ g, a, b }) => g.cast(g.less(a, b), a.dtype),
        ({ g, a, b }) => g.cast(g.less(b, a), a.dtype),
      ),
    ),
  ],
  [
    'a term dropped',
    'Softmax',
    instead({ jvp: ({ g, y }, [d]) => [d && g.mul(y, d)], vjp: ({ g, y }, [d]) => [d && g.mul(y, d)] }),
  ],
  ['a term dropped', 'LogSoftmax', instead({ jvp: (_, [d]) => [d], vjp: (_, [d]) => [d] })],
  ['a factor of two', 'ReduceSum', times(2)],
  [
    'a sum that runs the same way back',
    'CumSum',
    instead(
      linear<'CumSum'>({ transpose: ({ g, attributes, yBar }) => g.apply('CumSum', [yBar], attributes) }) as Rule,
    ),
  ],
  ['a piece dropped', 'Concat', without(0)],
  ['a factor of two', 'ReduceMax', times(2)],
  ['a factor of two', 'MaxPool', times(2), 'Conv'],
  [
    'a transposition forgotten',
    'MatMul',
    instead(
      bilinear<'MatMul'>({
        aBar: ({ g, a, b, yBar }) =>
          b.shape[0] === b.shape[1] ? g.matmul(yBar, b) : g.sumTo(g.matmul(yBar, g.swapLast(b)), a.shape),
        bBar: ({ g, a, b, yBar }) => g.sumTo(g.matmul(g.swapLast(a), yBar), b.shape),
      }) as Rule,
    ),
  ],
  ['a term dropped', 'Conv', without(0)],
  ['a factor of two', 'Conv', times(2)],
  [
    'a sum over the broadcast axis forgotten',
    'Add',
    (rule) => ({
      jvp: (context, dots) => rule.jvp(context, dots),
      vjp: (context, bars, wanted) =>
        rule.vjp(context, bars, wanted).map((bar, i) => {
          const [yBar, { shape }] = [bars[0], context.inputs[i]];
          if (!bar || !yBar || shape.length !== 1 || yBar.shape.length !== 2) return bar;
          const { g } = context;
          return g.reshape(g.sliceAxis(yBar, 0, 0, 1), shape);
        }),
    }),
    'Bias',
  ],
  ['a bias forgotten', 'Add', without(1), 'Bias'],
];

describe('a wrong rule is found by the self-checks', () => {
  let folder = '';
  beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'ridgeline-rules-'))));
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const verify = async (name: string) => {
    const nodes = MODELS[name];
    const read = new Set(nodes.flatMap(({ inputs }) => inputs));
    const initializers = Object.fromEntries(Object.entries(CONSTANTS).filter(([constant]) => read.has(constant)));
    const files = await modelFile(
      folder,
      { nodes, initializers },
      {
        x: weights('x', [SAMPLES, 4]),
        target: ints(Array.from({ length: SAMPLES }, (_, i) => i % 3)),
      },
    );
    const options = resolveOptions({ data: files.data, loss: 'cross_entropy', provider: 'cpu', threads: 1 });
    const opened = await openObjective(files.model, options);
    try {
      return await verifyObjective(opened.objective, { kinks: kinksOf(opened.operators, opened.function) });
    } finally {
      await opened.objective.dispose();
    }
  };

  it.each(Object.keys(MODELS))('but the %s model with right rules passes every check', async (name) => {
    const checks = await verify(name);
    expect(checksThat('failed', checks)).toEqual([]);
    expect(checksThat('unjudged', checks)).toEqual([]);
  });

  it.each(MUTATIONS)('%s in %s', async (_, op, change, model = op) => {
    const table = rules as Record<string, Rule>;
    const right = table[op];
    table[op] = change(right);
    try {
      expect(checksThat('failed', await verify(model))).not.toEqual([]);
    } finally {
      table[op] = right;
    }
  });
});
