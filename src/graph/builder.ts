import { formatExactCount } from '../text/counts';
import type { Node, Value } from './graph';
import { constantOf, isOp, splatOf } from './graph';
import type { ArithmeticOp, ComparisonOp, ConvAttributes, Op, OpAttributes, UnaryOp } from './ops';
import { checkShape, TooLargeError } from './limits';
import { broadcastAxes, broadcastShapes, inferTypes } from './shapes';
import { simplify } from './simplify';
import type { DType, Tensor } from './tensor';
import { scalar, sizeOf, tensor } from './tensor';

/** The builder compares constants of up to so many elements by content, so that equal ones become one value. */
const SHARED_CONSTANT = 64;

/** An operator does not accept the types or shapes of its operands; the cause names them. */
export class ShapeError extends Error {}

/**
 * A part of the graph whose values have a quicker form that is not differentiated, such as the runtime's own operator for
 * a recurrent layer.
 */
export interface QuickerForm {
  /** The results of the form that is differentiated. */
  values: readonly Value[];
  /** The same results of the quicker form. */
  results: readonly Value[];
  /** What both read. */
  reads: readonly Value[];
}

/** What a recurrent layer or a loop carries from one step to the next. */
export interface Recurrence {
  /** Name of the user's node. */
  origin: string;
  /** The first state of a layer is its output; the others, as a cell's, are read by the next step only. */
  kind: 'layer' | 'loop';
  /** The carried values after each step, in the order of computation: [steps][states]. */
  states: readonly (readonly Value[])[];
  /** For sequences of different lengths: whether a sample takes part in a step, boolean, broadcasting with the states. */
  alive: readonly Value[] | null;
  /** What the first state is multiplied by, [hidden, gates·hidden]; null where that is not known. */
  weight: Value | null;
}

/**
 * Builds graphs of core operators. Every expression exists once: applying the same operator to the same values gives
 * the same value back (hash-consing), so a derived graph shares all it can with the graph it came from.
 */
export class GraphBuilder {
  /** Name of the user's node that new nodes belong to. */
  origin = '';
  /** In the order of the data flow. */
  readonly quicker: QuickerForm[] = [];
  /** Recurrent layers and loops that were written out. */
  readonly recurrences: Recurrence[] = [];
  /** Largest number of nodes, which stops a model that says "a billion times" in a few bytes. */
  mostNodes = Infinity;
  /** Largest number of elements of one result, which stops a model whose nodes each double their input. */
  mostElements = Infinity;
  private nextId = 0;
  private readonly known = new Map<string, Node>();

  input(name: string, dtype: DType, shape: readonly number[]): Value {
    return { id: this.nextId++, dtype, shape, node: null, index: 0, name };
  }

  /** Runs `build` with nodes attributed to `origin`. */
  from<T>(origin: string, build: () => T): T {
    const outer = this.origin;
    this.origin = origin;
    try {
      return build();
    } finally {
      this.origin = outer;
    }
  }

  /** All outputs of an operator. */
  applyAll<O extends Op>(op: O, inputs: readonly Value[], attributes: OpAttributes[O]): readonly Value[] {
    const key = this.key(op, inputs, attributes);
    const found = this.known.get(key);
    if (found) return found.outputs;
    if (this.known.size >= this.mostNodes) {
      throw new TooLargeError(`more than ${formatExactCount(this.mostNodes)} operators would be needed`);
    }
    const types = this.fitting(op, () => {
      const inferred = inferTypes[op](inputs, attributes);
      for (const { shape } of inferred) checkShape(shape, this.mostElements);
      return inferred;
    });
    const outputs: Value[] = [];
    const node: Node<O> = { op, inputs, attributes, outputs, origin: this.origin };
    for (const [index, type] of types.entries()) outputs.push({ id: this.nextId++, ...type, node, index });
    this.known.set(key, node);
    return outputs;
  }

  /** The first output of an operator, after algebraic simplification. */
  apply<O extends Op>(op: O, inputs: readonly Value[], attributes: OpAttributes[O]): Value {
    const simpler = this.fitting(op, () => simplify(this, op, inputs, attributes));
    return simpler ?? this.applyAll(op, inputs, attributes)[0];
  }

  /** @throws ShapeError if the operands do not fit together */
  private fitting<T>(op: string, infer: () => T): T {
    try {
      return infer();
    } catch (fault) {
      if (fault instanceof TooLargeError || fault instanceof ShapeError) throw fault;
      throw new ShapeError(`${op} from "${this.origin}": ${(fault as Error).message}`, { cause: fault });
    }
  }

  private key<O extends Op>(op: O, inputs: readonly Value[], attributes: OpAttributes[O]): string {
    // Attributes of a foreign operator may contain anything, so such nodes are never merged.
    if (op === 'Opaque') return `Opaque #${this.nextId}`;
    if (op === 'Constant') {
      const { tensor: t } = attributes as OpAttributes['Constant'];
      if (sizeOf(t.shape) > SHARED_CONSTANT) return `Constant #${this.nextId}`;
      // Negative zero must not be merged with zero, because 1/x distinguishes them.
      const content = Array.from(t.data as ArrayLike<number | bigint>, (v) => (Object.is(v, -0) ? '-0' : String(v)));
      return `Constant ${t.dtype} [${t.shape.join()}] ${content.join()}`;
    }
    return `${op} ${inputs.map((input) => input.id).join()} ${JSON.stringify(attributes, spellNonFinite)}`;
  }

  // Constants

