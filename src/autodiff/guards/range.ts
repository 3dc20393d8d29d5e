import type { Node, Value } from '../../graph/graph';
import { constantOf, isOp, nodesOf, splatOf } from '../../graph/graph';
import type { Op } from '../../graph/ops';
import { isFloat, sizeOf } from '../../graph/tensor';

/** Static facts about all elements of a tensor. */
export interface Interval {
  /** Lower bound of all elements that are not NaN. `high` is the upper bound. */
  low: number;
  high: number;
  /** Whether no element is zero. */
  nonzero: boolean;
  /** Whether no element is infinite or NaN, provided that matrix products are not. */
  finite: boolean;
}

const UNKNOWN: Interval = { low: -Infinity, high: Infinity, nonzero: false, finite: false };
/** Smallest number that counts as above zero. The runtime may flush smaller ones to zero, even in this thread. */
const ABOVE_ZERO = 2 ** -126;
/** Largest constant that is searched for its bounds. */
const CONSTANT_LIMIT = 1 << 20;

/**
 * Computes bounds of the values of a graph by interval arithmetic. They suffice to prove that a variance plus ε is not
 * zero, that a clipped exponent does not overflow, and that a model replaces a divisor where it is zero.
 */
export class Ranges {
  private readonly known = new Map<Value, Interval>();
  private readonly seen = new Set<Value>();

  /** @param trained parameters, which count as finite */
  constructor(private readonly trained: ReadonlySet<Value>) {}

  of(value: Value): Interval {
    if (!this.seen.has(value)) {
      for (const node of nodesOf([value], this.seen)) for (const output of node.outputs) this.add(output, node);
      if (!value.node) this.set(value, this.ofInput(value));
    }
    return this.known.get(value)!;
  }

  private add(output: Value, node: Node): void {
    if (this.seen.has(output)) return;
    for (const input of node.inputs) if (!input.node && !this.seen.has(input)) this.set(input, this.ofInput(input));
    const found = rangeOf(
      node,
      output,
      node.inputs.map((input) => this.known.get(input)!),
      (x) => this.of(x),
    );
    this.set(output, rounded(found, output));
  }

  private set(value: Value, range: Interval): void {
    this.known.set(value, range);
    this.seen.add(value);
  }

  /** Bounds an input. Integers and booleans have no infinite values, but floating-point data may. */
  private ofInput(value: Value): Interval {
    const { dtype } = value;
    const low = dtype.startsWith('uint') || dtype === 'bool' ? 0 : -Infinity;
    return { ...UNKNOWN, low, finite: this.trained.has(value) || !isFloat(dtype) };
  }
}

/** Rounds bounds to the element type, because products of small numbers vanish in float32 but not in float64. */
function rounded({ low, high, nonzero, finite }: Interval, { dtype }: Value): Interval {
  const [least, most] = dtype === 'float32' ? [Math.fround(low), Math.fround(high)] : [low, high];
  const bounds =
    Number.isNaN(least) || Number.isNaN(most) ? { low: -Infinity, high: Infinity } : { low: least, high: most };
  return { ...bounds, finite, nonzero: nonzero || bounds.low > 0 || bounds.high < 0 };
}

type Of = (node: Node, inputs: readonly Interval[], of: (value: Value) => Interval) => Partial<Interval>;

function rangeOf(node: Node, output: Value, inputs: readonly Interval[], of: (value: Value) => Interval): Interval {
  const finite = inputs.every((input) => input.finite);
  if (output.index > 0) return { ...UNKNOWN, finite: true };
  return { ...UNKNOWN, finite, ...table[node.op]?.(node, inputs, of) };
}

/** Bounds a nondecreasing function. */
const rising =
  (f: (x: number) => number): Of =>
  (_, [{ low, high }]) => ({ low: f(low), high: f(high) });

const between =
  (low: number, high: number): Of =>
  () => ({ low, high });

/** Bounds an operator that only moves elements. */
const moved: Of = (_, [x]) => x;

function union(ranges: readonly Interval[]): Interval {
  return {
    low: Math.min(...ranges.map(({ low }) => low)),
    high: Math.max(...ranges.map(({ high }) => high)),
    nonzero: ranges.every(({ nonzero }) => nonzero),
    finite: ranges.every(({ finite }) => finite),
  };
}

/** Multiplies bounds. 0 · ∞ counts as 0, because it bounds products of 0 with arbitrarily large numbers. */
const times = (a: number, b: number) => (a === 0 || b === 0 ? 0 : a * b);

function product(a: Interval, b: Interval): Partial<Interval> {
  const corners = [a.low, a.high].flatMap((x) => [b.low, b.high].map((y) => times(x, y)));
  return { low: Math.min(...corners), high: Math.max(...corners) };
}

