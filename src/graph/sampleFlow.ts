import type { Node, Value } from './graph';
import { nodesOf } from './graph';
import type { OpAttributes } from './ops';
import { sizeOf } from './tensor';

/**
 * How samples are stored in a value. A stride s means that element i, in row-major order, belongs only to sample
 * ⌊i/s⌋ mod N. `free` does not depend on the samples. `mixed` depends on several samples together.
 */
export type SampleFlow = number | 'free' | 'mixed';

export interface Axis {
  axis: number;
  /** The axis counts outer × N × inner: [N·L] has inner L, [L·N] outer L. */
  inner: number;
}

/** The one axis that holds the samples; null if a reshape spread them over several. */
export function sampleAxisOf(shape: readonly number[], stride: number, batch: number): Axis | null {
  for (let axis = shape.length - 1, after = 1; axis >= 0; after *= shape[axis--]) {
    const inner = stride / after;
    if (Number.isInteger(inner) && shape[axis] % (inner * batch) === 0) return { axis, inner };
  }
  return null;
}

/**
 * Follows the samples from the inputs of a graph to the values that the outputs need. It assumes that operators that pick by
 * index pick within a sample, and that unknown ones keep samples on axis 0. A caller that relies on this checks it
 * numerically.
 * @param strides of the inputs that have samples
 * @param batch samples in the graph, two or more
 */
export function sampleFlows(
  outputs: readonly Value[],
  strides: ReadonlyMap<Value, number>,
  batch: number,
): (value: Value) => SampleFlow {
  const flows = new Map<Value, SampleFlow>(strides);
  const flow = (value: Value) => flows.get(value) ?? 'free';
  for (const node of nodesOf(outputs)) {
    const inputs = node.inputs.map(flow);
    for (const output of node.outputs) {
      if (inputs.every((each) => each === 'free')) continue;
      flows.set(output, inputs.includes('mixed') ? 'mixed' : through(node, inputs, output, batch));
    }
  }
  return flow;
}

function through(node: Node, inputs: readonly SampleFlow[], output: Value, batch: number): SampleFlow {
  const moved = (from: Value, stride: number, place: (axis: number) => number | null): SampleFlow => {
    const found = sampleAxisOf(from.shape, stride, batch);
    const axis = found && place(found.axis);
    if (axis === null || output.shape[axis] % (found!.inner * batch) !== 0) return 'mixed';
    return found!.inner * sizeOf(output.shape.slice(axis + 1));
  };
  const [x] = node.inputs;
  const [first] = inputs;
  switch (node.op) {
    case 'Reshape':
      return first;
    case 'Transpose': {
      const { perm } = node.attributes as OpAttributes['Transpose'];
      return moved(x, first as number, (axis) => perm.indexOf(axis));
    }
    case 'ReduceSum':
    case 'ReduceMax':
    case 'ReduceMin': {
      const { axes, keepdims } = node.attributes as OpAttributes['ReduceSum'];
      return moved(x, first as number, (axis) =>
        axes.includes(axis) ? null : keepdims ? axis : axis - axes.filter((other) => other < axis).length,
      );
    }
    case 'ArgMax': {
      const { axis: reduced } = node.attributes as OpAttributes['ArgMax'];
      return moved(x, first as number, (axis) => (axis === reduced ? null : axis > reduced ? axis - 1 : axis));
    }
    case 'Softmax':
    case 'LogSoftmax':
    case 'CumSum':
    case 'TopK': {
      const { axis: along } = node.attributes as { axis: number };
      return moved(x, first as number, (axis) => (axis === along ? null : axis));
    }
    case 'Slice':
    case 'Pad':
      return moved(x, first as number, (axis) => (output.shape[axis] === x.shape[axis] ? axis : null));
    case 'Concat': {
      const flows = node.inputs.map((value, i) =>
        inputs[i] === 'free' ? 'free' : moved(value, inputs[i] as number, (axis) => axis),
      );
      return common(flows);
    }
    case 'Gather':
      return gathered(node as Node<'Gather'>, inputs, moved);
    case 'MatMul':
      return common(
        node.inputs.map((value, i) => (inputs[i] === 'free' ? 'free' : multiplied(value, i, inputs[i] as number))),
      );
    default:
      if (node.inputs.every((value) => broadcasts(value, output))) {
        return common(
          node.inputs.map((value, i) => (inputs[i] === 'free' ? 'free' : broadcast(value, inputs[i] as number))),
        );
      }
      return output.shape[0] === batch ? sizeOf(output.shape) / batch : 'mixed';
  }

  function broadcast(value: Value, stride: number): SampleFlow {
    if (sizeOf(value.shape) === sizeOf(output.shape)) return stride;
    const offset = output.shape.length - value.shape.length;
    return moved(value, stride, (axis) => (output.shape[axis + offset] === value.shape[axis] ? axis + offset : null));
  }

  function multiplied(value: Value, factor: number, stride: number): SampleFlow {
    const contracted = value.shape.length - (factor === 0 ? 1 : 2);
    const offset = output.shape.length - value.shape.length;
    return moved(value, stride, (axis) =>
      axis === contracted || output.shape[axis + offset] !== value.shape[axis] ? null : axis + offset,
    );
  }
}

/** Of operands that meet element by element. */
function common(flows: readonly SampleFlow[]): SampleFlow {
  const strides = new Set(flows.filter((flow) => flow !== 'free'));
  return strides.size === 1 ? [...strides][0] : 'mixed';
}

function broadcasts({ shape }: Value, output: Value): boolean {
  const offset = output.shape.length - shape.length;
  return offset >= 0 && shape.every((dim, axis) => dim === 1 || dim === output.shape[axis + offset]);
}

function gathered(
  { inputs: [data, indices], attributes: { axis: along } }: Node<'Gather'>,
  [ofData, ofIndices]: readonly SampleFlow[],
  moved: (from: Value, stride: number, place: (axis: number) => number | null) => SampleFlow,
): SampleFlow {
  const byIndex = typeof ofIndices === 'number' ? ofIndices * sizeOf(data.shape.slice(along + 1)) : null;
  if (typeof ofData !== 'number') return byIndex ?? 'mixed';
  const grown = indices.shape.length - 1;
  const byData = moved(data, ofData, (axis) => (axis === along ? null : axis > along ? axis + grown : axis));
  if (byIndex === null) return byData;
  // Rows of all samples; each index picks a row of its own sample.
  return byData === 'mixed' ? byIndex : common([byData, byIndex]);
}
