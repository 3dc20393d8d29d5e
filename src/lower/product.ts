import type { GraphBuilder } from '../graph/builder';
import type { Value } from '../graph/graph';

/**
 * Product along one axis, pair by pair: x₁·x₂, x₃·x₄, …, and so on. It uses products only, so that its derivatives also
 * hold where factors are zero, unlike y/xᵢ.
 */
export function product(g: GraphBuilder, x: Value, axis: number): Value {
  let rest = x;
  while (rest.shape[axis] > 1) {
    const length = rest.shape[axis];
    const half = Math.floor(length / 2);
    const pairs = g.mul(g.sliceAxis(rest, axis, 0, half), g.sliceAxis(rest, axis, half, 2 * half));
    rest = length % 2 === 0 ? pairs : g.concat([pairs, g.sliceAxis(rest, axis, length - 1, length)], axis);
  }
  if (rest.shape[axis] === 0)
    return g.expand(
      g.like(x, 1),
      x.shape.filter((_, i) => i !== axis),
    );
  return g.squeeze(rest, [axis]);
}
