import type { GraphBuilder } from '../builder';
import type { Value } from '../graph';
import { sizeOf } from '../tensor';
import type { ConvGeometry } from './unroll';

/*
 * Convolutions of a channel or a few for each group, as MobileNets have them, with x from C channels. The gradient of the
 * weights is a convolution itself, with y as its kernel. Milliseconds of two threads:
 *
 *   x [N,C,H,W], kernel, stride   weights: unrolled   by y     input: runtime's transpose   turned round
 *   [4,120,28,28], 5, 1                  10.2          8.6                 9.8                   2.7
 *   [4,72,56,56], 3, 1                    8.9         12.9                 4.9                   2.0
 *   [4,16,112,112], 3, 1                  7.3         11.7                 1.5                   1.5
 *   [4,960,7,7], 5, 1                    14.7          5.5                 4.2                   4.6
 *   [4,64,112,112], 3, 2                 26.3         11.2                 6.6                  33
 *   [4,672,14,14], 5, 2                  16.2          3.8                 5.8                  15
 */

/** Beyond so many places a kernel of y is too large for the runtime's convolution, where unrolling need not skip any. */
const KERNEL_PLACES = 1024;

/** One channel on one side of each group: several on the other are runs that were stacked there. */
export const isDepthwise = ({ group, c, m }: Pick<ConvGeometry, 'group' | 'c' | 'm'>) =>
  group > 1 && (c === 1 || m === 1);

/**
 * x [N,group·C,…], y [N,group·M,…] → w [group·M,C,…], C or M one: with each sample of each group as a group of its own,
 * the C as samples and y as weights; null where the operands are better unrolled.
 */
export function weightsByConvolution(g: GraphBuilder, x: Value, y: Value, geometry: ConvGeometry): Value | null {
  const { samples, group, c, m, kernel, input, output, strides, pads, dilations } = geometry;
  const spatial = kernel.length;
  if (!isDepthwise(geometry) || spatial !== 2) return null;
  if (strides.every((stride) => stride === 1) && sizeOf(output) > KERNEL_PLACES) return null;
  // Steps and reach change places. What the last step leaves over is cut off, as if there were less padding.
  const before = pads.slice(0, spatial);
  const after = kernel.map((k, i) => (k - 1) * dilations[i] + (output[i] - 1) * strides[i] + 1 - before[i] - input[i]);
  const groups = samples * group;
  const parted = g.reshape(x, [samples, group, c, ...input]);
  const runs = g.reshape(g.moveAxis(parted, 2, 0), [c, groups, ...input]);
  const cut = g.apply('Slice', [runs], {
    starts: runs.shape.map(() => 0),
    ends: [c, groups, ...input.map((length, i) => length + Math.min(0, after[i]))],
    steps: runs.shape.map(() => 1),
  });
  const found = g.conv(cut, g.reshape(y, [groups * m, 1, ...output]), {
    strides: dilations,
    dilations: strides,
    pads: [...before, ...after.map((n) => Math.max(0, n))],
    group: groups,
  });
  const sum = g.sum(g.reshape(found, [c, samples, group * m, ...kernel]), [1]);
  return g.moveAxis(sum, 0, 1);
}
