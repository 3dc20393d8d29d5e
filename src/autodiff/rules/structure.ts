import type { GraphBuilder } from '../../graph/builder';
import type { Value } from '../../graph/graph';
import { dilate } from '../../graph/unroll';
import type { RuleTable } from '../rule';
import { differentiable, flat, linear } from '../rule';

/** Operators that move, repeat, cut or sum elements. */
export const structureRules: RuleTable = {
  Cast: linear({
    forward: ({ g, attributes, y }, xDot) => (differentiable(y) ? g.cast(xDot, attributes.to) : g.like(xDot, 0)),
    transpose: ({ g, x, yBar }) => g.cast(yBar, x.dtype),
  }),
  Reshape: linear({ transpose: ({ g, x, yBar }) => g.reshape(yBar, x.shape) }),
  Transpose: linear({
    transpose: ({ g, attributes: { perm }, yBar }) =>
      g.transpose(
        yBar,
        perm.map((_, axis) => perm.indexOf(axis)),
      ),
  }),
  Expand: linear({ transpose: ({ g, x, yBar }) => g.sumTo(yBar, x.shape) }),
  Slice: linear({
    transpose({ g, x, attributes: { starts, ends, steps }, yBar }) {
      let xBar = yBar;
      for (let axis = 0; axis < x.shape.length; axis++) {
        xBar = unslice(g, xBar, axis, {
          start: starts[axis],
          end: ends[axis],
          step: steps[axis],
          length: x.shape[axis],
        });
      }
      return xBar;
    },
  }),
  Pad: linear({
    // The padding itself is constant: its tangent is zero, whatever its value.
    forward: ({ g, attributes: { before, after } }, xDot) => g.pad(xDot, before, after),
    transpose: ({ g, x, attributes: { before }, yBar }) =>
      g.apply('Slice', [yBar], {
        starts: before,
        ends: before.map((n, axis) => n + x.shape[axis]),
        steps: before.map(() => 1),
      }),
  }),
  Concat: {
    jvp({ g, inputs, attributes: { axis } }, dots) {
      return [
        g.concat(
          dots.map((dot, i) => dot ?? g.expand(g.like(inputs[i], 0), inputs[i].shape)),
          axis,
        ),
      ];
    },
    vjp({ g, inputs, attributes: { axis } }, [yBar], wanted) {
      let start = 0;
      return inputs.map((input, i) => {
        const end = start + input.shape[axis];
        const bar = yBar && wanted[i] ? g.sliceAxis(yBar, axis, start, end) : null;
        start = end;
        return bar;
      });
    },
  },
  ReduceSum: linear({
    transpose: ({ g, x, attributes: { axes, keepdims }, yBar }) =>
      g.expand(keepdims ? yBar : g.unsqueeze(yBar, axes), x.shape),
  }),
  CumSum: linear({
    transpose: ({ g, attributes, yBar }) => g.apply('CumSum', [yBar], { ...attributes, reverse: !attributes.reverse }),
  }),
  Gather: linear({
    transpose: ({ g, x, b: indices, attributes: { axis }, yBar }) =>
      g.apply('ScatterAdd', [yBar, indices], { axis, size: x.shape[axis] }),
  }),
  ScatterAdd: linear({
    transpose: ({ g, b: indices, attributes: { axis }, yBar }) => g.gather(yBar, indices, axis),
  }),
  ArgMax: flat(),
};

/** Puts the elements of one sliced axis back to their places, with zeros elsewhere. */
function unslice(
  g: GraphBuilder,
  y: Value,
  axis: number,
  { start, end, step, length }: { start: number; end: number; step: number; length: number },
): Value {
  const count = y.shape[axis];
  if (start === 0 && end === length && step === 1) return y;
  const stride = Math.abs(step);
  const first = step > 0 ? start : start + (count - 1) * step;
  let x = step > 0 ? y : g.sliceAxis(y, axis, count - 1, -1, -1);
  if (stride > 1) x = dilate(g, x, axis, stride);
  const on = (n: number) => y.shape.map((_, i) => (i === axis ? n : 0));
  return g.pad(x, on(first), on(length - first - x.shape[axis]));
}
