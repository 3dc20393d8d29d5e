import type { GraphBuilder } from '../graph/builder';
import type { Value } from '../graph/graph';
import { sizeOf, tensor } from '../graph/tensor';
import type { LowerContext, Lowering, LoweringTable } from './context';
import { absPower, root } from './norm';
import { product } from './product';
import { counted, upTo } from '../graph/limits';

type Reduce = (g: GraphBuilder, x: Value, axes: readonly number[], keepdims: boolean) => Value;

/** @param empty result of reducing no elements */
const reduction =
  (reduce: Reduce, empty: number): Lowering =>
  (c) => {
    const given = c.intsOrInput('axes', 1);
    if (!given?.length && c.int('noop_with_empty_axes', 0) === 1) return c.x;
    const axes = given?.length ? given.map((axis) => c.axis(axis)) : [...c.x.shape.keys()];
    const keepdims = c.int('keepdims', 1) === 1;
    if (axes.every((axis) => c.x.shape[axis] > 0)) return reduce(c.g, c.x, axes, keepdims);
    const { shape } = c.g.sum(c.x, axes, keepdims);
    return c.g.constant(
      tensor(
        c.x.dtype,
        shape,
        counted(sizeOf(shape), () => empty),
      ),
    );
  };

/**
 * max + log Σ e^(x − max), which neither overflows nor loses small terms. Rows of −∞ alone, as masks make them, give −∞ with
 * the slope 0, and a row with +∞ gives that: the maximum is not subtracted there, since ∞ − ∞ is not a number.
 */
function logSumExp(g: GraphBuilder, x: Value, axes: readonly number[], keepdims: boolean): Value {
  const top = g.apply('ReduceMax', [x], { axes, keepdims: true });
  const empty = g.equal(top, g.like(x, -Infinity));
  const infinite = g.equal(g.unary('Abs', top), g.like(x, Infinity));
  const shift = g.where(infinite, g.like(x, 0), top);
  const terms = g.sum(g.exp(g.sub(x, shift)), axes, true);
  const finite = g.add(g.log(g.where(empty, g.like(x, 1), terms)), shift);
  const sum = g.where(empty, g.like(x, -Infinity), finite);
  return keepdims ? sum : g.squeeze(sum, axes);
}

export const reductionLowerings: LoweringTable = {
  ReduceSum: reduction((g, x, axes, keepdims) => g.sum(x, axes, keepdims), 0),
  ReduceMean: reduction((g, x, axes, keepdims) => g.mean(x, axes, keepdims), NaN),
  ReduceMax: reduction((g, x, axes, keepdims) => g.apply('ReduceMax', [x], { axes, keepdims }), -Infinity),
  ReduceMin: reduction((g, x, axes, keepdims) => g.apply('ReduceMin', [x], { axes, keepdims }), Infinity),
  ReduceProd: reduction(reduceProduct, 1),
  ReduceSumSquare: reduction((g, x, axes, keepdims) => g.sum(g.square(x), axes, keepdims), 0),
  ReduceL1: reduction((g, x, axes, keepdims) => g.sum(g.unary('Abs', x), axes, keepdims), 0),
  ReduceL2: reduction((g, x, axes, keepdims) => root(g, g.sum(g.square(x), axes, keepdims), 2), 0),
  ReduceLogSum: reduction((g, x, axes, keepdims) => g.log(g.sum(x, axes, keepdims)), -Infinity),
  ReduceLogSumExp: reduction(logSumExp, -Infinity),
  LpNormalization(c) {
    const { g, x } = c;
    const p = c.int('p', 2);
    const length = root(g, g.sum(absPower(g, x, p), [c.axis(c.int('axis', -1))], true), p);
    // A row of zeros stays zero. It has no direction, so its slope is 0.
    const isZero = g.equal(length, g.like(x, 0));
    return g.where(isZero, g.like(x, 0), g.div(x, g.where(isZero, g.like(x, 1), length)));
  },
  ArgMax(c) {
    return argMax(c, c.x);
  },
  ArgMin: (c) => argMax(c, c.g.neg(c.x)),
  /** 1 at the first maximum, 0 elsewhere. */
  Hardmax(c) {
    const { g } = c;
    const { rows, axis } = coerced(c);
    const answer = g.unsqueeze(g.apply('ArgMax', [rows], { axis }), [axis]);
    const places = g.indices(
      upTo(rows.shape[axis]),
      rows.shape.map((dim, i) => (i === axis ? dim : 1)),
    );
    return g.reshape(g.cast(g.equal(answer, places), rows.dtype), c.x.shape);
  },
  CumSum: (c) =>
    c.g.apply('CumSum', [c.x], {
      axis: c.axis(c.constants(1)?.[0] ?? 0),
      exclusive: c.int('exclusive', 0) === 1,
      reverse: c.int('reverse', 0) === 1,
    }),
  Softmax: (c) => softmaxLike(c, 'Softmax'),
  LogSoftmax: (c) => softmaxLike(c, 'LogSoftmax'),
};

function softmaxLike(c: LowerContext, op: 'Softmax' | 'LogSoftmax'): Value {
  const { rows, axis } = coerced(c);
  return c.g.reshape(c.g.apply(op, [rows], { axis }), c.x.shape);
}

/** Before opset 13, the axes from `axis` on are merged into one. */
function coerced(c: LowerContext): { rows: Value; axis: number } {
  const { g, x, opset } = c;
  if (opset >= 13) return { rows: x, axis: c.axis(c.int('axis', -1)) };
  const axis = c.axis(c.int('axis', 1));
  return { rows: g.reshape(x, [sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis))]), axis: 1 };
}

function argMax(c: LowerContext, x: Value): Value {
  const { g } = c;
  const axis = c.axis(c.int('axis', 0));
  const last = c.int('select_last_index', 0) === 1;
  const length = x.shape[axis];
  const found = g.apply('ArgMax', [last ? g.sliceAxis(x, axis, length - 1, -1, -1) : x], { axis });
  const y = last ? g.sub(g.like(found, length - 1), found) : found;
  return c.int('keepdims', 1) ? g.unsqueeze(y, [axis]) : y;
}

function reduceProduct(g: GraphBuilder, x: Value, axes: readonly number[], keepdims: boolean): Value {
  const kept = [...x.shape.keys()].filter((axis) => !axes.includes(axis));
  const outer = kept.map((axis) => x.shape[axis]);
  const rows = g.reshape(g.transpose(x, [...kept, ...axes]), [...outer, sizeOf(axes.map((axis) => x.shape[axis]))]);
  const y = product(g, rows, outer.length);
  return keepdims ? g.unsqueeze(y, axes) : y;
}
