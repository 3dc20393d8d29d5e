import type { Value } from '../graph/graph';
import type { PoolAttributes } from '../graph/ops';
import { slidingLength } from '../graph/shapes';
import { sizeOf, tensor } from '../graph/tensor';
import type { LowerContext, LoweringTable } from './context';
import { absPower, root } from './norm';
import { checkWindow, ones, resolvePads } from './products';
import { checkWritten, counted } from '../graph/limits';

export const poolingLowerings: LoweringTable = {
  MaxPool(c) {
    const [y, indices] = c.g.applyAll('MaxPool', [c.x], poolAttributes(c));
    return [y, c.int('storage_order', 0) === 1 ? columnMajor(c, indices) : indices];
  },
  /** (Σ |x|ᵖ)^(1/p) over each window. */
  LpPool(c) {
    const p = c.int('p', 2);
    return root(c.g, windowSums(c, absPower(c.g, c.x, p)).sums, p);
  },
  GlobalLpPool(c) {
    const p = c.int('p', 2);
    return root(c.g, c.g.sum(absPower(c.g, c.x, p), spatialAxes(c.x), true), p);
  },
  AveragePool: averagePool,
  GlobalAveragePool: ({ g, x }) => g.mean(x, spatialAxes(x), true),
  GlobalMaxPool: ({ g, x }) => g.apply('ReduceMax', [x], { axes: spatialAxes(x), keepdims: true }),
};

const spatialAxes = (x: Value) => [...x.shape.keys()].slice(2);

function poolAttributes(c: LowerContext): PoolAttributes {
  const kernel = c.ints('kernel_shape');
  const strides = c.ints('strides', ones(kernel.length));
  const dilations = c.ints('dilations', ones(kernel.length));
  const pads = resolvePads(c, c.x.shape.slice(2), kernel, { strides, dilations });
  const window = { kernel, strides, dilations, pads, ceil: c.int('ceil_mode', 0) === 1 };
  checkWindow(c, c.x.shape.slice(2), kernel, window);
  return window;
}

/** The sum over each window, by a convolution with ones: [N,C,…output]. */
function windowSums(c: LowerContext, x: Value): { sums: Value; pool: PoolAttributes; output: readonly number[] } {
  const { g } = c;
  const pool = poolAttributes(c);
  const [n, channels, ...spatial] = x.shape;
  const rank = spatial.length;
  const geometry = (i: number) => ({
    stride: pool.strides[i],
    dilation: pool.dilations[i],
    before: pool.pads[i],
    after: pool.pads[i + rank],
    ceil: pool.ceil,
  });
  const output = spatial.map((length, i) => slidingLength(length, pool.kernel[i], geometry(i)));
  // Ceil mode lets windows extend beyond the end. Padding gives a plain convolution equally many windows.
  const extents = pool.kernel.map((k, i) => pool.dilations[i] * (k - 1) + 1);
  const after = output.map((count, i) =>
    Math.max(pool.pads[i + rank], (count - 1) * pool.strides[i] + extents[i] - spatial[i] - pool.pads[i]),
  );
  const pads = [...pool.pads.slice(0, rank), ...after];
  const images = g.reshape(x, [n * channels, 1, ...spatial]);
  const window = g.constant(
    tensor(x.dtype === 'float64' ? 'float64' : 'float32', [1, 1, ...pool.kernel], ones(sizeOf(pool.kernel))),
  );
  const sums = g.conv(images, window, { strides: pool.strides, dilations: pool.dilations, pads, group: 1 });
  return { sums: g.reshape(sums, [n, channels, ...output]), pool, output };
}

/** Sums over each window, divided by its number of counted elements. */
function averagePool(c: LowerContext): Value {
  const { g, x } = c;
  const { sums, pool, output } = windowSums(c, x);
  const spatial = x.shape.slice(2);
  const rank = spatial.length;
  const includePad = c.int('count_include_pad', 0) === 1;
  const counts = output.map((count, i) => windowCounts(count, i, includePad));
  const inverse = outer(counts).map((count) => 1 / count);
  return g.mul(sums, g.constant(tensor(x.dtype, [1, 1, ...output], inverse)));

  /** Number of counted elements of each window along one axis: the real ones, or also the declared padding. */
  function windowCounts(count: number, axis: number, withPad: boolean): number[] {
    const low = withPad ? -pool.pads[axis] : 0;
    const high = spatial[axis] + (withPad ? pool.pads[axis + rank] : 0);
    return counted(count, (position) => {
      const start = position * pool.strides[axis] - pool.pads[axis];
      let inside = 0;
      for (let k = 0; k < pool.kernel[axis]; k++) {
        const place = start + k * pool.dilations[axis];
        if (place >= low && place < high) inside++;
      }
      return inside;
    });
  }
}

/** Flat indices within each image, counted along the columns: (n, c, h, w) ↦ (n·C + c)·H·W + h + H·w. */
function columnMajor({ g, x }: LowerContext, indices: Value): Value {
  const lengths = x.shape.slice(2);
  const size = sizeOf(lengths);
  const image = g.mul(g.div(indices, g.like(indices, size)), g.like(indices, size));
  let rest = g.sub(indices, image);
  let result = image;
  for (const [axis, length] of [...lengths.entries()].reverse()) {
    const place = axis === 0 ? rest : g.binary('Mod', rest, g.like(rest, length));
    rest = g.div(rest, g.like(rest, length));
    result = g.add(result, g.mul(place, g.like(place, sizeOf(lengths.slice(0, axis)))));
  }
  return result;
}

/** Products of one number from each list, in row-major order. */
function outer(lists: readonly number[][]): number[] {
  checkWritten(sizeOf(lists.map(({ length }) => length)));
  return lists.reduce<number[]>((all, list) => all.flatMap((a) => list.map((b) => a * b)), [1]);
}
