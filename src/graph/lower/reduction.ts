import type { GraphBuilder } from '../builder';
import type { Value } from '../graph';
import { sizeOf } from '../tensor';
import type { LowerContext, Lowering, LoweringTable } from './context';

type Reduce = (g: GraphBuilder, x: Value, axes: readonly number[], keepdims: boolean) => Value;

const reduction =
  (reduce: Reduce): Lowering =>
  (c) => {
    const given = c.intsOrInput('axes', 1);
    if (!given?.length && c.int('noop_with_empty_axes', 0) === 1) return c.x;
    const axes = given?.length ? given.map((axis) => c.axis(axis)) : [...c.x.shape.keys()];
    return reduce(c.g, c.x, axes, c.int('keepdims', 1) === 1);
  };

/** max + log Σ e^(x − max), which neither overflows nor loses small terms. */
function logSumExp(g: GraphBuilder, x: Value, axes: readonly number[], keepdims: boolean): Value {
  const top = g.apply('ReduceMax', [x], { axes, keepdims: true });
  const sum = g.add(g.log(g.sum(g.exp(g.sub(x, top)), axes, true)), top);
  return keepdims ? sum : g.squeeze(sum, axes);
}

export const reductionLowerings: LoweringTable = {
  ReduceSum: reduction((g, x, axes, keepdims) => g.sum(x, axes, keepdims)),
  ReduceMean: reduction((g, x, axes, keepdims) => g.mean(x, axes, keepdims)),
  ReduceMax: reduction((g, x, axes, keepdims) => g.apply('ReduceMax', [x], { axes, keepdims })),
  ReduceMin: reduction((g, x, axes, keepdims) => g.apply('ReduceMin', [x], { axes, keepdims })),
  ReduceSumSquare: reduction((g, x, axes, keepdims) => g.sum(g.square(x), axes, keepdims)),
  ReduceL1: reduction((g, x, axes, keepdims) => g.sum(g.unary('Abs', x), axes, keepdims)),
  ReduceL2: reduction((g, x, axes, keepdims) => g.sqrt(g.sum(g.square(x), axes, keepdims))),
  ReduceLogSum: reduction((g, x, axes, keepdims) => g.log(g.sum(x, axes, keepdims))),
  ReduceLogSumExp: reduction(logSumExp),
  ArgMax(c) {
    const axis = c.axis(c.int('axis', 0));
    const y = c.g.apply('ArgMax', [c.x], { axis });
    return c.int('keepdims', 1) ? c.g.unsqueeze(y, [axis]) : y;
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

/** Before opset 13 the axes from `axis` on are coerced into one. */
function softmaxLike(c: LowerContext, op: 'Softmax' | 'LogSoftmax'): Value {
  const { g, x, opset } = c;
  if (opset >= 13) return g.apply(op, [x], { axis: c.axis(c.int('axis', -1)) });
  const axis = c.axis(c.int('axis', 1));
  const rows = g.reshape(x, [sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis))]);
  return g.reshape(g.apply(op, [rows], { axis: 1 }), x.shape);
}
