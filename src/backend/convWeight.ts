import type { GraphBuilder } from '../graph/builder';
import type { Value } from '../graph/graph';
import { sizeOf } from '../graph/tensor';
import { partsOf } from './blocks';
import { repeatedIn, weightsByConvolution, weightsInBlocks } from './depthwise';
import type { Expansion, Surroundings, Target } from './form';
import type { PatchTable } from './patches';
import { patchesByPlace, patchesBySample, patchTable } from './patches';
import type { ConvGeometry } from '../graph/unroll';
import { sizes, sizeUnrolled, UNROLLED_LIMIT, unrollInput, unrollOutput } from '../graph/unroll';

/*
 * The gradient of the weights is a sum over samples and places of the products of one operand, unrolled over kernel
 * positions, with the other. Milliseconds of one thread, 3 × 3 (the fourth 5 × 5), with the unrolling in each run:
 *
 *   x [N,C,H,W], M             slices, N products   rows by sample, 2 products   rows by place, a product for each
 *   [100,8,14,14], 8                 3.0                      3.1                          2.3
 *   [100,16,7,7], 16                 2.2                      1.7                          1.0
 *   [100,32,4,4], 32                 2.4                      0.6                          0.9
 *   [250,6,14,14], 16                8.2                      7.4                          4.5
 *   [250,1,28,28], 6                 6.6                     32                            6.7
 *   [40,32,14,14], 32                4.0                      3.6                          3.9
 *   [20,64,28,28], 64               18.9                     17.3                         38
 *
 * and without it, if the unrolled operand is kept: few long products against one for each sample
 *   [100,16,7,7], 16   0.23 against 0.44      [100,32,4,4], 32   0.24 against 0.67      [250,6,14,14], 16   1.2 against 2.3
 *   [250,1,28,28], 6   2.4 against 1.8
 *
 * If few places meet many channels, the result is the largest tensor, and permuting its axes takes several times as long as
 * computing it. The other operand is then the left one of the product, and the patches come in the order of the weights
 * (two threads, 3 × 3, the last 1 × 1):
 *
 *   x [N,C,H,W], M             as above   in the order of the weights
 *   [1,512,7,7], 512             31.7                2.2
 *   [4,512,7,7], 512             51.5               11.2
 *   [1,256,14,14], 256            9.8                2.5
 *   [4,128,28,28], 128           14.7               12.8
 *   [1,2048,7,7], 512             9.5                0.9
 */

/** A product for each place pays off from so many samples per channel of the result on. */
const SAMPLES_PER_CHANNEL = 6;

/** Shorter rows than this (channels) are not worth a separate copy. */
const SHORT_ROW = 16;

/** Below so many rows of an unrolled operand, a product for each sample runs at full speed. */
const THIN = 64;

/** Up to so many samples and places per channel of the result, the result is the largest tensor involved. */
const ROWS_PER_CHANNEL = 8;

/**
 * A long product is split by samples among threads, into at most so many parts, because the runtime does not split it. For
 * one thread it stays whole: summing the parts of [288,1600]·[1600,160] takes a seventh of the product.
 */
const PARTS = 8;

/** Up to so many blocks, splitting and joining takes half the time of transposing. */
const MOST_SLICES = 32;

/** x [N,C,…], y [N,M,…] → w [M,C/group,…] */
export const convWeight: Expansion<'ConvWeight'> = (g, [x, y], { attributes, outputs: [w] }, surroundings) => {
  const geometry = { ...attributes, ...sizes(x.shape, y.shape, w.shape, attributes.group) };
  const { blockChannels } = surroundings;
  const inBlocks = blockChannels === null ? null : weightsInBlocks(g, x, y, geometry, blockChannels);
  return inBlocks ?? weightsOfRuns(g, x, y, geometry, surroundings) ?? weights(g, x, y, geometry, surroundings);
};

