import type { GraphBuilder } from '../builder';
import type { Value } from '../graph';
import type { ConvAttributes } from '../ops';
import { sizeOf } from '../tensor';
import { blockedConv, suitsBlocks } from './blocked';
import type { Expansion, Surroundings } from './legalize';
import type { ConvGeometry } from './unroll';
import { unrollInput, unrollOutput } from './unroll';

/*
 * A convolution is a matrix product with one operand unrolled over kernel positions (im2col). Unrolling costs memory and
 * time in each run, except where the operand is the same in every run: then it is a residual, made once. The runtime's
 * own convolution is best where the weights stay, packed beforehand, and where there are channels enough to fill it.
 */

/** An unrolled operand may have this many elements: beyond it memory is worth more than time. */
const UNROLLED_LIMIT = 2 ** 26;

/** Where there are no blocks, channels that fill an accelerator's tiles. */
const TILE = 16;

/** Below so many input channels times kernel positions the runtime's convolution runs mostly empty. */
const THIN = 64;

const sizeUnrolled = ({ samples, group, c, m, kernel, input, output }: ConvGeometry, side: 'input' | 'output') =>
  samples * group * sizeOf(kernel) * (side === 'input' ? c * sizeOf(output) : m * sizeOf(input));

/** x [N,C,…], w [M,C/group,…] → y [N,M,…] */
export const conv: Expansion<'Conv'> = (g, [x, w], node, { moving, constant, block }) => {
  const geometry = { ...node.attributes, ...sizes(x.shape, node.outputs[0].shape, w.shape, node.attributes.group) };
  const { samples, group, c, m, kernel } = geometry;
  const k = sizeOf(kernel);
  const stays = moving(w) && !moving(x) && sizeUnrolled(geometry, 'input') <= UNROLLED_LIMIT;
  if (!stays || k * c > THIN) return convolve(g, x, w, node.attributes, { constant, block });
  const rows = g.reshape(g.transpose(g.reshape(w, [group, m, c, k]), [0, 1, 3, 2]), [group, m, k * c]);
  return g.reshape(g.matmul(rows, unrollInput(g, x, geometry)), [samples, group * m, ...geometry.output]);
};

/** In blocks where the weights are computed and fill them; null to leave it to the runtime, which packs constant ones. */
function convolve(
  g: GraphBuilder,
  x: Value,
  w: Value,
  attributes: ConvAttributes,
  { constant, block }: Pick<Surroundings, 'constant' | 'block'>,
): Value | null {
  if (block === null || constant(w) || !suitsBlocks(x, w, attributes, block)) return null;
  return blockedConv(g, x, w, attributes, block);
}

/** y [N,M,…], w [M,C/group,…] → x [N,C,…] */
export const convInput: Expansion<'ConvInput'> = (g, [y, w], node, surroundings) => {
  const { input, group, pads, strides, dilations } = node.attributes;
  const geometry = { ...node.attributes, ...sizes(node.outputs[0].shape, y.shape, w.shape, group) };
  const { c, m, kernel } = geometry;
  // A strided one turned round would run over zeros mostly: twice to five times the time of the runtime's own transpose,
  // and so would, for the sake of the interleaving, one convolution for each remainder of the places by the stride.
  if (strides.some((stride) => stride > 1)) return null;
  const reach = kernel.map((length, i) => dilations[i] * (length - 1));
  const before = reach.map((r, i) => r - pads[i]);
  const after = reach.map((r, i) => input[i] + r - before[i] - geometry.output[i]);
  if ([...before, ...after].some((n) => n < 0)) return null;
  const attributes = { strides, dilations, group, pads: [...before, ...after] };
  const turned = turnRound(g, w);
  const swapped = g.reshape(
    g.transpose(g.reshape(turned, [group, m, c, ...kernel]), [0, 2, 1, ...kernel.map((_, i) => i + 3)]),
    [group * c, m, ...kernel],
  );
  const { block } = surroundings;
  if (block === null || group > 1) {
    const fills = (group * c) % TILE === 0 && (group * m) % TILE === 0;
    return fills ? g.conv(y, swapped, attributes) : null;
  }
  // The transpose multiplies at the places of y, the convolution at those of x, and in whole blocks.
  if (!suitsBlocks(y, swapped, attributes, block, sizeOf(input) / sizeOf(geometry.output))) return null;
  return convolve(g, y, swapped, attributes, surroundings) ?? g.conv(y, swapped, attributes);
};

/** x [N,C,…], y [N,M,…] → w [M,C/group,…] */
export const convWeight: Expansion<'ConvWeight'> = (g, [x, y], node, { moving }) => {
  const { group, kernel } = node.attributes;
  const geometry = { ...node.attributes, ...sizes(x.shape, y.shape, node.outputs[0].shape, group) };
  const { samples, c, m } = geometry;
  const k = sizeOf(kernel);
  if (unrollsOutput(geometry, moving(x), moving(y))) {
    const left = g.reshape(x, [samples, group, c, sizeOf(geometry.input)]);
    const products = g.sum(g.matmul(left, g.swapLast(unrollOutput(g, y, geometry))), [0]);
    const parts = g.transpose(g.reshape(products, [group, c, k, m]), [0, 3, 1, 2]);
    return g.reshape(parts, [group * m, c, ...kernel]);
  }
  const left = g.reshape(y, [samples, group, m, sizeOf(geometry.output)]);
  const products = g.sum(g.matmul(left, g.swapLast(unrollInput(g, x, geometry))), [0]);
  const parts = g.transpose(g.reshape(products, [group, m, k, c]), [0, 1, 3, 2]);
  return g.reshape(parts, [group * m, c, ...kernel]);
};

/** The operand that stays is unrolled if it fits; else the one that is smaller when unrolled. */
function unrollsOutput(geometry: ConvGeometry, xMoves: boolean, yMoves: boolean): boolean {
  const input = sizeUnrolled(geometry, 'input');
  const output = sizeUnrolled(geometry, 'output');
  if (xMoves && !yMoves && output <= UNROLLED_LIMIT) return true;
  if (yMoves && !xMoves && input <= UNROLLED_LIMIT) return false;
  return output < input;
}

function sizes(
  x: readonly number[],
  y: readonly number[],
  w: readonly number[],
  group: number,
): Pick<ConvGeometry, 'samples' | 'c' | 'm' | 'kernel' | 'input' | 'output'> {
  return { samples: x[0], c: w[1], m: w[0] / group, kernel: w.slice(2), input: x.slice(2), output: y.slice(2) };
}

function turnRound(g: GraphBuilder, w: Value): Value {
  return g.apply('Slice', [w], {
    starts: w.shape.map((length, i) => (i < 2 ? 0 : length - 1)),
    ends: w.shape.map((length, i) => (i < 2 ? length : -1)),
    steps: w.shape.map((_, i) => (i < 2 ? 1 : -1)),
  });
}
