import type { GraphBuilder } from '../../../graph/builder';
import type { Value } from '../../../graph/graph';
import { again, replay } from '../../../graph/replay';
import { sampleAxisOf, sampleFlows } from '../../../graph/sampleFlow';
import { sizeOf } from '../../../graph/tensor';

/** Largest number of elements of a product before it is summed. */
const LARGEST = 2 ** 22;

/** Rewrites matrix products that sum over the samples, such as dᵀd for squared errors, as explicit sums of products. */
export function withSampleSums(
  g: GraphBuilder,
  loss: Value,
  strides: ReadonlyMap<Value, number>,
  batch: number,
): Value {
  const flow = sampleFlows([loss], strides, batch);
  const [value] = replay(g, [loss], new Map([...strides.keys()].map((input) => [input, input])), (node, inputs) => {
    const [a, b] = node.inputs;
    if (node.op !== 'MatMul' || flow(node.outputs[0]) !== 'mixed') return again(g, node, inputs);
    const sums = [a, b].every((factor, i) => contracts(factor, i, flow(factor), batch));
    const [left, right] = [g.unsqueeze(inputs[0], [a.shape.length]), g.unsqueeze(inputs[1], [b.shape.length - 2])];
    if (!sums || sizeOf(a.shape) * b.shape[b.shape.length - 1] > LARGEST) return again(g, node, inputs);
    const product = g.mul(left, right);
    return [g.sum(product, [product.shape.length - 2])];
  });
  return value;
}

/** Whether a factor has its samples on the axis that a product sums over. */
function contracts({ shape }: Value, factor: number, flow: number | 'free' | 'mixed', batch: number): boolean {
  if (typeof flow !== 'number') return false;
  return sampleAxisOf(shape, flow, batch)?.axis === shape.length - (factor === 0 ? 1 : 2);
}
