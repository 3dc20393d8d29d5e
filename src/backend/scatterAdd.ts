import type { GraphBuilder } from '../graph/builder';
import type { Node, Value } from '../graph/graph';

/** ONNX adds whole rows at indices of the first axes only, so the indexed axis moves to the front and back again. */
export function scatterAdd(g: GraphBuilder, [updates, indices]: readonly Value[], node: Node<'ScatterAdd'>): Value {
  const { axis, size } = node.attributes;
  if (axis === 0) return g.applyAll('ScatterAdd', [updates, indices], node.attributes)[0];
  const rank = updates.shape.length;
  const indexed = indices.shape.map((_, i) => axis + i);
  const before = Array.from({ length: axis }, (_, i) => i);
  const rest = Array.from({ length: rank - axis - indexed.length }, (_, i) => axis + indexed.length + i);
  const front = g.transpose(updates, [...indexed, ...before, ...rest]);
  const added = g.applyAll('ScatterAdd', [front, indices], { axis: 0, size })[0];
  return g.transpose(added, [...before.map((i) => i + 1), 0, ...rest.map((_, i) => 1 + axis + i)]);
}
