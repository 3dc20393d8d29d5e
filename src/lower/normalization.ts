import type { GraphBuilder } from '../graph/builder';
import type { Value } from '../graph/graph';
import { sizeOf } from '../graph/tensor';
import type { SourceNode } from '../graph/source';
import type { LowerContext, LoweringTable } from './context';
import { root } from './norm';
import { perChannel } from './products';
import { counted } from '../graph/limits';

/** (x − mean)/√(variance + ε) over some axes, and the two statistics. */
export function standardize(g: GraphBuilder, x: Value, axes: readonly number[], epsilon: number) {
  const mean = g.mean(x, axes, true);
  const centred = g.sub(x, mean);
  const variance = g.mean(g.square(centred), axes, true);
  const inverse = g.reciprocal(g.sqrt(g.shift(variance, epsilon)));
  return { y: g.mul(centred, inverse), mean, inverse };
}

export const normalizationLowerings: LoweringTable = {
  /** Inference mode: γ·(x − μ)/√(σ² + ε) + β with the running μ and σ². */
  BatchNormalization(c) {
    const { g, x } = c;
    checkChannels(c, [1, 2, 3, 4]);
    if (normalizesBatch(c.node, c.opset)) return batchStatistics(c);
    const [gamma, beta, mean, variance] = [1, 2, 3, 4].map((i) => c.input(i));
    const scale = g.div(gamma, g.sqrt(g.shift(variance, c.float('epsilon', 1e-5))));
    const centred = g.sub(x, perChannel(g, mean, x.shape.length));
    const scaled = g.mul(centred, perChannel(g, scale, x.shape.length));
    return g.add(scaled, perChannel(g, beta, x.shape.length));
  },
  /** γ·x/√(mean x² + ε) */
  RMSNormalization(c) {
    const { g, x } = c;
    const axes = [...x.shape.keys()].slice(c.axis(c.int('axis', -1)));
    const meanSquare = g.mean(g.square(x), axes, true);
    return g.mul(g.mul(x, g.reciprocal(g.sqrt(g.shift(meanSquare, c.float('epsilon', 1e-5))))), c.input(1));
  },
  /** (x − μ)/(σ + ε), with ε as in ONNX's definition of the function. In a constant row, σ has slope 0, like a norm. */
  MeanVarianceNormalization(c) {
    const { g, x } = c;
    const axes = c.ints('axes', [0, 2, 3]).map((axis) => c.axis(axis));
    const centred = g.sub(x, g.mean(x, axes, true));
    return g.div(centred, g.shift(root(g, g.mean(g.square(centred), axes, true), 2), 1e-9));
  },
  /** x/(bias + α/size · Σ x²)^β, the sum over `size` neighbouring channels. */
  LRN(c) {
    const { g, x } = c;
    const size = c.int('size');
    const before = Math.floor((size - 1) / 2);
    const onChannels = (n: number) => x.shape.map((_, axis) => (axis === 1 ? n : 0));
    const padded = g.pad(g.square(x), onChannels(before), onChannels(size - 1 - before));
    const windows = counted(size, (k) => g.sliceAxis(padded, 1, k, k + x.shape[1]));
    const sum = windows.reduce((a, b) => g.add(a, b));
    const base = g.shift(g.scale(sum, c.float('alpha', 1e-4) / size), c.float('bias', 1));
    return g.mul(x, g.pow(base, g.like(base, -c.float('beta', 0.75))));
  },
  LayerNormalization(c) {
    const { g, x } = c;
    const first = c.axis(c.int('axis', -1));
    const axes = [...x.shape.keys()].slice(first);
    const { y, mean, inverse } = standardize(g, x, axes, c.float('epsilon', 1e-5));
    const scaled = g.mul(y, c.input(1));
    return [c.has(2) ? g.add(scaled, c.input(2)) : scaled, mean, inverse];
  },
  InstanceNormalization(c) {
    const { g, x } = c;
    checkChannels(c, [1, 2]);
    const { y } = standardize(g, x, [...x.shape.keys()].slice(2), c.float('epsilon', 1e-5));
    const rank = x.shape.length;
    return g.add(g.mul(y, perChannel(g, c.input(1), rank)), perChannel(g, c.input(2), rank));
  },
  GroupNormalization(c) {
    const { g, x } = c;
    const groups = c.int('num_groups');
    const [n, channels, ...spatial] = x.shape;
    const split = g.reshape(x, [n, groups, (channels / groups) * sizeOf(spatial)]);
    const y = g.reshape(standardize(g, split, [2], c.float('epsilon', 1e-5)).y, x.shape);
    // Opset 18 has one scale per group, later ones one per channel.
    const perGroup = (value: Value) =>
      value.shape[0] === channels
        ? value
        : g.reshape(g.expand(g.unsqueeze(value, [1]), [groups, channels / groups]), [channels]);
    const rank = x.shape.length;
    return g.add(g.mul(y, perChannel(g, perGroup(c.input(1)), rank)), perChannel(g, perGroup(c.input(2)), rank));
  },
};

/** A scale of another length would be broadcast to a result that no runtime returns. */
function checkChannels(c: LowerContext, inputs: readonly number[]): void {
  const channels = c.x.shape[1];
  for (const i of inputs) {
    const { shape } = c.input(i);
    if (shape.length === 1 && shape[0] === channels) continue;
    c.fail(
      `Input ${i + 1} of ${c.node.op} is [${shape.join(', ')}], but the data [${c.x.shape.join(', ')}] have ${channels ?? 0} channels.`,
    );
  }
}

/**
 * Training mode uses the batch's own mean and variance, so that each sample's output depends on all samples. It also
 * returns the running statistics, moved towards the batch's.
 */
function batchStatistics(c: LowerContext): Value[] {
  const { g, x } = c;
  const rank = x.shape.length;
  const axes = [...x.shape.keys()].filter((axis) => axis !== 1);
  const mean = g.mean(x, axes, true);
  const centred = g.sub(x, mean);
  const variance = g.mean(g.square(centred), axes, true);
  const y = g.mul(centred, g.reciprocal(g.sqrt(g.shift(variance, c.float('epsilon', 1e-5)))));
  const momentum = c.float('momentum', 0.9);
  const running = (old: Value, now: Value) =>
    g.add(g.scale(old, momentum), g.scale(g.reshape(now, old.shape), 1 - momentum));
  return [
    g.add(g.mul(y, perChannel(g, c.input(1), rank)), perChannel(g, c.input(2), rank)),
    running(c.input(3), mean),
    running(c.input(4), variance),
  ];
}

/** Whether a BatchNormalization is in training mode. Before opset 14, additional outputs of statistics show this. */
export function normalizesBatch({ outputs, attributes }: SourceNode, opset: number): boolean {
  const gives = opset < 14 && outputs.slice(1).some((name) => name !== '');
  return gives || attributes.training_mode?.value === 1;
}
