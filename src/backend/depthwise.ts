import type { GraphBuilder } from '../graph/builder';
import type { Node, Value } from '../graph/graph';
import { isOp } from '../graph/graph';
import type { ConvAttributes } from '../graph/ops';
import { sizeOf } from '../graph/tensor';
import { isFilled, toBlocks } from './blocks';
import type { ConvGeometry } from '../graph/unroll';

/*
 * Convolutions with one or a few channels per group, as in MobileNets, with x from C channels. The gradient of the weights
 * is itself a convolution, with y as its kernel. The runtime's blocked kernel processes a vector register of channels at a
 * time, and its plain one unrolls each channel separately. Milliseconds of two threads, AVX2, including the conversion to
 * blocks and back:
 *
 *   x [N,C,H,W], kernel, stride   forward: plain   blocked   weights: unrolled   by y, plain   by y, blocked
 *   [4,960,7,7], 5, 1                  4.7           1.0           14.7              5.5             0.6
 *   [4,120,28,28], 5, 1                3.3           1.5           10.2              8.7             1.0
 *   [4,72,56,56], 3, 1                 2.3           1.0            8.9             12.9             1.2
 *   [4,16,112,112], 3, 1               2.2           1.1            7.3             11.0             1.2
 *   [4,64,112,112], 3, 2               4.6           3.7           26.3             12.1             2.9
 *   [4,672,14,14], 5, 2                2.7           0.5           16.2              3.8             0.5
 *
 * The gradient of the input, for stride 1, is again such a convolution, with flipped weights.
 */

/** Beyond so many places, a kernel of y is too large for the runtime's plain convolution if unrolling need not skip any. */
const KERNEL_PLACES = 1024;

/** One channel on one side of each group. Several channels on the other side are stacked runs. */
export const isDepthwise = ({ group, c, m }: Pick<ConvGeometry, 'group' | 'c' | 'm'>) =>
  group > 1 && (c === 1 || m === 1);

/** One channel on both sides of each group. */
const isSingle = ({ group, c, m }: Pick<ConvGeometry, 'group' | 'c' | 'm'>) => group > 1 && c === 1 && m === 1;

/** K runs of C channels each in a tensor [N,K·C,…]. */
interface Runs {
  /** [N,C,…] if all runs are equal, else [N·K,C,…]. */
  source: Value;
  alike: boolean;
}

/** The part [N,C,…] that K runs in [N,K·C,…] repeat, and K; null if nothing is repeated. */
export function repeatedIn(g: GraphBuilder, x: Value): { source: Value; runs: number } | null {
  const expand = isOp(x, 'Reshape') ? (x.node as Node).inputs[0] : x;
  if (x.shape.length < 3 || !isOp(expand, 'Expand') || expand.shape.length !== x.shape.length + 1) return null;
  const [one] = (expand.node as Node).inputs as [Value];
  const [samples, runs, channels, ...places] = expand.shape;
  const repeats = String(one.shape) === String([samples, 1, channels, ...places]);
  if (!repeats || String(x.shape) !== String([samples, runs * channels, ...places])) return null;
  return { source: g.reshape(one, [samples, channels, ...places]), runs };
}

/** A tensor [N,K·C,…] as its runs. */
function partedInto(g: GraphBuilder, x: Value, runs: number): Runs {
  const repeated = repeatedIn(g, x);
  if (repeated?.runs === runs) return { source: repeated.source, alike: runs > 1 };
  const [samples, channels, ...places] = x.shape;
  return { source: g.reshape(x, [samples * runs, channels / runs, ...places]), alike: false };
}

/** Runs in blocks, [N·K,C',…]. Repetition happens in blocks, so that only one copy is kept. */
function inBlocks(g: GraphBuilder, { source, alike }: Runs, runs: number, blockChannels: number): Value {
  const blocks = toBlocks(g, source, blockChannels);
  if (!alike) return blocks;
  const [samples, ...rest] = blocks.shape;
  const repeated = g.expand(g.reshape(blocks, [samples, 1, ...rest]), [samples, runs, ...rest]);
  return g.reshape(repeated, [samples * runs, ...rest]);
}

