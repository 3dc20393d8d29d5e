import type { GraphBuilder } from '../../graph/builder';
import type { Value } from '../../graph/graph';
import type { ConvAttributes } from '../../graph/ops';
import { alignRank } from './elementwise';
import type { BatchingTable } from './batching';

/*
 * A convolution takes the axis K of one operand into an axis it only runs over: samples, or channels of one group.
 * With both operands batched the K runs become K times the groups.
 */
export const productBatching: BatchingTable = {
  MatMul({ g, node, inputs: [a, b], batched }) {
    const rank = node.outputs[0].shape.length;
    return [g.matmul(batched[0] ? alignRank(g, a, rank) : a, batched[1] ? alignRank(g, b, rank) : b)];
  },
  /** x [N,C,…], w [M,C/g,…] → y [N,M,…] */
  Conv({ g, node, inputs: [x, w], batched, size }) {
    const { attributes } = node;
    if (!batched[1]) return [unmergeSamples(g, g.conv(mergeSamples(g, x), w, attributes), size)];
    if (!batched[0]) {
      const y = g.conv(x, mergeChannels(g, w, 0, attributes.group), attributes);
      return [splitChannels(g, y, 1, attributes.group, size)];
    }
    const y = g.conv(mergeChannels(g, x, 1, 1), flattenRuns(g, w), grouped(attributes, size));
    return [splitChannels(g, y, 1, 1, size)];
  },
  /** y [N,M,…], w [M,C/g,…] → x [N,C,…] */
  ConvInput({ g, node, inputs: [y, w], batched, size }) {
    const { attributes } = node;
    if (!batched[1]) return [unmergeSamples(g, g.apply('ConvInput', [mergeSamples(g, y), w], attributes), size)];
    if (!batched[0]) {
      // Within each group the K · C/g inputs stand side by side.
      const x = g.apply('ConvInput', [y, mergeChannels(g, w, 1, 1)], attributes);
      return [splitChannels(g, x, 1, attributes.group, size)];
    }
    const merged = g.apply('ConvInput', [mergeChannels(g, y, 1, 1), flattenRuns(g, w)], {
      ...attributes,
      group: attributes.group * size,
    });
    return [splitChannels(g, merged, 1, 1, size)];
  },
  /** x [N,C,…], y [N,M,…] → w [M,C/g,…] */
  ConvWeight({ g, node, inputs: [x, y], batched, size }) {
    const { attributes } = node;
    const { group } = attributes;
    if (!batched[1]) {
      const w = g.apply('ConvWeight', [mergeChannels(g, x, 1, group), y], attributes);
      return [splitChannels(g, w, 1, 1, size)];
    }
    if (!batched[0]) {
      const w = g.apply('ConvWeight', [x, mergeChannels(g, y, 1, group)], attributes);
      return [splitChannels(g, w, 0, group, size)];
    }
    const w = g.apply('ConvWeight', [mergeChannels(g, x, 1, 1), mergeChannels(g, y, 1, 1)], {
      ...attributes,
      group: group * size,
    });
    return [g.reshape(w, [size, w.shape[0] / size, ...w.shape.slice(1)])];
  },
};

const grouped = (attributes: ConvAttributes, size: number): ConvAttributes => ({
  ...attributes,
  group: attributes.group * size,
});

/** [K,N,…] → [K·N,…] */
const mergeSamples = (g: GraphBuilder, x: Value) => g.reshape(x, [x.shape[0] * x.shape[1], ...x.shape.slice(2)]);
const unmergeSamples = (g: GraphBuilder, x: Value, size: number) =>
  g.reshape(x, [size, x.shape[0] / size, ...x.shape.slice(1)]);
const flattenRuns = mergeSamples;

/** [K, …, C, …] with C at `axis` (counted without K) in `group` groups → […, group·K·C/group, …]: K inside each group. */
function mergeChannels(g: GraphBuilder, x: Value, axis: number, group: number): Value {
  const [size, ...shape] = x.shape;
  const split = g.reshape(x, [size, ...shape.slice(0, axis), group, shape[axis] / group, ...shape.slice(axis + 1)]);
  return g.reshape(
    g.moveAxis(split, 0, axis + 1),
    shape.map((dim, i) => (i === axis ? size * dim : dim)),
  );
}

/** The inverse of `mergeChannels` on a result: […, group·K·C/group, …] → [K, …, C, …]. */
function splitChannels(g: GraphBuilder, y: Value, axis: number, group: number, size: number): Value {
  const { shape } = y;
  const each = shape[axis] / group / size;
  const split = g.reshape(y, [...shape.slice(0, axis), group, size, each, ...shape.slice(axis + 1)]);
  const front = g.moveAxis(split, axis + 1, 0);
  return g.reshape(front, [size, ...shape.map((dim, i) => (i === axis ? dim / size : dim))]);
}
