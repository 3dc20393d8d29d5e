import type { GraphBuilder } from '../graph/builder';
import type { Node, Value } from '../graph/graph';
import { isOp } from '../graph/graph';
import { UNARY } from '../graph/ops';
import { sizeOf } from '../graph/tensor';
import { moveOf } from './moves';

/** Largest number of operators to follow between an output and its last layer. */
const DEEPEST = 64;
const ELEMENTWISE = new Set<string>([...UNARY, 'Add', 'Sub', 'Mul', 'Div', 'Max', 'Min', 'Where']);

/** The last layer with weights below an output. */
export interface LayerEnd {
  op: 'MatMul' | 'Conv';
  /** Axis of the output that counts the layer's outputs, its features or channels; null if it was cut or merged. */
  axis: number | null;
  /** True if only a bias, a factor or moves lie between, so that nothing bounds the numbers. */
  linear: boolean;
}

/** The layer that an output comes from, looking through moves and operators that go element by element. */
export function layerEnd(g: GraphBuilder, output: Value, depth = 0): LayerEnd | null {
  const { node } = output;
  if (!node || depth >= DEEPEST) return null;
  if (isOp(output, 'Conv') || isOp(output, 'ConvInput')) return { op: 'Conv', axis: 1, linear: true };
  if (isOp(output, 'MatMul')) return { op: 'MatMul', axis: columnAxis(output.node), linear: true };
  const move = moveOf(g, output);
  if (move) {
    const end = layerEnd(g, move.from, depth + 1);
    return end && { ...end, axis: end.axis === null ? null : move.axis(end.axis) };
  }
  if (!ELEMENTWISE.has(node.op)) return null;
  const size = sizeOf(output.shape);
  const whole = node.inputs.filter((input) => sizeOf(input.shape) === size && input.dtype === output.dtype);
  const [from] = whole;
  const end = from && from.shape.length === output.shape.length ? layerEnd(g, from, depth + 1) : null;
  // A sum of two tensors of this size is not a bias.
  const isScaling =
    node.op === 'Add' || node.op === 'Sub' || node.op === 'Mul' || node.op === 'Div' || node.op === 'Neg';
  return end && { ...end, linear: end.linear && isScaling && whole.length === 1 };
}

/** The last axis, or the one before it if the weights are the left factor. */
function columnAxis({ inputs: [a, b], outputs: [y] }: Node): number {
  const rank = y.shape.length;
  return a.shape.length < b.shape.length ? rank - 2 : rank - 1;
}
