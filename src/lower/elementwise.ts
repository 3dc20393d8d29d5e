import type { GraphBuilder } from '../graph/builder';
import type { Node, Value } from '../graph/graph';
import { isOp } from '../graph/graph';
import type { ArithmeticOp, ComparisonOp } from '../graph/ops';
import { UNARY } from '../graph/ops';
import { sizeOf } from '../graph/tensor';
import type { LowerContext, Lowering, LoweringTable } from './context';

const SELU_ALPHA = 1.6732632423543772;
const SELU_GAMMA = 1.0507009873554805;

const binary =
  (op: ArithmeticOp | ComparisonOp): Lowering =>
  ({ g, x, input }) =>
    g.binary(op, x, input(1));

const variadic =
  (combine: (g: GraphBuilder, a: Value, b: Value) => Value): Lowering =>
  (c) =>
    c.inputs.map((_, i) => c.input(i)).reduce((a, b) => combine(c.g, a, b));

/** α·(eˣ − 1) for x ≤ 0. The exponent is clipped at 0 first, because eˣ of a large x would be ∞ and ∞·0 spoils the slope. */
const exponentialBranch = (g: GraphBuilder, x: Value, alpha: number) =>
  g.scale(g.shift(g.exp(g.where(g.greater(x, g.like(x, 0)), g.like(x, 0), x)), -1), alpha);

const positive = (g: GraphBuilder, x: Value) => g.greater(x, g.like(x, 0));

/** Clips to [low, high]; the slope on the bounds is 1, as in torch.clamp. */
export function clip(g: GraphBuilder, x: Value, low: Value | null, high: Value | null): Value {
  const above = low ? g.where(g.less(x, low), low, x) : x;
  return high ? g.where(g.greater(above, high), high, above) : above;
}

/** Clips to [0, 1]; unlike for Clip, the slope on the bounds is 0, as in torch.nn.functional.hardsigmoid. */
function hardSigmoid(g: GraphBuilder, x: Value, alpha: number, beta: number): Value {
  const line = g.shift(g.scale(x, alpha), beta);
  const [zero, one] = [g.like(x, 0), g.like(x, 1)];
  const above = g.where(g.binary('LessOrEqual', line, zero), zero, line);
  return g.where(g.binary('GreaterOrEqual', above, one), one, above);
}

function gelu({ g, x, node }: LowerContext): Value {
  if (node.attributes.approximate?.value === 'tanh') return tanhGelu(g, x);
  return g.mul(g.scale(x, 0.5), g.shift(g.unary('Erf', g.scale(x, Math.SQRT1_2)), 1));
}

/** ½x·(1 + tanh(√(2/π)·(x + 0.044715·x³))) */
export function tanhGelu(g: GraphBuilder, x: Value): Value {
  const cubic = g.add(x, g.scale(g.mul(g.square(x), x), 0.044715));
  return g.mul(g.scale(x, 0.5), g.shift(g.tanh(g.scale(cubic, Math.sqrt(2 / Math.PI))), 1));
}

/**
 * σ(−u) for a denominator of 1 + eᵘ. In the written form, eᵘ overflows where the sigmoid is 0, and the slope is ∞/∞².
 * @param numerator ones, which may have another shape
 */
function writtenSigmoid(g: GraphBuilder, numerator: Value, denominator: Value): Value | null {
  if (!isOp(denominator, 'Add')) return null;
  const [a, b] = (denominator.node as Node).inputs;
  const [power, one] = isOp(a, 'Exp') ? [a, b] : [b, a];
  if (!isOp(power, 'Exp') || g.splatOf(one) !== 1) return null;
  const whole = sizeOf(denominator.shape);
  if (sizeOf(power.shape) !== whole || sizeOf(numerator.shape) > whole) return null;
  return g.sigmoid(g.neg((power.node as Node).inputs[0]));
}

