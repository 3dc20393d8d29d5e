import type { GraphBuilder } from '../graph/builder';
import type { Value } from '../graph/graph';
import type { ConvAttributes } from '../graph/ops';
import { toBlocks } from './blocks';

/*
 * The runtime's blocked convolutions (`com.microsoft.nchwc`) keep B channels side by side in memory, as many as a vector
 * register holds. The runtime itself uses them for convolutions with constant weights. It leaves convolutions with computed
 * weights in the plain layout, where they take 1.2 to 3 times as long. Here the graph reorders the weights, which costs
 * very little, and both kinds are equally fast and equal to the bit. Milliseconds of one thread (AVX-512, B = 16), 3 × 3,
 * [samples, channels, places]:
 *
 *   x [N,C,H,W] → M         constant   computed, plain   computed, blocked
 *   [100,16,7,7] → 16         0.28          0.51              0.29
 *   [100,32,4,4] → 32         0.23          0.54              0.26
 *   [100,16,7,7] → 128        1.16          1.62              1.21
 *   [250,6,14,14] → 16, 5×5   1.31          2.28              1.33
 *   [100,8,14,14] → 8         0.61          0.71              0.62      half of the block is padding
 *   [250,1,28,28] → 6, 5×5    2.02          1.85              2.10      most of it is
 */

/** Largest ratio of total to useful work of a blocked convolution. Beyond it, other forms are faster. */
const PADDING_LIMIT = 2.5;

const upTo = (count: number, blockChannels: number) => Math.ceil(count / blockChannels) * blockChannels;

/** Channels that the blocked kernel reads: fewer than a block come from the plain layout, without padding. */
const inputChannels = (c: number, blockChannels: number) => (c < blockChannels ? c : upTo(c, blockChannels));

/** Total work over useful work of a blocked convolution of c into m channels; the rest is padding. */
export const paddedWork = (c: number, m: number, blockChannels: number) =>
  (inputChannels(c, blockChannels) / c) * (upTo(m, blockChannels) / m);

/**
 * Whether the blocked kernel supports this convolution of weights [M,C,h,w] and is faster for it.
 * @param waste multiplications per useful one
 */
export function suitsBlocks(
  x: Value,
  [m, c, ...kernel]: readonly number[],
  { group }: ConvAttributes,
  blockChannels: number,
  waste = 1,
): boolean {
  if (x.dtype !== 'float32' || x.shape.length !== 4 || group !== 1) return false;
  // The reordering kernel reads channels in groups of four.
  if (c >= blockChannels && c % 4 !== 0) return false;
  // A 1 × 1 convolution is already a matrix product.
  return kernel.some((length) => length > 1) && waste * paddedWork(c, m, blockChannels) <= PADDING_LIMIT;
}

/**
 * x [N,C,H,W], w [M,C,h,w] → y [N,M,H',W'], by way of blocks.
 * @param swapped whether the weights come as [C,M,h,w]
 */
export function blockedConv(
  g: GraphBuilder,
  x: Value,
  w: Value,
  attributes: ConvAttributes,
  blockChannels: number,
  swapped = false,
): Value {
  const channels = w.shape[swapped ? 1 : 0];
  // Fewer channels than a block are read from the plain layout.
  const data = x.shape[1] < blockChannels ? x : toBlocks(g, x, blockChannels);
  const operands = [data, reorderWeights(g, w, blockChannels, swapped)];
  return g.apply('Unblock', [g.apply('BlockedConv', operands, { ...attributes, channels })], { channels });
}

/**
 * w [M,C,h,w] → [M',C',h,w] holding M'/B · C'/B blocks of h·w · B·B numbers, the M within a block innermost;
 * where x stays plain, M'/B blocks of C·h·w · B.
 */
function reorderWeights(g: GraphBuilder, w: Value, blockChannels: number, swapped: boolean): Value {
  const [first, second, ...kernel] = w.shape;
  const [m, c] = swapped ? [second, first] : [first, second];
  const [padded, read] = [upTo(m, blockChannels), inputChannels(c, blockChannels)];
  const after = swapped ? [read - c, padded - m, 0, 0] : [padded - m, read - c, 0, 0];
  const whole = g.pad(w, [0, 0, 0, 0], after);
  const [outer, inner] = [
    [padded / blockChannels, blockChannels],
    c < blockChannels ? [c, 1] : [read / blockChannels, blockChannels],
  ];
  const blocks = swapped
    ? g.transpose(g.reshape(whole, [...inner, ...outer, ...kernel]), [2, 0, 4, 5, 1, 3])
    : g.transpose(g.reshape(whole, [...outer, ...inner, ...kernel]), [0, 2, 4, 5, 3, 1]);
  return g.reshape(blocks, [padded, read, ...kernel]);
}
