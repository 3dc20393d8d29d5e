import type { Value } from '../../graph/graph';
import type { Op } from '../../graph/ops';
import type { Placed, PlacedBatching, PlacedContext } from './batching';
import { behind, withRuns } from './batching';
import { convolutionBatching } from './convolutions';
import { ELEMENTWISE } from './elementwise';

/** Axis numbers of a single run, counted with K behind the first. */
const pastRuns = (axis: number) => (axis === 0 ? 0 : axis + 1);

/** x as an operand of an elementwise operator with the result [N, K, …], of `rank` axes without K; null if impossible. */
function alignBehind({ g, node, inputs, places }: PlacedContext, i: number, rank: number): Value | null {
  const { shape } = node.inputs[i];
  const x = inputs[i];
  if (places[i] === 1) return shape.length === rank ? x : null;
  if (places[i] === null) return shape.length < rank ? x : g.reshape(x, withRuns(shape, 1));
  const aligned = [...Array<number>(rank - shape.length).fill(1), ...shape];
  return g.moveAxis(g.reshape(x, [x.shape[0], ...aligned]), 0, 1);
}

const elementwise: PlacedBatching = (context) => {
  const { g, node, inputs } = context;
  const rank = node.outputs[0].shape.length;
  const operands = inputs.map((_, i) => alignBehind(context, i, rank));
  return operands.every((x) => x !== null) ? behind(g.apply(node.op, operands, node.attributes)) : null;
};

/** A sum, maximum or minimum over axes; if it removes the first axis, the runs come first. */
const reduce: PlacedBatching<'ReduceSum' | 'ReduceMax' | 'ReduceMin'> = ({ g, node, inputs }) => {
  const { axes, keepdims } = node.attributes;
  const value = g.apply(node.op, inputs, { axes: axes.map(pastRuns), keepdims });
  return { value, place: axes.includes(0) && !keepdims ? 0 : 1 };
};

const alongAxis: PlacedBatching<'Softmax' | 'LogSoftmax'> = ({ g, node, inputs }) =>
  behind(g.apply(node.op, inputs, { axis: pastRuns(node.attributes.axis) }));

/** Operators that read stacked values with K behind the samples. At least one input has that order, except for convolutions. */
const table: { [O in Op]?: PlacedBatching<O> } = {
  ...(Object.fromEntries(ELEMENTWISE.map((op) => [op, elementwise])) as { [O in Op]?: PlacedBatching<O> }),
  ...convolutionBatching,
  /** a [N,K,F] times weights that are the same in every run. */
  MatMul({ g, node, inputs: [a, b], places: [ofA, ofB] }) {
    if (ofA !== 1 || ofB !== null) return null;
    const { shape } = node.inputs[1];
    if (shape.length === 2) return behind(g.matmul(a, b));
    return shape.length === node.inputs[0].shape.length ? behind(g.matmul(a, g.reshape(b, withRuns(shape, 1)))) : null;
  },
  ReduceSum: reduce as PlacedBatching<'ReduceSum'>,
  ReduceMax: reduce as PlacedBatching<'ReduceMax'>,
  ReduceMin: reduce as PlacedBatching<'ReduceMin'>,
  Softmax: alongAxis as PlacedBatching<'Softmax'>,
  LogSoftmax: alongAxis as PlacedBatching<'LogSoftmax'>,
  Reshape({ g, node, inputs: [x], size }) {
    const { shape } = node.attributes;
    return shape.length > 0 && shape[0] === node.inputs[0].shape[0]
      ? behind(g.reshape(x, withRuns(shape, size)))
      : null;
  },
  Transpose({ g, node, inputs: [x] }) {
    const { perm } = node.attributes;
    return perm[0] === 0 ? behind(g.transpose(x, [0, 1, ...perm.slice(1).map(pastRuns)])) : null;
  },
  Expand({ g, node, inputs: [x], size }) {
    const { shape } = node.attributes;
    return shape.length === node.inputs[0].shape.length ? behind(g.expand(x, withRuns(shape, size))) : null;
  },
  Slice: ({ g, node: { attributes }, inputs, size }) =>
    behind(
      g.apply('Slice', inputs, {
        starts: withRuns(attributes.starts, 0),
        ends: withRuns(attributes.ends, size),
        steps: withRuns(attributes.steps, 1),
      }),
    ),
  Pad: ({ g, node: { attributes }, inputs: [x] }) =>
    behind(g.pad(x, withRuns(attributes.before, 0), withRuns(attributes.after, 0), attributes.value)),
};

/** A node with K behind the samples, if it follows from convolutions and supports that order. */
export function buildBehind(context: PlacedContext): Placed | null {
  const { node, places } = context;
  if (!places.includes(1) && !(node.op in convolutionBatching)) return null;
  return (table[node.op] as PlacedBatching | undefined)?.(context) ?? null;
}