/** Activations and arithmetic. */
export const elementwiseLowerings: LoweringTable = {
  ...Object.fromEntries(UNARY.map((op): [string, Lowering] => [op, ({ g, x }) => g.unary(op, x)])),
  Add: binary('Add'),
  Sub: binary('Sub'),
  Mul: binary('Mul'),
  Div: ({ g, x, input }) => (g.splatOf(x) === 1 && writtenSigmoid(g, x, input(1))) || g.div(x, input(1)),
  Reciprocal: ({ g, x }) => writtenSigmoid(g, g.like(x, 1), x) ?? g.reciprocal(x),
  /** The exponent may have another type than the base. */
  Pow: ({ g, x, input }) => g.pow(x, g.cast(input(1), x.dtype)),
  /** fmod 1: the sign of the dividend, as in C; 0: the sign of the divisor, as in Python. */
  Mod({ g, x, input, int }) {
    const divisor = input(1);
    const rest = g.binary('Mod', x, divisor);
    if (int('fmod', 0) === 1) return rest;
    const zero = g.like(rest, 0);
    const otherSign = g.binary('Xor', g.less(rest, zero), g.less(divisor, zero));
    const off = g.binary('And', otherSign, g.unary('Not', g.equal(rest, zero)));
    return g.where(off, g.add(rest, divisor), rest);
  },
  IsInf({ g, x, int }) {
    const hits = (sign: 1 | -1, name: string) => (int(name, 1) === 1 ? [g.equal(x, g.like(x, sign * Infinity))] : []);
    const found = [...hits(1, 'detect_positive'), ...hits(-1, 'detect_negative')];
    return found.length > 0 ? found.reduce((a, b) => g.binary('Or', a, b)) : g.expand(g.scalar('bool', 0), x.shape);
  },
  And: binary('And'),
  Or: binary('Or'),
  Xor: binary('Xor'),
  Greater: binary('Greater'),
  GreaterOrEqual: binary('GreaterOrEqual'),
  Less: binary('Less'),
  LessOrEqual: binary('LessOrEqual'),
  Equal: binary('Equal'),
  Max: variadic((g, a, b) => g.max(a, b)),
  Min: variadic((g, a, b) => g.min(a, b)),
  Sum: variadic((g, a, b) => g.add(a, b)),
  Mean: (c) => c.g.scale(variadic((g, a, b) => g.add(a, b))(c) as Value, 1 / c.inputs.length),
  Where: ({ g, x, input }) => g.where(x, input(1), input(2)),
  Identity: ({ x }) => x,
  OptionalGetElement: ({ x }) => x,
  /** In training mode with a ratio above 0, it draws at random, and such a loss is not a function of the parameters. */
  Dropout(c) {
    const { g, x } = c;
    const training = (c.constants(2)?.[0] ?? 0) !== 0;
    if (training && (c.constants(1)?.[0] ?? 0.5) > 0) {
      c.fail('Dropout in training mode draws at random.', 'Export the model in evaluation mode.');
    }
    return c.node.outputs.length > 1 ? [x, g.expand(g.scalar('bool', 1), x.shape)] : x;
  },

  LeakyRelu: ({ g, x, float }) => g.mul(x, g.where(positive(g, x), g.like(x, 1), g.like(x, float('alpha', 0.01)))),
  PRelu({ g, x, input }) {
    const slope = input(1);
    return g.where(positive(g, x), x, g.mul(x, slope));
  },
  ThresholdedRelu: ({ g, x, float }) => g.where(g.greater(x, g.like(x, float('alpha', 1))), x, g.like(x, 0)),
  Elu: ({ g, x, float }) => g.where(positive(g, x), x, exponentialBranch(g, x, float('alpha', 1))),
  Celu({ g, x, float }) {
    const alpha = float('alpha', 1);
    return g.where(positive(g, x), x, exponentialBranch(g, g.scale(x, 1 / alpha), alpha));
  },
  Selu({ g, x, float }) {
    const branch = exponentialBranch(g, x, float('alpha', SELU_ALPHA));
    return g.scale(g.where(positive(g, x), x, branch), float('gamma', SELU_GAMMA));
  },
  Gelu: gelu,
  Mish: ({ g, x }) => g.mul(x, g.tanh(g.unary('Softplus', x))),
  Swish: ({ g, x, float }) => g.mul(x, g.sigmoid(g.scale(x, float('alpha', 1)))),
  /** swish(a)·b */
  SwiGLU: ({ g, x, input, float }) => g.mul(g.mul(x, g.sigmoid(g.scale(x, float('alpha', 1)))), input(1)),
  Softsign: ({ g, x }) => g.div(x, g.shift(g.unary('Abs', x), 1)),
  /** x + bias below −λ, x − bias above λ, 0 between. */
  Shrink({ g, x, float }) {
    const [bias, lambda] = [float('bias', 0), float('lambd', 0.5)];
    const below = g.where(g.less(x, g.like(x, -lambda)), g.shift(x, bias), g.like(x, 0));
    return g.where(g.greater(x, g.like(x, lambda)), g.shift(x, -bias), below);
  },
  HardSigmoid: ({ g, x, float }) => hardSigmoid(g, x, float('alpha', 0.2), float('beta', 0.5)),
  HardSwish: ({ g, x }) => g.mul(x, hardSigmoid(g, x, 1 / 6, 0.5)),
  Clip(c) {
    const { g, x } = c;
    const bound = (name: string, i: number) => {
      if (c.has(i)) return c.input(i);
      return c.node.attributes[name] ? g.like(x, c.float(name)) : null;
    };
    return clip(g, x, bound('min', 1), bound('max', 2));
  },
  Cast(c) {
    const to = castTypes[c.int('to')];
    if (!to) c.fail(`Cast to ONNX element type ${c.int('to')} is not supported.`);
    return c.g.cast(c.x, to);
  },
  CastLike: ({ g, x, input }) => g.cast(x, input(1).dtype),
};

/** ONNX TensorProto.DataType → our types; the narrow floats widen to float32. */
export const castTypes: Record<number, Value['dtype']> = {
  1: 'float32',
  2: 'uint8',
  3: 'int8',
  4: 'uint16',
  5: 'int16',
  6: 'int32',
  7: 'int64',
  9: 'bool',
  10: 'float32',
  11: 'float64',
  12: 'uint32',
  13: 'uint64',
  16: 'float32',
};