  constant(t: Tensor): Value {
    return this.applyAll('Constant', [], { tensor: t })[0];
  }
  scalar(dtype: DType, value: number): Value {
    return this.constant(scalar(dtype, value));
  }
  /** int64 [n] */
  indices(values: readonly number[], shape: readonly number[] = [values.length]): Value {
    return this.constant(tensor('int64', shape, values));
  }
  /** A number of the type of `x`, broadcasting with it. */
  like(x: Value, value: number): Value {
    return this.scalar(x.dtype, value);
  }

  // Elementwise

  unary(op: UnaryOp, x: Value): Value {
    return this.apply(op, [x], {});
  }
  binary(op: ArithmeticOp | ComparisonOp, a: Value, b: Value): Value {
    return this.apply(op, [a, b], {});
  }
  neg = (x: Value) => this.unary('Neg', x);
  exp = (x: Value) => this.unary('Exp', x);
  log = (x: Value) => this.unary('Log', x);
  sqrt = (x: Value) => this.unary('Sqrt', x);
  tanh = (x: Value) => this.unary('Tanh', x);
  sigmoid = (x: Value) => this.unary('Sigmoid', x);
  reciprocal = (x: Value) => this.unary('Reciprocal', x);
  add = (a: Value, b: Value) => this.binary('Add', a, b);
  sub = (a: Value, b: Value) => this.binary('Sub', a, b);
  mul = (a: Value, b: Value) => this.binary('Mul', a, b);
  div = (a: Value, b: Value) => this.binary('Div', a, b);
  pow = (a: Value, b: Value) => this.binary('Pow', a, b);
  max = (a: Value, b: Value) => this.binary('Max', a, b);
  min = (a: Value, b: Value) => this.binary('Min', a, b);
  equal = (a: Value, b: Value) => this.binary('Equal', a, b);
  greater = (a: Value, b: Value) => this.binary('Greater', a, b);
  less = (a: Value, b: Value) => this.binary('Less', a, b);
  square = (x: Value) => this.mul(x, x);
  scale = (x: Value, factor: number) => this.mul(x, this.like(x, factor));
  shift = (x: Value, amount: number) => this.add(x, this.like(x, amount));
  /** 1 where x > 0, else 0, in the type of x. */
  step = (x: Value) => this.cast(this.greater(x, this.like(x, 0)), x.dtype);
  where(condition: Value, a: Value, b: Value): Value {
    return this.apply('Where', [condition, a, b], {});
  }
  cast(x: Value, to: DType): Value {
    return this.apply('Cast', [x], { to });
  }

  // Shape

  reshape(x: Value, shape: readonly number[]): Value {
    return this.apply('Reshape', [x], { shape });
  }
  transpose(x: Value, perm: readonly number[]): Value {
    return this.apply('Transpose', [x], { perm });
  }
  /** Moves one axis; the others keep their order. */
  moveAxis(x: Value, from: number, to: number): Value {
    const perm = x.shape.map((_, i) => i).filter((axis) => axis !== from);
    perm.splice(to, 0, from);
    return this.transpose(x, perm);
  }
  /** Transpose of the last two axes. */
  swapLast(x: Value): Value {
    const rank = x.shape.length;
    return this.transpose(
      x,
      [...x.shape.keys()].map((i) => (i < rank - 2 ? i : 2 * rank - 3 - i)),
    );
  }
  expand(x: Value, shape: readonly number[]): Value {
    return this.apply('Expand', [x], { shape });
  }
  /** Adds axes of length 1 at the given places of the result. */
  unsqueeze(x: Value, axes: readonly number[]): Value {
    const shape = [...x.shape];
    for (const axis of [...axes].sort((a, b) => a - b)) shape.splice(axis, 0, 1);
    return this.reshape(x, shape);
  }
  squeeze(x: Value, axes: readonly number[]): Value {
    return this.reshape(
      x,
      x.shape.filter((_, i) => !axes.includes(i)),
    );
  }
  /** Elements start … end−1 of one axis. */
  sliceAxis(x: Value, axis: number, start: number, end: number, step = 1): Value {
    return this.apply('Slice', [x], {
      starts: x.shape.map((_, i) => (i === axis ? start : 0)),
      ends: x.shape.map((dim, i) => (i === axis ? end : dim)),
      steps: x.shape.map((_, i) => (i === axis ? step : 1)),
    });
  }
  pad(x: Value, before: readonly number[], after: readonly number[], value = 0): Value {
    return this.apply('Pad', [x], { before, after, value });
  }
  concat(values: readonly Value[], axis: number): Value {
    return this.apply('Concat', values, { axis });
  }

  // Reductions

  sum(x: Value, axes: readonly number[] = [...x.shape.keys()], keepdims = false): Value {
    return this.apply('ReduceSum', [x], { axes, keepdims });
  }
  mean(x: Value, axes: readonly number[], keepdims = false): Value {
    return this.scale(this.sum(x, axes, keepdims), 1 / sizeOf(axes.map((axis) => x.shape[axis])));
  }
  /** Sums over the repetitions of broadcasting: the transpose of `expand` from `shape`. */
  sumTo(x: Value, shape: readonly number[]): Value {
    return this.reshape(this.sum(x, broadcastAxes(shape, x.shape), true), shape);
  }
  // Products

  matmul(a: Value, b: Value): Value {
    return this.apply('MatMul', [a, b], {});
  }
  conv(x: Value, w: Value, attributes: ConvAttributes): Value {
    return this.apply('Conv', [x, w], attributes);
  }
  gather(x: Value, indices: Value, axis: number): Value {
    return this.apply('Gather', [x, indices], { axis });
  }

  // Facts

  constantOf = constantOf;
  splatOf = splatOf;
  isOp = isOp;
  broadcastShapes = (a: readonly number[], b: readonly number[]) =>
    this.fitting('a broadcast', () => broadcastShapes(a, b));
}

/** JSON has no NaN and ∞, and these must stay distinct. */
function spellNonFinite(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
