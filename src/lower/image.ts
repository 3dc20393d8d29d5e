import type { Value } from '../graph/graph';
import { sizeOf } from '../graph/tensor';
import type { LowerContext, LoweringTable } from './context';
import { ones } from './products';
import { counted } from '../graph/limits';

/** Blocks of images taken apart and put together. */
export const imageLowerings: LoweringTable = {
  /** [N, C, H, W] → [N, C/b², H·b, W·b] */
  DepthToSpace({ g, x, int, string }) {
    const b = int('blocksize');
    const [n, c, h, w] = x.shape;
    const depth = c / b / b;
    const blocks =
      string('mode', 'DCR') === 'DCR'
        ? g.transpose(g.reshape(x, [n, b, b, depth, h, w]), [0, 3, 4, 1, 5, 2])
        : g.transpose(g.reshape(x, [n, depth, b, b, h, w]), [0, 1, 4, 2, 5, 3]);
    return g.reshape(blocks, [n, depth, h * b, w * b]);
  },
  /** The inverse of DepthToSpace in the same mode. */
  SpaceToDepth({ g, x, int, string }) {
    const b = int('blocksize');
    const [n, c, h, w] = x.shape;
    const split = g.reshape(x, [n, c, h / b, b, w / b, b]);
    const order = string('mode', 'DCR') === 'DCR' ? [0, 3, 5, 1, 2, 4] : [0, 1, 3, 5, 2, 4];
    return g.reshape(g.transpose(split, order), [n, c * b * b, h / b, w / b]);
  },
  Col2Im: col2Im,
};

/** Adds blocks [N, C·Πkernel, count] where they overlap: [N, C, …image]. */
function col2Im(c: LowerContext): Value {
  const { g, x } = c;
  const image = c.constants(1) ?? c.fail('Col2Im without an image shape.');
  const kernel = c.constants(2) ?? c.fail('Col2Im without a block shape.');
  const rank = image.length;
  const strides = c.ints('strides', ones(rank));
  const dilations = c.ints('dilations', ones(rank));
  const pads = c.ints('pads', Array<number>(2 * rank).fill(0));
  const padded = image.map((n, i) => n + pads[i] + pads[i + rank]);
  const counts = padded.map((n, i) => Math.floor((n - dilations[i] * (kernel[i] - 1) - 1) / strides[i]) + 1);
  const places = coordinates(kernel).flatMap((k) =>
    coordinates(counts).map((at) =>
      at.reduce((flat, block, i) => flat * padded[i] + block * strides[i] + k[i] * dilations[i], 0),
    ),
  );
  const [n, rows] = x.shape;
  const channels = rows / sizeOf(kernel);
  const blocks = g.reshape(x, [n, channels, places.length]);
  const flat = g.apply('ScatterAdd', [blocks, g.indices(places)], { axis: 2, size: sizeOf(padded) });
  return g.apply('Slice', [g.reshape(flat, [n, channels, ...padded])], {
    starts: [0, 0, ...pads.slice(0, rank)],
    ends: [n, channels, ...image.map((length, i) => pads[i] + length)],
    steps: ones(rank + 2),
  });
}

/** Every index of a shape, in row-major order. */
function coordinates(shape: readonly number[]): number[][] {
  const steps = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  return counted(sizeOf(shape), (flat) => shape.map((length, axis) => Math.floor(flat / steps[axis]) % length));
}
