import type { GraphBuilder } from '../../graph/builder';
import type { Value } from '../../graph/graph';
import type { ConvAttributes, Op } from '../../graph/ops';
import type { Place, PlacedBatching } from './batching';
import { behind, withRuns } from './batching';

/*
 * A convolution merges the axis K of one operand into an axis that it only iterates over: samples, or channels of one group.
 * With both operands batched, the K runs become K times the groups.
 */

/** The first two axes as one: samples and runs, or runs and channels. */
const mergeFirst = (g: GraphBuilder, x: Value) => g.reshape(x, [x.shape[0] * x.shape[1], ...x.shape.slice(2)]);

/** y [N, group · K · M/group, …] → [N,K,M,…] */
function splitChannels(g: GraphBuilder, y: Value, group: number, size: number): Value {
  const [samples, channels, ...rest] = y.shape;
  const parts = g.reshape(y, [samples, group, size, channels / group / size, ...rest]);
  return g.reshape(g.moveAxis(parts, 2, 1), [samples, size, channels / size, ...rest]);
}

/** The inverse of `splitChannels`, from either place: → [N, group · K · M/group, …] */
function mergeChannels(g: GraphBuilder, y: Value, place: Place, group: number): Value {
  const stacked = place === 0 ? g.moveAxis(y, 0, 1) : y;
  const [samples, size, m, ...rest] = stacked.shape;
  const parts = g.reshape(stacked, [samples, size, group, m / group, ...rest]);
  return g.reshape(g.moveAxis(parts, 1, 2), [samples, size * m, ...rest]);
}

/** Weights [K,M,C,…] with K inside each group, along M (0) or C (1). */
function stackWeights(g: GraphBuilder, w: Value, axis: 0 | 1, group: number): Value {
  const [size, m, c, ...kernel] = w.shape;
  if (axis === 1) return g.reshape(g.moveAxis(w, 0, 1), [m, size * c, ...kernel]);
  const parts = g.reshape(w, [size, group, m / group, c, ...kernel]);
  return g.reshape(g.moveAxis(parts, 0, 1), [size * m, c, ...kernel]);
}

/**
 * One channel per group on both sides: the runs become groups, so that the convolution stays depthwise and the runs of a
 * channel stay adjacent. An operand that is the same in every run is then repeated, which costs a copy. K channels on one
 * side of each group would be another kind of convolution, several times slower.
 */
const isDepthwise = (group: number, w: readonly number[]) => group > 1 && w[0] === group && w[1] === 1;

/** x as an operand of K runs with K behind the samples, and its place. */
function stackedBehind(g: GraphBuilder, x: Value, place: Place | null, size: number): [Value, Place] {
  return place === null ? [g.expand(g.unsqueeze(x, [1]), withRuns(x.shape, size)), 1] : [x, place];
}

/** Conv and ConvInput have an operand over samples, weights, and a result over samples. */
function overSamples<O extends 'Conv' | 'ConvInput'>(op: O, stacked: 0 | 1): PlacedBatching<O> {
  return ({ g, node, inputs: [x, w], places: [ofX, ofW], size }) => {
    const attributes = node.attributes as ConvAttributes;
    const { group } = attributes;
    const run = (input: Value, weights: Value, groups = group) =>
      g.apply(op, [input, weights], { ...node.attributes, group: groups } as never);
    if (ofW === null) {
      const y = run(mergeFirst(g, x), w);
      const count = y.shape[0] / size;
      const rest = y.shape.slice(1);
      return { value: g.reshape(y, ofX === 0 ? [size, count, ...rest] : [count, size, ...rest]), place: ofX! };
    }
    if (ofX === null && !isDepthwise(group, node.inputs[1].shape)) {
      return behind(splitChannels(g, run(x, stackWeights(g, w, stacked, group)), group, size));
    }
    const runs = mergeChannels(g, ...stackedBehind(g, x, ofX, size), 1);
    const merged = run(runs, mergeFirst(g, w), group * size);
    return behind(splitChannels(g, merged, 1, size));
  };
}

export const convolutionBatching: { [O in Op]?: PlacedBatching<O> } = {
  Conv: overSamples('Conv', 0),
  // Within each group, the K · C/g inputs are side by side.
  ConvInput: overSamples('ConvInput', 1),
  /** x [N,C,…], y [N,M,…] → w [M,C/g,…]. Weights have no samples, so K comes first. */
  ConvWeight({ g, node, inputs: [x, y], places: [ofX, ofY], size }) {
    const { attributes } = node;
    const { group } = attributes;
    const run = (left: Value, right: Value, groups = group) =>
      g.apply('ConvWeight', [left, right], { ...attributes, group: groups });
    if (isDepthwise(group, node.outputs[0].shape)) {
      const merged = (operand: Value, place: Place | null) =>
        mergeChannels(g, ...stackedBehind(g, operand, place, size), 1);
      const w = run(merged(x, ofX), merged(y, ofY), group * size);
      return { value: g.reshape(w, [size, ...node.outputs[0].shape]), place: 0 };
    }
    if (ofY === null) {
      const w = run(mergeChannels(g, x, ofX!, group), y);
      const [m, c, ...kernel] = w.shape;
      return { value: g.moveAxis(g.reshape(w, [m, size, c / size, ...kernel]), 1, 0), place: 0 };
    }
    const merged = mergeChannels(g, y, ofY, ofX === null ? group : 1);
    const w = ofX === null ? run(x, merged) : run(mergeChannels(g, x, ofX, 1), merged, group * size);
    const [m, c, ...kernel] = w.shape;
    if (ofX !== null) return { value: g.reshape(w, [size, m / size, c, ...kernel]), place: 0 };
    const parts = g.reshape(w, [group, size, m / group / size, c, ...kernel]);
    return { value: g.reshape(g.moveAxis(parts, 1, 0), [size, m / size, c, ...kernel]), place: 0 };
  },
};