/**
 * Weights of K runs of groups that share one operand. The operand is unrolled once instead of K times and serves all runs
 * as channels of one group. Null if nothing is shared.
 */
function weightsOfRuns(
  g: GraphBuilder,
  x: Value,
  y: Value,
  geometry: ConvGeometry,
  surroundings: Surroundings,
): Value | null {
  const [ofX, ofY] = [x, y].map((operand) => repeatedIn(g, operand));
  const repeated = ofX ?? ofY;
  if (!repeated || geometry.c > 1 || geometry.m > 1) return null;
  const { runs, source } = repeated;
  const group = geometry.group / runs;
  const behindChannels = (operand: Value) => {
    const [samples, , ...places] = operand.shape;
    const parted = g.reshape(operand, [samples, runs, group, ...places]);
    return g.reshape(g.moveAxis(parted, 1, 2), [samples, group * runs, ...places]);
  };
  const found = ofX
    ? weights(g, source, behindChannels(y), { ...geometry, group, m: runs }, surroundings)
    : weights(g, behindChannels(x), source, { ...geometry, group, c: runs }, surroundings);
  const parts = g.reshape(found, [group, runs, ...geometry.kernel]);
  return g.reshape(g.moveAxis(parts, 1, 0), [runs * group, 1, ...geometry.kernel]);
}

function weights(g: GraphBuilder, x: Value, y: Value, geometry: ConvGeometry, surroundings: Surroundings): Value {
  const { moving, blockChannels } = surroundings;
  const { samples, group, c, m, kernel } = geometry;
  const direct = productInPlace(g, x, y, geometry);
  if (direct) return g.reshape(direct, [m, c, ...kernel]);
  const byConvolution = blockChannels === null ? null : weightsByConvolution(g, x, y, geometry);
  if (byConvolution) return byConvolution;
  const side = unrolledSide(geometry, moving(x), moving(y));
  const [unrolled, other] = side === 'input' ? [x, y] : [y, x];
  const table = group === 1 ? patchTable(g, geometry, side) : null;
  const products = table && productOfPatches(g, unrolled, other, table, { ...surroundings, kept: !moving(unrolled) });
  if (products) {
    const [channels, others] = side === 'input' ? [c, m] : [m, c];
    const parts = g.reshape(products, [table.positions, channels, others]);
    return g.reshape(g.transpose(parts, side === 'input' ? [2, 1, 0] : [1, 2, 0]), [m, c, ...kernel]);
  }
  const k = sizeOf(kernel);
  if (side === 'output') {
    const left = g.reshape(x, [samples, group, c, sizeOf(geometry.input)]);
    const sum = g.sum(g.matmul(left, g.swapLast(unrollOutput(g, y, geometry))), [0]);
    return g.reshape(g.transpose(g.reshape(sum, [group, c, k, m]), [0, 3, 1, 2]), [group * m, c, ...kernel]);
  }
  const left = g.reshape(y, [samples, group, m, sizeOf(geometry.output)]);
  const sum = g.sum(g.matmul(left, g.swapLast(unrollInput(g, x, geometry))), [0]);
  return g.reshape(g.transpose(g.reshape(sum, [group, m, k, c]), [0, 1, 3, 2]), [group * m, c, ...kernel]);
}

/**
 * x [N,C,…], y [N,M,…] → [M, C · positions], in the order in which the weights are stored; null unless they are so much
 * larger than both operands that moving them costs too much.
 */
function productInPlace(g: GraphBuilder, x: Value, y: Value, geometry: ConvGeometry): Value | null {
  const { samples, group, c, m, kernel, output } = geometry;
  const places = sizeOf(output);
  const rows = samples * places;
  if (group > 1 || rows > ROWS_PER_CHANNEL * m) return null;
  const table = patchTable(g, geometry, 'input');
  if (!table) return null;
  const patches = g.reshape(patchesBySample(g, x, table), [rows, sizeOf(kernel), c]);
  const left = g.reshape(g.transpose(g.reshape(y, [samples, m, places]), [1, 0, 2]), [m, rows]);
  return g.matmul(left, g.reshape(g.swapLast(patches), [rows, c * sizeOf(kernel)]));
}