/** x [N,C,H,W], w [C,1,h,w] → y [N,C,H',W'] in blocks; null if the blocked kernel does not support it or is mostly idle. */
export function blockedDepthwise(
  g: GraphBuilder,
  x: Value,
  w: Value,
  attributes: ConvAttributes,
  blockChannels: number,
): Value | null {
  const [samples, group, ...places] = x.shape;
  const kernel = w.shape.slice(2);
  const single = attributes.group === group && w.shape[0] === group && w.shape[1] === 1;
  if (x.dtype !== 'float32' || places.length !== 2 || !single) return null;
  const runs = repeatedIn(g, x)?.runs ?? 1;
  const channels = group / runs;
  const data = inBlocks(g, partedInto(g, x, runs), runs, blockChannels);
  if (!isFilled(data, channels)) return null;
  const padded = data.shape[1];
  const weights = toBlocks(g, g.reshape(w, [runs, channels, ...kernel]), blockChannels);
  const y = g.apply(
    'BlockedConv',
    [g.reshape(data, [samples, runs * padded, ...places]), g.reshape(weights, [runs * padded, 1, ...kernel])],
    // Each of several runs has its own padding, so no bias would fit all of them.
    { ...attributes, group: runs * padded, channels: runs === 1 ? channels : runs * padded },
  );
  const output = y.shape.slice(2);
  const parts = g.apply('Unblock', [g.reshape(y, [samples * runs, padded, ...output])], { channels });
  return g.reshape(parts, [samples, group, ...output]);
}

/** Geometry of x with y as a kernel: strides and dilations change places. The remainder after the last step is cut off. */
function asKernel({ kernel, input, output, strides, pads, dilations }: ConvGeometry) {
  const spatial = kernel.length;
  const before = pads.slice(0, spatial);
  const after = kernel.map((k, i) => (k - 1) * dilations[i] + (output[i] - 1) * strides[i] + 1 - before[i] - input[i]);
  const ends = input.map((length, i) => length + Math.min(0, after[i]));
  const cut = (g: GraphBuilder, x: Value) =>
    g.apply('Slice', [x], {
      starts: x.shape.map(() => 0),
      ends: [...x.shape.slice(0, 2), ...ends],
      steps: x.shape.map(() => 1),
    });
  return {
    cut,
    attributes: { strides: dilations, dilations: strides, pads: [...before, ...after.map((n) => Math.max(0, n))] },
  };
}

/** x [N,C,H,W], y [N,C,H',W'] → w [C,1,h,w], with each channel of each sample as a group; null as `blockedDepthwise`. */
export function weightsInBlocks(
  g: GraphBuilder,
  x: Value,
  y: Value,
  geometry: ConvGeometry,
  blockChannels: number,
): Value | null {
  const { samples, group, kernel, output } = geometry;
  if (!isSingle(geometry) || kernel.length !== 2 || x.dtype !== 'float32') return null;
  const runs = repeatedIn(g, x)?.runs ?? repeatedIn(g, y)?.runs ?? 1;
  const channels = group / runs;
  const { cut, attributes } = asKernel(geometry);
  const ofX = partedInto(g, x, runs);
  const data = inBlocks(g, { ...ofX, source: cut(g, ofX.source) }, runs, blockChannels);
  if (!isFilled(data, channels)) return null;
  const [parts, padded, ...places] = data.shape;
  const groups = parts * padded;
  const weights = g.reshape(inBlocks(g, partedInto(g, y, runs), runs, blockChannels), [groups, 1, ...output]);
  const found = g.apply('BlockedConv', [g.reshape(data, [1, groups, ...places]), weights], {
    ...attributes,
    group: groups,
    channels: groups,
  });
  const ofSamples = g.apply('Unblock', [g.reshape(found, [parts, padded, ...kernel])], { channels });
  return g.reshape(g.sum(g.reshape(ofSamples, [samples, group, ...kernel]), [0]), [group, 1, ...kernel]);
}

/**
 * x [N,group·C,…], y [N,group·M,…] → w [group·M,C,…], with C or M equal to 1. Each sample of each group becomes a group,
 * the C become samples and y the weights. Null if unrolling the operands is better.
 */
export function weightsByConvolution(g: GraphBuilder, x: Value, y: Value, geometry: ConvGeometry): Value | null {
  const { samples, group, c, m, kernel, input, output, strides } = geometry;
  if (!isDepthwise(geometry) || kernel.length !== 2) return null;
  if (strides.every((stride) => stride === 1) && sizeOf(output) > KERNEL_PLACES) return null;
  const { cut, attributes } = asKernel(geometry);
  const groups = samples * group;
  const parted = g.reshape(x, [samples, group, c, ...input]);
  const runs = g.reshape(g.moveAxis(parted, 2, 0), [c, groups, ...input]);
  const found = g.conv(cut(g, runs), g.reshape(y, [groups * m, 1, ...output]), { ...attributes, group: groups });
  const sum = g.sum(g.reshape(found, [c, samples, group * m, ...kernel]), [1]);
  return g.moveAxis(sum, 0, 1);
}
