import type { GraphBuilder } from '../graph/builder';
import type { Value } from '../graph/graph';
import type { LoweringTable } from './context';
import { LowerContext } from './context';
import { clip, elementwiseLowerings, tanhGelu } from './elementwise';
import { normalizationLowerings, standardize } from './normalization';
import { matmul, productLowerings } from './products';
import { upTo } from '../graph/limits';

/** Operators of `com.microsoft` that ONNX Runtime's optimizer and some exporters write instead of standard ones. */
export const contribLowerings: LoweringTable = {
  Gelu: ({ g, x }) => erfGelu(g, x),
  /** tanh form, of x + bias */
  FastGelu: (c) => tanhGelu(c.g, c.has(1) ? c.g.add(c.x, c.input(1)) : c.x),
  /** x·σ(α·x) */
  QuickGelu: ({ g, x, float }) => g.mul(x, g.sigmoid(g.scale(x, float('alpha', 1.702)))),
  BiasGelu: ({ g, x, input }) => erfGelu(g, g.add(x, input(1))),
  FusedMatMul: fusedMatMul,
  TransposeMatMul: fusedMatMul,
  FusedGemm: (c) => activated(c, productLowerings.Gemm(c) as Value),
  /** act(X∗W + b + Z) */
  FusedConv(c) {
    const y = productLowerings.Conv(c) as Value;
    return activated(c, c.has(3) ? c.g.add(y, c.input(3)) : y, 'activation_params');
  },
  /** γ·standardize(x + skip + bias) + β, and the sum itself as fourth output. */
  SkipLayerNormalization(c) {
    const { g } = c;
    const sum = skipSum(c, 4);
    const { y, mean, inverse } = standardize(g, sum, [sum.shape.length - 1], c.float('epsilon', 1e-12));
    const scaled = g.mul(y, c.input(2));
    return [c.has(3) ? g.add(scaled, c.input(3)) : scaled, mean, inverse, sum];
  },
  SkipSimplifiedLayerNormalization(c) {
    const sum = skipSum(c, 3);
    const [y, inverse] = rms(c.g, sum, c.input(2), c.float('epsilon', 1e-12));
    // This form does not compute the mean; a reader gets zeros, as from the runtime.
    return [y, c.g.scale(inverse, 0), inverse, sum];
  },
  SimplifiedLayerNormalization: simplifiedLayerNormalization,
  EmbedLayerNormalization: embedLayerNormalization,
  ExpandDims({ g, x, constants }) {
    const [axis] = constants(1) ?? [0];
    return g.unsqueeze(x, [axis < 0 ? axis + x.shape.length + 1 : axis]);
  },
};

/** The same operators without a domain, which ONNX Runtime writes into optimized files. */
export const runtimeLowerings: LoweringTable = { SimplifiedLayerNormalization: simplifiedLayerNormalization };

/** ½x·(1 + erf(x/√2)) */
function erfGelu(g: GraphBuilder, x: Value): Value {
  return g.mul(g.scale(x, 0.5), g.shift(g.unary('Erf', g.scale(x, Math.SQRT1_2)), 1));
}

/** α·op(A)·op(B); `transBatch` moves the first axis behind the batch axes instead of exchanging the last two. */
function fusedMatMul(c: LowerContext): Value {
  const { g } = c;
  const operand = (i: number, side: 'A' | 'B') => {
    const value = c.input(i);
    const rank = value.shape.length;
    if (rank < 2) return value;
    const batched = c.int(`transBatch${side}`, 0) ? g.moveAxis(value, 0, rank - 2) : value;
    return c.int(`trans${side}`, 0) ? g.swapLast(batched) : batched;
  };
  return g.scale(matmul(g, operand(0, 'A'), operand(1, 'B')), c.float('alpha', 1));
}

