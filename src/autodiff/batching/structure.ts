import type { GraphBuilder } from '../../graph/builder';
import type { Value } from '../../graph/graph';
import { sizeOf } from '../../graph/tensor';
import { alignRank } from './elementwise';
import type { Batching, BatchingTable } from './batching';
import { stackedInput } from './batching';

const next = (axis: number) => axis + 1;

const reduce: Batching<'ReduceSum' | 'ReduceMax' | 'ReduceMin'> = ({ g, node, inputs }) => [
  g.apply(node.op, inputs, { axes: node.attributes.axes.map(next), keepdims: node.attributes.keepdims }),
];

const alongAxis: Batching<'Softmax' | 'LogSoftmax' | 'ArgMax'> = ({ g, node, inputs }) => [
  g.apply(node.op, inputs, { axis: node.attributes.axis + 1 }),
];

/** Shape operators keep the leading axis. */
export const structureBatching: BatchingTable = {
  Reshape: ({ g, node, inputs: [x], size }) => [g.reshape(x, [size, ...node.attributes.shape])],
  Transpose: ({ g, node, inputs: [x] }) => [g.transpose(x, [0, ...node.attributes.perm.map(next)])],
  Expand({ g, node, inputs: [x], size }) {
    const { shape } = node.attributes;
    return [g.expand(alignRank(g, x, shape.length), [size, ...shape])];
  },
  Slice: ({ g, node: { attributes }, inputs, size }) => [
    g.apply('Slice', inputs, {
      starts: [0, ...attributes.starts],
      ends: [size, ...attributes.ends],
      steps: [1, ...attributes.steps],
    }),
  ],
  Pad: ({ g, node: { attributes }, inputs: [x] }) => [
    g.pad(x, [0, ...attributes.before], [0, ...attributes.after], attributes.value),
  ],
  Concat: (context) => [
    context.g.concat(
      context.inputs.map((_, i) => stackedInput(context as never, i)),
      context.node.attributes.axis + 1,
    ),
  ],
  ReduceSum: reduce as Batching<'ReduceSum'>,
  ReduceMax: reduce as Batching<'ReduceMax'>,
  ReduceMin: reduce as Batching<'ReduceMin'>,
  Softmax: alongAxis as Batching<'Softmax'>,
  LogSoftmax: alongAxis as Batching<'LogSoftmax'>,
  ArgMax: alongAxis as Batching<'ArgMax'>,
  CumSum: ({ g, node, inputs }) => [g.apply('CumSum', inputs, { ...node.attributes, axis: node.attributes.axis + 1 })],

  Gather({ g, node, inputs: [data, indices], batched, size }) {
    const { axis } = node.attributes;
    if (!batched[1]) return [g.gather(data, indices, axis + 1)];
    if (!batched[0]) return [g.moveAxis(g.gather(data, indices, axis), axis, 0)];
    // Both are stacked: one long axis K·n, with the indices of run k shifted by k·n.
    const length = node.inputs[0].shape[axis];
    const front = g.moveAxis(data, axis + 1, 1);
    const long = g.reshape(front, [size * length, ...front.shape.slice(2)]);
    const picked = g.gather(long, shifted(g, indices, length), 0);
    const indexRank = node.inputs[1].shape.length;
    let result = picked;
    for (let i = 0; i < axis; i++) result = g.moveAxis(result, 1 + indexRank + i, 1 + i);
    return [result];
  },
  ScatterAdd(context) {
    const { g, node, inputs, batched, size: runs } = context;
    const { axis, size } = node.attributes;
    if (!batched[1]) return [g.apply('ScatterAdd', inputs, { axis: axis + 1, size })];
    const updates = stackedInput(context as never, 0);
    const indexRank = node.inputs[1].shape.length;
    let front = updates;
    for (let i = 0; i < axis; i++) front = g.moveAxis(front, 1, indexRank + axis);
    const long = g.apply('ScatterAdd', [front, shifted(g, inputs[1], size)], { axis: 0, size: runs * size });
    let result = g.reshape(long, [runs, size, ...long.shape.slice(1)]);
    for (let i = 0; i < axis; i++) result = g.moveAxis(result, result.shape.length - axis + i, 1 + i);
    return [result];
  },
  TopK: ({ g, node, inputs }) => g.applyAll('TopK', inputs, { ...node.attributes, axis: node.attributes.axis + 1 }),
  MaxPool({ g, node, inputs: [x], size }) {
    const merged = g.reshape(x, [size * x.shape[1], ...x.shape.slice(2)]);
    const [y, indices] = g.applyAll('MaxPool', [merged], node.attributes);
    const shape = [size, ...node.outputs[0].shape];
    // Flat indices count from the start of their run.
    const starts = g.indices(
      Array.from({ length: size }, (_, k) => k * sizeOf(node.inputs[0].shape)),
      [size, ...node.outputs[0].shape.map(() => 1)],
    );
    return [g.reshape(y, shape), g.sub(g.reshape(indices, shape), starts)];
  },
};

/** Indices [K, …] into K stacked axes of `length` laid end to end. */
function shifted(g: GraphBuilder, indices: Value, length: number): Value {
  const size = indices.shape[0];
  const starts = g.indices(
    Array.from({ length: size }, (_, k) => k * length),
    [size, ...indices.shape.slice(1).map(() => 1)],
  );
  return g.add(indices, starts);
}
