import type { GraphBuilder } from '../graph/builder';
import type { Node, Value } from '../graph/graph';
import { again, replay } from '../graph/replay';
import { batchingOf } from './batching/table';

/**
 * Vectorizes a graph over a leading axis: for batched inputs X = (x₁ … x_K), stacked as [K, …], gives [K, …] with
 * f(x₁) … f(x_K), as one graph whose products are K times larger instead of K graphs.
 * @param stacked for each input to batch, a value with an axis of length `size` before the input's own
 * @returns for each output the stacked value; outputs that depend on no batched input are repeated
 */
export function vmap(
  g: GraphBuilder,
  outputs: readonly Value[],
  stacked: ReadonlyMap<Value, Value>,
  size: number,
): Value[] {
  const batched = new Set(stacked.values());
  const rebuild = (node: Node, inputs: readonly Value[]): readonly Value[] => {
    const which = inputs.map((input) => batched.has(input));
    if (!which.includes(true)) return again(g, node, inputs);
    const results = batchingOf(node.op)({ g, node, inputs, batched: which, size });
    for (const [i, result] of results.entries()) {
      const expected = [size, ...node.outputs[i].shape];
      if (String(result.shape) !== String(expected)) {
        throw new Error(
          `${node.op} from "${node.origin}" batched to [${result.shape.join()}], not [${expected.join()}]`,
        );
      }
      batched.add(result);
    }
    return results;
  };
  return replay(g, outputs, stacked, rebuild).map((value, i) =>
    batched.has(value) ? value : g.expand(g.unsqueeze(value, [0]), [size, ...outputs[i].shape]),
  );
}