/** An activation fused into the preceding operator: its name, and its numbers in one list or one by one. */
function activated(c: LowerContext, y: Value, list?: string): Value {
  const { g, node } = c;
  const name = c.string('activation', '');
  if (name === '') return y;
  const listed = list ? (node.attributes[list]?.value as readonly number[] | undefined) : undefined;
  const number = (i: number, key: string, fallback: number) => listed?.[i] ?? c.float(`activation_${key}`, fallback);
  switch (name) {
    case 'Clip':
      return clip(g, y, g.like(y, number(0, 'min', -Infinity)), g.like(y, number(1, 'max', Infinity)));
    case 'HardSigmoid': {
      const line = g.shift(g.scale(y, number(0, 'alpha', 0.2)), number(1, 'beta', 0.5));
      return clip(g, line, g.like(y, 0), g.like(y, 1));
    }
    case 'LeakyRelu':
      return g.where(g.greater(y, g.like(y, 0)), y, g.scale(y, number(0, 'alpha', 0.01)));
    default:
      return standardActivation(c, name, y);
  }
}

/** Operators that ONNX Runtime fuses into products, by their ONNX names. */
const FUSED_ACTIVATIONS = [
  'Relu',
  'Sigmoid',
  'Tanh',
  'Softplus',
  'HardSwish',
  'Softsign',
  'Elu',
  'Selu',
  'Celu',
  'ThresholdedRelu',
];

/** The fused operator with its numbers under their ONNX names: `activation_alpha` is its alpha. */
function standardActivation({ g, node, opset, fail }: LowerContext, name: string, y: Value): Value {
  if (!FUSED_ACTIVATIONS.includes(name)) fail(`${node.op} with the activation "${name}", which is not known.`);
  const prefix = 'activation_';
  const own = Object.entries(node.attributes).filter(([key]) => key.startsWith(prefix));
  const attributes = Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value]));
  const context = new LowerContext(g, { ...node, attributes }, [y], opset);
  return elementwiseLowerings[name](context) as Value;
}

/** input + skip + bias; the skip may lack the batch axis. */
function skipSum(c: LowerContext, bias: number): Value {
  const sum = c.g.add(c.x, c.input(1));
  return c.has(bias) ? c.g.add(sum, c.input(bias)) : sum;
}

/** γ·x/√(mean x² + ε) over the last axis, and 1/√(…). */
function rms(g: GraphBuilder, x: Value, scale: Value, epsilon: number): [Value, Value] {
  const meanSquare = g.mean(g.square(x), [x.shape.length - 1], true);
  const inverse = g.reciprocal(g.sqrt(g.shift(meanSquare, epsilon)));
  return [g.mul(g.mul(x, inverse), scale), inverse];
}

function simplifiedLayerNormalization(c: LowerContext): Value[] {
  const axis = c.axis(c.int('axis', -1));
  if (axis !== c.x.shape.length - 1) return [normalizationLowerings.RMSNormalization(c) as Value];
  return rms(c.g, c.x, c.input(1), c.float('epsilon', 1e-5));
}

/** Sum of word, position and segment embeddings, standardized: inputs ids, segments, three tables, γ, β, mask, positions. */
function embedLayerNormalization(c: LowerContext): Value[] {
  const { g } = c;
  const [batch, steps] = c.x.shape;
  const rows = (table: number, ids: Value) => g.gather(c.input(table), g.cast(ids, 'int64'), 0);
  const positions = c.has(8) ? c.input(8) : g.indices(upTo(steps), [1, steps]);
  const words = g.add(rows(2, c.x), rows(3, positions));
  const sum = c.has(1) && c.has(4) ? g.add(words, rows(4, c.input(1))) : words;
  const { y } = standardize(g, sum, [2], c.float('epsilon', 1e-12));
  // Number of visible tokens of each sequence.
  const lengths = c.has(7)
    ? g.cast(g.sum(g.cast(c.input(7), 'int64'), [1]), 'int32')
    : g.expand(g.scalar('int32', 0), [batch]);
  return [g.add(g.mul(y, c.input(5)), c.input(6)), lengths, sum];
}
