import type { GraphBuilder } from '../graph/builder';
import type { Value } from '../graph/graph';
import type { ConvAttributes, PoolAttributes } from '../graph/ops';
import { slidingLength } from '../graph/shapes';
import type { LowerContext, LoweringTable } from './context';
import { counted } from '../graph/limits';

/** ONNX's auto_pad: SAME keeps ⌈length/stride⌉, the odd element of padding going to the end (UPPER) or the start. */
export function resolvePads(
  c: LowerContext,
  spatial: readonly number[],
  kernel: readonly number[],
  { strides, dilations }: { strides: readonly number[]; dilations: readonly number[] },
): readonly number[] {
  const mode = c.string('auto_pad', 'NOTSET');
  if (mode === 'NOTSET' || mode === '') return c.ints('pads', Array<number>(2 * spatial.length).fill(0));
  if (mode === 'VALID') return Array<number>(2 * spatial.length).fill(0);
  const totals = spatial.map((length, i) => {
    const output = Math.ceil(length / strides[i]);
    return Math.max(0, (output - 1) * strides[i] + dilations[i] * (kernel[i] - 1) + 1 - length);
  });
  const small = totals.map((total) => Math.floor(total / 2));
  const large = totals.map((total, i) => total - small[i]);
  return mode === 'SAME_UPPER' ? [...small, ...large] : [...large, ...small];
}

/**
 * Refuses a window that is larger than the padded input, whose result would have no element.
 * @throws ModelError naming the node
 */
export function checkWindow(
  c: LowerContext,
  spatial: readonly number[],
  kernel: readonly number[],
  window: Pick<PoolAttributes, 'strides' | 'dilations' | 'pads' | 'ceil'>,
): void {
  if (kernel.length !== spatial.length)
    c.fail(
      `The window ${kernel.join(' × ')} of ${c.node.op} is for ${kernel.length} axes, but its input [${c.x.shape.join(', ')}] has ${spatial.length} behind the channels.`,
      'Check the export of this layer.',
    );
  const places = spatial.map((length, i) =>
    slidingLength(length, kernel[i], {
      stride: window.strides[i],
      dilation: window.dilations[i],
      before: window.pads[i],
      after: window.pads[i + spatial.length],
      ceil: window.ceil,
    }),
  );
  const fits = places.every((count) => count > 0);
  if (fits) return;
  c.fail(
    `The window ${kernel.join(' × ')} of ${c.node.op} does not fit into its input [${c.x.shape.join(', ')}].`,
    'Use larger inputs: the model accepts no image or sequence of this size.',
  );
}

export function ones(n: number): number[] {
  return counted(n, () => 1);
}

/** [M] → [1, M, 1, …], to be added to channels. */
export function perChannel(g: GraphBuilder, x: Value, rank: number): Value {
  return g.reshape(x, [1, x.shape[0], ...ones(rank - 2)]);
}

function withBias(c: LowerContext, y: Value): Value {
  return c.has(2) ? c.g.add(y, perChannel(c.g, c.input(2), y.shape.length)) : y;
}

/** NumPy's rules for vectors: a left one is a row, a right one is a column, and the added axis is removed again. */
export function matmul(g: GraphBuilder, a: Value, b: Value): Value {
  if (a.shape.length === 1) return g.squeeze(matmul(g, g.unsqueeze(a, [0]), b), [Math.max(b.shape.length, 2) - 2]);
  if (b.shape.length === 1) return g.squeeze(matmul(g, a, g.unsqueeze(b, [1])), [a.shape.length - 1]);
  return g.matmul(a, b);
}