function reciprocal({ low, high, nonzero, finite }: Interval): Interval {
  if (low > 0 || high < 0) return { low: 1 / high, high: 1 / low, nonzero: finite, finite };
  return { ...UNKNOWN, finite: finite && nonzero };
}

function absolute({ low, high, nonzero }: Interval): Partial<Interval> {
  const least = low > 0 ? low : high < 0 ? -high : 0;
  return { low: nonzero ? Math.max(least, ABOVE_ZERO) : least, high: Math.max(-low, high), nonzero };
}

const table: { [O in Op]?: Of } = {
  Constant(node) {
    const { data } = constantOf(node.outputs[0])!;
    if (data.length > CONSTANT_LIMIT || data.length === 0) return {};
    const range = { low: Infinity, high: -Infinity, nonzero: true, finite: true };
    for (let i = 0; i < data.length; i++) {
      const x = Number(data[i]);
      if (!Number.isFinite(x)) range.finite = false;
      if (x === 0) range.nonzero = false;
      if (x < range.low) range.low = x;
      if (x > range.high) range.high = x;
    }
    return range;
  },
  Neg: (_, [{ low, high, nonzero }]) => ({ low: -high, high: -low, nonzero }),
  Abs: (_, [x]) => absolute(x),
  Exp: (_, [{ low, high, finite }]) => ({
    low: Math.exp(low),
    high: Math.exp(high),
    finite: finite && high < OVERFLOW,
  }),
  Log: (_, [{ low, high, finite }]) =>
    low > 0 ? { low: Math.log(low), high: Math.log(high) } : { finite: finite && low > 0 },
  Sqrt: (_, [{ low, high, nonzero, finite }]) => ({
    low: Math.sqrt(Math.max(low, 0)),
    high: Math.sqrt(Math.max(high, 0)),
    nonzero,
    finite: finite && low >= 0,
  }),
  Reciprocal: (_, [x]) => reciprocal(x),
  Tanh: between(-1, 1),
  Erf: between(-1, 1),
  Sin: between(-1, 1),
  Cos: between(-1, 1),
  Sigmoid: between(0, 1),
  Atan: between(-Math.PI / 2, Math.PI / 2),
  Sign: between(-1, 1),
  Softplus: between(0, Infinity),
  Relu: rising((x) => Math.max(x, 0)),
  Cosh: () => ({ low: 1, finite: false }),
  Floor: rising(Math.floor),
  Ceil: rising(Math.ceil),
  Add: (_, [a, b]) => ({ low: a.low + b.low, high: a.high + b.high }),
  Sub: ({ inputs: [x, top] }, [a, b], of) => ({
    low: a.low - b.high,
    high: topOf(top, x, of) ? 0 : a.high - b.low,
  }),
  Mul: ({ inputs: [x, y] }, [a, b]) => (x === y ? squared(a) : product(a, b)),
  Div: (_, [a, b]) => {
    const over = reciprocal(b);
    return { ...product(a, over), finite: a.finite && over.finite };
  },
  Pow: ({ inputs: [, exponent] }, [a]) => {
    const n = splatOf(exponent);
    if (n === null) return { low: a.low >= 0 ? 0 : -Infinity, finite: false };
    return {
      low: a.low >= 0 || n % 2 === 0 ? 0 : -Infinity,
      finite: a.finite && n >= 0 && (Number.isInteger(n) || a.low >= 0),
    };
  },
  Max: (_, [a, b]) => ({ low: Math.max(a.low, b.low), high: Math.max(a.high, b.high) }),
  Min: (_, [a, b]) => ({ low: Math.min(a.low, b.low), high: Math.min(a.high, b.high) }),
  Where: ({ inputs: [condition, a, b] }, [, ofA, ofB], of) =>
    union([chosen(condition, true, a, ofA, of), chosen(condition, false, b, ofB, of)]),
  Cast({ inputs: [x], outputs: [y] }, [range]) {
    if (x.dtype === 'bool') return { low: 0, high: 1, finite: true };
    // Integer division truncates towards zero.
    return isFloat(y.dtype) ? range : { low: Math.trunc(range.low), high: Math.trunc(range.high), finite: true };
  },
  Reshape: moved,
  Transpose: moved,
  Expand: moved,
  Slice: moved,
  Gather: (_, [x]) => x,
  Concat: (_, inputs) => union(inputs),
  Pad: (node, [x]) => {
    const { value } = (node as Node<'Pad'>).attributes;
    return union([x, { low: value, high: value, nonzero: value !== 0, finite: Number.isFinite(value) }]);
  },
  ReduceMax: moved,
  ReduceMin: moved,
  MaxPool: moved,
  TopK: moved,
  ReduceSum(node, [{ low, high }], of) {
    const {
      inputs: [x],
    } = node;
    const count = sizeOf((node as Node<'ReduceSum'>).attributes.axes.map((axis) => x.shape[axis]));
    // The largest term of a sum of e^(x − max x) is 1.
    const least = holdsOne(x, (node as Node<'ReduceSum'>).attributes.axes, of) ? 1 : 0;
    return { low: Math.max(times(low, count), least || -Infinity), high: times(high, count) };
  },
  CumSum: (_, [{ low, high }]) => ({ low: low >= 0 ? 0 : -Infinity, high: high <= 0 ? 0 : Infinity }),
  ScatterAdd: (_, [{ low, high }]) => ({ low: low >= 0 ? 0 : -Infinity, high: high <= 0 ? 0 : Infinity }),
  Softmax: between(0, 1),
  LogSoftmax: between(-Infinity, 0),
  ...outsideDomain('Asin', 'Acos', 'Acosh', 'Atanh', 'Mod', 'Sinh', 'Opaque'),
  MatMul: () => ({ finite: true }),
  Conv: () => ({ finite: true }),
  ConvInput: () => ({ finite: true }),
  ConvWeight: () => ({ finite: true }),
};

