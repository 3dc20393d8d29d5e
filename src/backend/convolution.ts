import type { GraphBuilder } from '../graph/builder';
import type { Node, Value } from '../graph/graph';
import { sizeOf } from '../graph/tensor';
import { blockedConv, suitsBlocks } from './blocked';
import { blockedDepthwise, isDepthwise } from './depthwise';
import type { Expansion, Surroundings } from './form';
import { sizes, sizeUnrolled, unrollInput, UNROLLED_LIMIT } from '../graph/unroll';

/*
 * A convolution is a matrix product with one operand unrolled over kernel positions (im2col). Unrolling costs memory and
 * time in each run, unless the operand is the same in every run: then it is a residual and computed once. The runtime's
 * own convolution is best if the weights are fixed, and so packed beforehand, and if enough channels fill it.
 */

/** Number of channels that fill an accelerator's tiles, if there are no blocks. */
const TILE = 16;

/** Below so many input channels times kernel positions, the runtime's convolution is mostly idle. */
const THIN = 64;

/** Number of output channels that fill the rows of a product. With only 6, the convolution takes half the time of the product. */
const FEW_ROWS = 16;

/** x [N,C,…], w [M,C/group,…] → y [N,M,…] */
export const conv: Expansion<'Conv'> = (g, [x, w], node, surroundings) => {
  const { moving } = surroundings;
  const geometry = { ...node.attributes, ...sizes(x.shape, node.outputs[0].shape, w.shape, node.attributes.group) };
  const { samples, group, c, m, kernel } = geometry;
  const k = sizeOf(kernel);
  const stays = moving(w) && !moving(x) && sizeUnrolled(geometry, 'input') <= UNROLLED_LIMIT;
  // With so few channels in a group, reading the unrolled operand takes longer than the convolution.
  const unrolls =
    stays && k * c <= THIN && m >= FEW_ROWS && !(surroundings.blockChannels !== null && isDepthwise(geometry));
  if (!unrolls) return convolve(g, x, w, node, surroundings);
  const rows = g.reshape(g.transpose(g.reshape(w, [group, m, c, k]), [0, 1, 3, 2]), [group, m, k * c]);
  return g.reshape(g.matmul(rows, unrollInput(g, x, geometry)), [samples, group * m, ...geometry.output]);
};

/**
 * The convolution in blocks, if its weights fill them; null leaves it to the runtime, which packs constant weights. Constant
 * weights between tensors that change are still brought to blocks, so that the values between convolutions stay there.
 */
function convolve(
  g: GraphBuilder,
  x: Value,
  w: Value,
  { attributes, outputs }: Node<'Conv'>,
  surroundings: Surroundings,
): Value | null {
  const { blockChannels } = surroundings;
  if (blockChannels === null || packed(x, w, surroundings)) return null;
  if (attributes.group > 1) return blockedDepthwise(g, x, w, attributes, blockChannels);
  if (!suitsBlocks(x, w.shape, attributes, blockChannels)) return null;
  if (!worthReordering(w, outputs[0], surroundings)) return null;
  return blockedConv(g, x, w, attributes, blockChannels);
}

/**
 * From so many samples and places per weight on, a blocked convolution makes up for bringing the weights to blocks. For 512
 * channels into 512 at [1,7,7], bringing them takes 10.4 ms (17.5 for the input gradient, which also flips them), and the
 * convolution takes 1.8 in blocks and 1.7 without (the runtime's transpose 2.0). For 256 at [8,14,14], these are 2.8 and
 * 11.7 against 16.
 */
const REORDERED = 1024;

/** Whether weights are brought to blocks once for all runs, or meet enough samples and places of y in each run. */
function worthReordering(w: Value, y: Value, { split, moving, constant }: Surroundings): boolean {
  const once = split ? !moving(w) : constant(w);
  return once || y.shape[0] * sizeOf(y.shape.slice(2)) >= REORDERED;
}

/** Whether the runtime packs the weights when it opens the session, so that reordering them here gains nothing. */
const packed = (x: Value, w: Value, { constant, split, moving }: Surroundings) => constant(w) && !(split && moving(x));

/** y [N,M,…], w [M,C/group,…] → x [N,C,…] */
export const convInput: Expansion<'ConvInput'> = (g, [y, w], node, surroundings) => {
  const { input, group, pads, strides, dilations } = node.attributes;
  const geometry = { ...node.attributes, ...sizes(node.outputs[0].shape, y.shape, w.shape, group) };
  const { c, m, kernel } = geometry;
  // A flipped strided convolution would mostly run over zeros and take two to five times as long as the runtime's transpose.
  // One convolution for each remainder of the places by the stride would take as long, because of the interleaving.
  if (strides.some((stride) => stride > 1)) return null;
  const reach = kernel.map((length, i) => dilations[i] * (length - 1));
  const before = reach.map((r, i) => r - pads[i]);
  const after = reach.map((r, i) => input[i] + r - before[i] - geometry.output[i]);
  if ([...before, ...after].some((n) => n < 0)) return null;
  const attributes = { strides, dilations, group, pads: [...before, ...after] };
  const turned = turnRound(g, w);
  const { blockChannels } = surroundings;
  if (blockChannels !== null && group > 1 && !packed(y, w, surroundings)) {
    const depthwise = blockedDepthwise(g, y, turned, attributes, blockChannels);
    if (depthwise) return depthwise;
  }
  if (blockChannels !== null && group === 1) {
    // The transpose multiplies at the places of y; the convolution does so at those of x, in whole blocks.
    const waste = sizeOf(input) / sizeOf(geometry.output);
    if (!suitsBlocks(y, [c, m, ...kernel], attributes, blockChannels, waste)) return null;
    if (!worthReordering(w, node.outputs[0], surroundings)) return null;
    if (!packed(y, w, surroundings)) return blockedConv(g, y, turned, attributes, blockChannels, true);
  } else if (
    !(blockChannels !== null && isDepthwise(geometry)) &&
    ((group * c) % TILE !== 0 || (group * m) % TILE !== 0)
  ) {
    return null;
  }
  const parts = g.reshape(turned, [group, m, c, ...kernel]);
  const swapped = g.reshape(g.moveAxis(parts, 1, 2), [group * c, m, ...kernel]);
  return g.conv(y, swapped, attributes);
};

function turnRound(g: GraphBuilder, w: Value): Value {
  return g.apply('Slice', [w], {
    starts: w.shape.map((length, i) => (i < 2 ? 0 : length - 1)),
    ends: w.shape.map((length, i) => (i < 2 ? length : -1)),
    steps: w.shape.map((_, i) => (i < 2 ? 1 : -1)),
  });
}