/**
 * Σ over samples and places of patches ⊗ other: unrolled [N,C,…], other [N,M,places…] → [positions · C, M]; null if slices
 * are faster.
 * @param kept whether the patches are computed once and kept
 */
function productOfPatches(
  g: GraphBuilder,
  unrolled: Value,
  other: Value,
  table: PatchTable,
  { kept, blockChannels, threads = PARTS }: Target & { kept: boolean },
): Value | null {
  const [samples, channels] = unrolled.shape;
  const m = other.shape[1];
  if (!kept && samples >= SAMPLES_PER_CHANNEL * m) {
    return g.sliceAxis(
      g.sum(g.matmul(patchesByPlace(g, unrolled, table), placesFirst(g, other, blockChannels)), [0]),
      1,
      0,
      m,
    );
  }
  if (kept ? table.positions * channels < THIN : channels < SHORT_ROW) return null;
  const parts = threads === 1 ? 1 : divisorUpTo(samples, PARTS);
  const each = samples / parts;
  const length = each * table.places;
  const rows = table.positions * channels;
  // This is not written as a swap of the last two axes, because a slower product would undo that in each run.
  const patches = g.reshape(patchesBySample(g, unrolled, table), [parts, each, table.places, rows]);
  const left = g.reshape(g.transpose(patches, [0, 3, 1, 2]), [parts, rows, length]);
  const right = channelsLast(g, other, blockChannels);
  const padded = right.shape[2];
  return g.sliceAxis(g.sum(g.matmul(left, g.reshape(right, [parts, length, padded])), [0]), 1, 0, m);
}

/** y [N,M,…] → [N, places, M'], M' ≥ M, padded with zeros. A single block already has the channels last. */
function channelsLast(g: GraphBuilder, y: Value, blockChannels: number | null): Value {
  const [samples, m, ...places] = y.shape;
  const parts = partsOf(g, y, blockChannels);
  if (!parts) return g.swapLast(g.reshape(y, [samples, m, sizeOf(places)]));
  if (parts.shape[1] <= MOST_SLICES) {
    const blocks = Array.from({ length: parts.shape[1] }, (_, i) => g.squeeze(g.sliceAxis(parts, 1, i, i + 1), [1]));
    return g.concat(blocks, 2);
  }
  return g.reshape(g.transpose(parts, [0, 2, 1, 3]), [samples, sizeOf(places), parts.shape[1] * parts.shape[3]]);
}

/** y [N,M,…] → [places, N, M'] */
function placesFirst(g: GraphBuilder, y: Value, blockChannels: number | null): Value {
  const [samples, m, ...places] = y.shape;
  const parts = partsOf(g, y, blockChannels);
  if (!parts) return g.transpose(g.reshape(y, [samples, m, sizeOf(places)]), [2, 0, 1]);
  return g.reshape(g.transpose(parts, [2, 0, 1, 3]), [sizeOf(places), samples, parts.shape[1] * parts.shape[3]]);
}

/** The largest divisor of n up to the limit. */
function divisorUpTo(n: number, limit: number): number {
  for (let d = Math.min(n, limit); d > 1; d--) if (n % d === 0) return d;
  return 1;
}

/** Unrolls the operand that is kept, if it fits, or else the one that is smaller when unrolled. */
function unrolledSide(geometry: ConvGeometry, xMoves: boolean, yMoves: boolean): 'input' | 'output' {
  const input = sizeUnrolled(geometry, 'input');
  const output = sizeUnrolled(geometry, 'output');
  if (xMoves && !yMoves && output <= UNROLLED_LIMIT) return 'output';
  if (yMoves && !xMoves && input <= UNROLLED_LIMIT) return 'input';
  return output < input ? 'output' : 'input';
}
