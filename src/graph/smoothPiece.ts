import type { GraphBuilder } from './builder';
import type { Node, Value } from './graph';
import { elementPlaces, gatherFlat } from './places';
import { again, replay } from './replay';
import { isFloat } from './tensor';

/**
 * The smooth piece of a function f around a point x:  y = f_x(x + h), in which every choice (a comparison, a maximum, a
 * sign, a rounding) is made as at x, whatever h is. f_x(x) = f(x), f_x has no kinks, and its first and second derivatives
 * at x are those of the derivative rules, even if x lies on a kink. It does not use the rules, so that differences of it
 * can check them.
 * @param outputs f at x
 * @param moved replacements of values of f's graph: x + h for x. Nodes that do not depend on them are reused
 * @returns f_x at x + h, one value per output; twice the cost of f
 */
export function smoothPiece(
  g: GraphBuilder,
  outputs: readonly Value[],
  moved: ReadonlyMap<Value, Value>,
): readonly Value[] {
  return replay(g, outputs, moved, (node, inputs) => {
    if (inputs.every((input, i) => input === node.inputs[i])) return node.outputs;
    return pieceOf(g, node, inputs) ?? again(g, node, inputs);
  });
}

/** A node on moved inputs with the choices of its original inputs; null if it makes no choice. */
export function pieceOf(g: GraphBuilder, node: Node, [a, b]: readonly Value[]): readonly Value[] | null {
  const [x, other] = node.inputs;
  const [y, indices] = node.outputs;
  switch (node.op) {
    // Steps are constant between their jumps.
    case 'Sign':
    case 'Floor':
    case 'Ceil':
    case 'Round':
      return node.outputs;
    case 'Relu':
      return [g.where(g.greater(x, g.like(x, 0)), a, g.like(a, 0))];
    case 'Abs':
      return [g.mul(a, g.unary('Sign', x))];
    case 'Max':
      return [larger(g, [x, other], [a, b])];
    case 'Min':
      return [larger(g, [other, x], [a, b])];
    case 'Mod': {
      const times = g.unary('Round', g.div(g.sub(x, y), other));
      return [g.sub(a, g.mul(b, times))];
    }
    case 'ReduceMax':
    case 'ReduceMin': {
      const { axes, keepdims } = (node as Node<'ReduceMax'>).attributes;
      const attained = g.equal(x, keepdims ? y : g.unsqueeze(y, axes));
      const count = g.sum(g.cast(attained, x.dtype), axes, keepdims);
      return [g.div(g.sum(g.where(attained, a, g.like(a, 0)), axes, keepdims), count)];
    }
    case 'MaxPool':
      return [gatherFlat(g, a, indices), indices];
    case 'TopK': {
      const { axis } = (node as Node<'TopK'>).attributes;
      return [gatherFlat(g, a, elementPlaces(g, indices, x.shape, axis)), indices];
    }
    default:
      // Comparisons, indices and other integers and booleans.
      return node.outputs.some(({ dtype }) => isFloat(dtype)) ? null : node.outputs;
  }
}

/** a where x > other, b where it is less, their mean where both are equal. */
function larger(g: GraphBuilder, [x, other]: readonly [Value, Value], [a, b]: readonly [Value, Value]): Value {
  const tied = g.scale(g.add(a, b), 0.5);
  return g.where(g.greater(x, other), a, g.where(g.less(x, other), b, tied));
}
