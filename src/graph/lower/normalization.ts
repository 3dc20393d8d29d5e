import type { GraphBuilder } from '../builder';
import type { Value } from '../graph';
import { sizeOf } from '../tensor';
import type { LoweringTable } from './context';
import { perChannel } from './products';

/** (x − mean)/√(variance + ε) over some axes, and the two statistics. */
export function standardize(g: GraphBuilder, x: Value, axes: readonly number[], epsilon: number) {
  const mean = g.mean(x, axes, true);
  const centred = g.sub(x, mean);
  const variance = g.mean(g.square(centred), axes, true);
  const inverse = g.reciprocal(g.sqrt(g.shift(variance, epsilon)));
  return { y: g.mul(centred, inverse), mean, inverse };
}

export const normalizationLowerings: LoweringTable = {
  /** Inference: γ·(x − μ)/√(σ² + ε) + β with the running μ and σ². */
  BatchNormalization(c) {
    const { g, x } = c;
    if (c.int('training_mode', 0) === 1) {
      c.fail('BatchNormalization in training mode.', 'Export the model in evaluation mode.');
    }
    const [gamma, beta, mean, variance] = [1, 2, 3, 4].map((i) => c.input(i));
    const scale = g.div(gamma, g.sqrt(g.shift(variance, c.float('epsilon', 1e-5))));
    const centred = g.sub(x, perChannel(g, mean, x.shape.length));
    const scaled = g.mul(centred, perChannel(g, scale, x.shape.length));
    return g.add(scaled, perChannel(g, beta, x.shape.length));
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
