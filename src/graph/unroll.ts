import type { GraphBuilder } from './builder';
import type { Value } from './graph';
import type { ConvAttributes } from './ops';
import { sizeOf } from './tensor';

/** Sizes of a convolution x [N,C,…input] ∗ w [M,C/group,…kernel] → y [N,M,…output]. */
export interface ConvGeometry extends ConvAttributes {
  samples: number;
  /** C/group */
  c: number;
  /** M/group */
  m: number;
  kernel: readonly number[];
  input: readonly number[];
  output: readonly number[];
}

/** Largest number of elements of an unrolled operand. Beyond it, memory matters more than time. */
export const UNROLLED_LIMIT = 2 ** 26;

export const sizeUnrolled = (
  { samples, group, c, m, kernel, input, output }: ConvGeometry,
  side: 'input' | 'output',
): number => samples * group * sizeOf(kernel) * (side === 'input' ? c * sizeOf(output) : m * sizeOf(input));

/**
 * The input elements that each output place reads, kernel position by kernel position (im2col):
 * x [N,C,…input] → [N, group, positions · C/group, places]
 */
export function unrollInput(g: GraphBuilder, x: Value, geometry: ConvGeometry): Value {
  const { kernel, output, strides, dilations, pads, input } = geometry;
  const needed = kernel.map((k, i) => (output[i] - 1) * strides[i] + dilations[i] * (k - 1) + 1);
  const padded = padOrCut(
    g,
    x,
    pads.slice(0, kernel.length),
    needed.map((length, i) => length - input[i] - pads[i]),
  );
  return windows(g, padded, geometry, geometry.c, {
    starts: (position) => position.map((k, i) => k * dilations[i]),
    lengths: output,
    steps: strides,
  });
}

/**
 * The output elements that each input place contributed to, kernel position by kernel position:
 * y [N,M,…output] → [N, group, positions · M/group, input places]
 */
export function unrollOutput(g: GraphBuilder, y: Value, geometry: ConvGeometry): Value {
  const { kernel, output, strides, dilations, pads, input } = geometry;
  let spread = y;
  for (const [i, stride] of strides.entries()) spread = dilate(g, spread, i + 2, stride);
  // At kernel position k, input place q reads the element q + pad − k·dilation of the spread output.
  const reach = kernel.map((k, i) => dilations[i] * (k - 1));
  const before = reach.map((r, i) => r - pads[i]);
  const after = reach.map((r, i) => input[i] + r - before[i] - ((output[i] - 1) * strides[i] + 1));
  return windows(g, padOrCut(g, spread, before, after), geometry, geometry.m, {
    starts: (position) => position.map((k, i) => reach[i] - k * dilations[i]),
    lengths: input,
    steps: strides.map(() => 1),
  });
}

function windows(
  g: GraphBuilder,
  padded: Value,
  { samples, group, kernel }: ConvGeometry,
  channels: number,
  {
    starts,
    lengths,
    steps,
  }: { starts: (position: number[]) => number[]; lengths: readonly number[]; steps: readonly number[] },
): Value {
  const places = sizeOf(lengths);
  const parts = positions(kernel).map((position) => {
    const first = starts(position);
    const window = g.apply('Slice', [padded], {
      starts: [0, 0, ...first],
      ends: [samples, group * channels, ...first.map((start, i) => start + (lengths[i] - 1) * steps[i] + 1)],
      steps: [1, 1, ...steps],
    });
    return g.reshape(window, [samples, group, channels, places]);
  });
  return g.concat(parts, 2);
}

/** Every index of a kernel, in row-major order. */
export function positions(kernel: readonly number[]): number[][] {
  return kernel.reduce<number[][]>(
    (all, length) => all.flatMap((prefix) => Array.from({ length }, (_, k) => [...prefix, k])),
    [[]],
  );
}

/** Pads the spatial axes with zeros; negative amounts cut. */
function padOrCut(g: GraphBuilder, x: Value, before: readonly number[], after: readonly number[]): Value {
  const cut = g.apply('Slice', [x], {
    starts: [0, 0, ...before.map((n) => Math.max(0, -n))],
    ends: [x.shape[0], x.shape[1], ...after.map((n, i) => x.shape[i + 2] + Math.min(0, n))],
    steps: x.shape.map(() => 1),
  });
  const positive = (list: readonly number[]) => [0, 0, ...list.map((n) => Math.max(0, n))];
  return g.pad(cut, positive(before), positive(after));
}

/** Puts `stride` − 1 zeros between neighbours along an axis: n elements become (n − 1)·stride + 1. */
export function dilate(g: GraphBuilder, x: Value, axis: number, stride: number): Value {
  const count = x.shape[axis];
  if (stride === 1 || count <= 1) return x;
  const split = g.unsqueeze(x, [axis + 1]);
  const padded = g.pad(
    split,
    split.shape.map(() => 0),
    split.shape.map((_, i) => (i === axis + 1 ? stride - 1 : 0)),
  );
  const merged = g.reshape(
    padded,
    x.shape.map((dim, i) => (i === axis ? dim * stride : dim)),
  );
  return g.sliceAxis(merged, axis, 0, (count - 1) * stride + 1);
}

/** Sizes of a convolution from the shapes of its tensors x [N,C,…], y [N,M,…], w [M,C/group,…]. */
export function sizes(
  x: readonly number[],
  y: readonly number[],
  w: readonly number[],
  group: number,
): Pick<ConvGeometry, 'samples' | 'c' | 'm' | 'kernel' | 'input' | 'output'> {
  return { samples: x[0], c: w[1], m: w[0] / group, kernel: w.slice(2), input: x.slice(2), output: y.slice(2) };
}