export const productLowerings: LoweringTable = {
  MatMul: ({ g, x, input }) => matmul(g, x, input(1)),
  /** α·op(A)·op(B) + β·C */
  Gemm(c) {
    const { g } = c;
    const a = c.int('transA', 0) ? g.swapLast(c.x) : c.x;
    const b = c.int('transB', 0) ? g.swapLast(c.input(1)) : c.input(1);
    const y = g.scale(g.matmul(a, b), c.float('alpha', 1));
    return c.has(2) ? g.add(y, g.scale(c.input(2), c.float('beta', 1))) : y;
  },
  Conv(c) {
    const { x } = c;
    const w = c.input(1);
    const spatial = x.shape.slice(2);
    const kernel = w.shape.slice(2);
    const strides = c.ints('strides', ones(spatial.length));
    const dilations = c.ints('dilations', ones(spatial.length));
    const group = c.int('group', 1);
    if (x.shape.length !== w.shape.length || x.shape[1] !== w.shape[1] * group) {
      c.fail(`Conv of an input [${x.shape.join(', ')}] with weights [${w.shape.join(', ')}] in ${group} group(s).`);
    }
    const pads = resolvePads(c, spatial, kernel, { strides, dilations });
    checkWindow(c, spatial, kernel, { strides, dilations, pads, ceil: false });
    return withBias(c, c.g.conv(x, w, { strides, dilations, group, pads }));
  },
  /** Each channel has its own filter over the past only; the second output is the past for the next call. */
  CausalConvWithState(c) {
    const { g, x } = c;
    const w = c.input(1);
    const [batch, channels, steps] = x.shape;
    const before = w.shape[2] - 1;
    const past = c.has(3) ? c.input(3) : g.expand(g.like(x, 0), [batch, channels, before]);
    const whole = g.concat([past, x], 2);
    const attributes = { strides: [1], dilations: [1], pads: [0, 0], group: channels };
    const y = withBias(c, g.conv(whole, w, attributes));
    const activation = c.string('activation', 'none');
    const swish = activation === 'silu' || activation === 'swish';
    if (!swish && activation !== 'none') c.fail(`CausalConvWithState with activation "${activation}".`);
    return [swish ? g.mul(y, g.sigmoid(y)) : y, g.sliceAxis(whole, 2, steps, steps + before)];
  },
  /** The transpose of a convolution: X takes the place of its output. */
  ConvTranspose(c) {
    const y = c.x;
    const w = c.input(1);
    const spatial = y.shape.slice(2);
    const kernel = w.shape.slice(2);
    const strides = c.ints('strides', ones(spatial.length));
    const dilations = c.ints('dilations', ones(spatial.length));
    const extra = c.ints('output_padding', Array<number>(spatial.length).fill(0));
    const full = spatial.map((n, i) => (n - 1) * strides[i] + dilations[i] * (kernel[i] - 1) + 1 + extra[i]);
    const { input, pads } = transposedGeometry(c, full, spatial, strides);
    const attributes: ConvAttributes = { strides, dilations, group: c.int('group', 1), pads };
    return withBias(c, c.g.apply('ConvInput', [y, w], { ...attributes, input }));
  },
};

/** Output length and pads of a ConvTranspose, from pads, auto_pad or output_shape. */
function transposedGeometry(
  c: LowerContext,
  full: readonly number[],
  spatial: readonly number[],
  strides: readonly number[],
): { input: readonly number[]; pads: readonly number[] } {
  const mode = c.string('auto_pad', 'NOTSET');
  const same = mode.startsWith('SAME');
  const wanted = c.optionalInts('output_shape') ?? (same ? spatial.map((n, i) => n * strides[i]) : null);
  if (!wanted) {
    const pads =
      mode === 'VALID'
        ? full.flatMap(() => [0, 0])
        : c.ints(
            'pads',
            full.flatMap(() => [0, 0]),
          );
    return { input: full.map((n, i) => n - pads[i] - pads[i + full.length]), pads };
  }
  const input = wanted.slice(-full.length);
  const totals = full.map((n, i) => Math.max(0, n - input[i]));
  const half = totals.map((total) => Math.floor(total / 2));
  const rest = totals.map((total, i) => total - half[i]);
  return { input, pads: mode === 'SAME_UPPER' ? [...half, ...rest] : [...rest, ...half] };
}
