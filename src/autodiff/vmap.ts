import type { GraphBuilder } from '../graph/builder';
import type { Node, Value } from '../graph/graph';
import { again, replay } from '../graph/replay';
import type { Place, Placed } from './batching/batching';
import { shapeAt, toFront } from './batching/batching';
import { buildBehind } from './batching/behindSamples';
import { batchingOf } from './batching/table';

/**
 * Vectorizes a graph over a leading axis. For batched inputs X = (x₁ … x_K), stacked as [K, …], it returns [K, …] with
 * f(x₁) … f(x_K): one graph with products K times larger instead of K graphs.
 * @param stacked for each input to batch, a value with an axis of length `size` before the input's own
 * @returns for each output the stacked value; outputs that depend on no batched input are repeated
 */
export function vmap(
  g: GraphBuilder,
  outputs: readonly Value[],
  stacked: ReadonlyMap<Value, Value>,
  size: number,
): Value[] {
  const places = new Map<Value, Place>([...stacked.values()].map((value) => [value, 0]));
  const rebuild = (node: Node, inputs: readonly Value[]): readonly Value[] => {
    const at = inputs.map((input) => places.get(input) ?? null);
    if (at.every((place) => place === null)) return again(g, node, inputs);
    const behind = buildBehind({ g, node, inputs, places: at, size });
    const results: readonly Placed[] = behind
      ? [behind]
      : batchingOf(node.op)({
          g,
          node,
          inputs: inputs.map((input, i) => toFront(g, input, at[i])),
          batched: at.map((place) => place !== null),
          size,
        }).map((value) => ({ value, place: 0 }));
    for (const [i, { value, place }] of results.entries()) {
      const expected = shapeAt(node.outputs[i].shape, place, size);
      if (String(value.shape) !== String(expected)) {
        throw new Error(
          `${node.op} from "${node.origin}" batched to [${value.shape.join()}], not [${expected.join()}]`,
        );
      }
      places.set(value, place);
    }
    return results.map(({ value }) => value);
  };
  return replay(g, outputs, stacked, rebuild).map((value, i) => {
    const place = places.get(value);
    if (place !== undefined) return toFront(g, value, place);
    return g.expand(g.unsqueeze(value, [0]), [size, ...outputs[i].shape]);
  });
}