/** Bounds operators that give NaN or ∞ for some finite operands. */
function outsideDomain(...ops: Op[]): { [O in Op]?: Of } {
  return Object.fromEntries(ops.map((op) => [op, () => ({ finite: false })]));
}

/** Smallest x for which e^x and expressions of it may exceed the range of float32. */
export const OVERFLOW = 80;

function squared(x: Interval): Partial<Interval> {
  const { low = 0, high = Infinity } = absolute(x);
  return { low: low * low, high: high * high };
}

/**
 * Recognizes a value as the maximum of x over some axes, whatever its shape. Returns null for any other value. A model
 * may replace an infinite maximum by another number, but the maximum is finite if x is finite.
 */
function topOf(top: Value, x: Value, of: (value: Value) => Interval): Node<'ReduceMax'> | null {
  let source = top;
  while (source.node && ['Reshape', 'Expand', 'Where'].includes(source.node.op)) {
    const [first, , otherwise] = source.node.inputs;
    if (!otherwise) source = first;
    else if (isInfinity(first) && of(x).finite) source = otherwise;
    else return null;
  }
  return isOp(source, 'ReduceMax') && (source.node as Node).inputs[0] === x ? (source.node as Node<'ReduceMax'>) : null;
}

/** Whether a condition tests for ∞, −∞ or either. */
function isInfinity({ node }: Value): boolean {
  if (node?.op === 'Or') return node.inputs.every(isInfinity);
  return node?.op === 'Equal' && node.inputs.some((x) => Math.abs(splatOf(x) ?? 0) === Infinity);
}

/** Whether one of the terms along the axes is 1, as in e^(x − max x). */
function holdsOne(x: Value, axes: readonly number[], of: (value: Value) => Interval): boolean {
  if (!isOp(x, 'Exp')) return false;
  const [difference] = (x.node as Node).inputs;
  if (!isOp(difference, 'Sub')) return false;
  const [from, top] = (difference.node as Node).inputs;
  return !!topOf(top, from, of)?.attributes.axes.every((axis) => axes.includes(axis));
}

/** Narrows the bounds of a branch that is taken only under a condition on the branch itself. */
function chosen(condition: Value, holds: boolean, x: Value, range: Interval, of: (value: Value) => Interval): Interval {
  const { node } = condition;
  if (!node) return range;
  const [left, right] = node.inputs;
  if (node.op === 'Not') return chosen(left, !holds, x, range, of);
  if (node.op === 'Equal') {
    const other = left === x ? right : right === x ? left : null;
    return other && !holds && splatOf(other) === 0 ? withoutZero(range) : range;
  }
  const order = ORDERS[node.op];
  if (!order || (left !== x && right !== x)) return range;
  const bound = of(left === x ? right : left);
  // x > bound if the comparison states that of its left operand, or the opposite of its right operand.
  const above = (order.greater === (left === x)) === holds;
  const strict = order.strict === holds;
  if (above) return raised(range, bound.low, strict);
  const { low, high, ...rest } = raised({ ...range, low: -range.high, high: -range.low }, -bound.high, strict);
  return { ...rest, low: -high, high: -low };
}

const ORDERS: { [O in Op]?: { greater: boolean; strict: boolean } } = {
  Greater: { greater: true, strict: true },
  GreaterOrEqual: { greater: true, strict: false },
  Less: { greater: false, strict: true },
  LessOrEqual: { greater: false, strict: false },
};

function raised(range: Interval, low: number, strict: boolean): Interval {
  const least = strict && low === 0 ? ABOVE_ZERO : low;
  const raisedTo = Math.max(range.low, least);
  return { ...range, low: raisedTo, nonzero: range.nonzero || raisedTo > 0 };
}

function withoutZero(range: Interval): Interval {
  return {
    ...range,
    low: range.low === 0 ? ABOVE_ZERO : range.low,
    high: range.high === 0 ? -ABOVE_ZERO : range.high,
    nonzero: true,
  };
}
