import type { GraphBuilder } from '../builder';
import type { Node, Value } from '../graph';
import { sizeOf } from '../tensor';

/** Elements of the unrolled input that one product may read: beyond it the kernel positions are taken in turns. */
const UNROLLED_LIMIT = 2 ** 26;

/**
 * W[m,c,k] = Σₙ Σₚ Y[n,m,p]·X[n,c,p·stride + k·dilation − pad], as a batched matrix product of Y with the input
 * unrolled over kernel positions, then a sum over the samples.
 * x [N,C,…], y [N,M,…] → w [M,C/group,…kernel]
 */
export function convWeight(g: GraphBuilder, [x, y]: readonly Value[], node: Node<'ConvWeight'>): Value {
  const { group, kernel } = node.attributes;
  const [samples, channels] = x.shape;
  const places = sizeOf(y.shape.slice(2));
  const [m, c] = [y.shape[1] / group, channels / group];
  const left = g.reshape(y, [samples, group, m, places]);
  const windows = slidingWindows(g, x, y, node);
  const perRun = Math.max(1, Math.floor(UNROLLED_LIMIT / (samples * channels * places)));
  const parts: Value[] = [];
  for (let i = 0; i < windows.length; i += perRun) {
    const chunk = windows.slice(i, i + perRun);
    // [N, group, C/group, positions, places]
    const unrolled = g.concat(
      chunk.map((window) => g.reshape(window, [samples, group, c, 1, places])),
      3,
    );
    const rows = g.reshape(unrolled, [samples, group, c * chunk.length, places]);
    const products = g.sum(g.matmul(left, g.swapLast(rows)), [0]);
    parts.push(g.reshape(products, [group * m, c, chunk.length]));
  }
  return g.reshape(g.concat(parts, 2), [group * m, c, ...kernel]);
}

/** For each kernel position, the input element that each output place meets there: [N,C,…output] each. */
function slidingWindows(g: GraphBuilder, x: Value, y: Value, node: Node<'ConvWeight'>): Value[] {
  const { strides, pads, dilations, kernel } = node.attributes;
  const rank = kernel.length;
  const output = y.shape.slice(2);
  const needed = kernel.map((k, i) => (output[i] - 1) * strides[i] + dilations[i] * (k - 1) + 1);
  const padded = g.pad(
    x,
    [0, 0, ...pads.slice(0, rank)],
    [0, 0, ...needed.map((n, i) => Math.max(0, n - x.shape[i + 2] - pads[i]))],
  );
  return positions(kernel).map((position) =>
    g.apply('Slice', [padded], {
      starts: [0, 0, ...position.map((k, i) => k * dilations[i])],
      ends: [x.shape[0], x.shape[1], ...position.map((k, i) => k * dilations[i] + (output[i] - 1) * strides[i] + 1)],
      steps: [1, 1, ...strides],
    }),
  );
}

/** Every index of a kernel, in row-major order. */
function positions(kernel: readonly number[]): number[][] {
  return kernel.reduce<number[][]>(
    (all, length) => all.flatMap((prefix) => Array.from({ length }, (_, k) => [...prefix, k])),
    [[]],
  );
}
