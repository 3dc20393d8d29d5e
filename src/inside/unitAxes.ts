import type { Node, Value } from '../graph/graph';
import type { OpAttributes } from '../graph/ops';
import { sizeOf } from '../graph/tensor';
import { isElementwise } from './signalFlow';
import type { SignalFlow } from './signalFlow';

/**
 * Finds the axis of the units in each value, starting from the product with weights that made them: axis 1 after a
 * convolution, the last one after a product with weights on the right.
 * @returns null where units and other axes are mixed
 */
export function unitAxes({ nodes, products }: SignalFlow): (value: Value) => number | null {
  const axes = new Map<Value, number>();
  const weighted = new Map(products.map((product) => [product.node, product]));
  for (const node of nodes) {
    const product = weighted.get(node);
    const [output] = node.outputs;
    const axis = product ? madeBy(node, product.weight) : passedOn(node, (value) => axes.get(value) ?? null);
    if (axis === null) continue;
    for (const each of node.outputs) if (each.shape.length === output.shape.length) axes.set(each, axis);
  }
  return (value) => axes.get(value) ?? null;
}

function madeBy({ op, inputs, outputs: [{ shape }] }: Node, weight: Value): number {
  if (op === 'Conv' || op === 'ConvInput') return 1;
  return op === 'MatMul' && inputs[0] === weight ? shape.length - 2 : shape.length - 1;
}

function passedOn(node: Node, axisOf: (value: Value) => number | null): number | null {
  const [{ shape }] = node.outputs;
  const [from] = node.inputs.filter((input) => axisOf(input) !== null);
  if (!from) return null;
  const axis = axisOf(from)!;
  switch (node.op) {
    case 'Transpose':
      return (node.attributes as OpAttributes['Transpose']).perm.indexOf(axis);
    case 'Reshape':
      return reshaped(from.shape, axis, shape);
    case 'ReduceSum':
    case 'ReduceMax':
    case 'ReduceMin': {
      const { axes, keepdims } = node.attributes as OpAttributes['ReduceSum'];
      if (axes.includes(axis)) return null;
      return keepdims ? axis : axis - axes.filter((other) => other < axis).length;
    }
    case 'Slice':
    case 'Pad':
    case 'Concat':
    case 'MaxPool':
    case 'Softmax':
      return axis;
    case 'Gather': {
      const { axis: along } = node.attributes as OpAttributes['Gather'];
      const added = node.inputs[1].shape.length - 1;
      return axis === along || from !== node.inputs[0] ? null : axis > along ? axis + added : axis;
    }
    case 'MatMul':
      // The rows of attention weights pick values, whose features stay on the last axis.
      return from === node.inputs[1] && axis === from.shape.length - 1 ? shape.length - 1 : null;
    default:
      return isElementwise(node) ? axis + shape.length - from.shape.length : null;
  }
}

/** Where an axis lies after a reshape that keeps it. */
function reshaped(before: readonly number[], axis: number, after: readonly number[]): number | null {
  const inner = sizeOf(before.slice(axis + 1));
  for (let place = after.length - 1, stride = 1; place >= 0; stride *= after[place--]) {
    if (stride === inner && after[place] === before[axis]) return place;
  }
  return null;
}
