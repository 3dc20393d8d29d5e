import type { GraphBuilder } from '../graph/builder';
import type { Node, Value } from '../graph/graph';
import { isOp } from '../graph/graph';
import { sizes, sizeUnrolled, unrollInput, UNROLLED_LIMIT } from '../graph/unroll';
import type { ConvAttributes } from '../graph/ops';
import { sizeOf } from '../graph/tensor';

/*
 * Max-pooling reads one place of each window of its input. If the input is a convolution of data, the tangent of the
 * weights is needed only at these places, and their cotangent is zero at all others:
 *   ẏ[n,c,j] = Σₚ ẇ[c,p] · X[n, place(n,c,j), p]          w̄[c,p] = Σₙⱼ ȳ[n,c,j] · X[n, place(n,c,j), p]
 * with p the elements of a patch and X the patches of the data. The patches at the selected places do not depend on
 * the tangents. They are gathered once, and a pooling of 2 × 2 leaves a quarter of the products, without any selection.
 * One thread, [334,1,28,28] to 6 channels of 5 × 5, 5 tangents: 24 ms both ways instead of 104.
 */

/** Largest size of the gathered patches, in multiples of all patches of the data, which would be kept otherwise. */
const MOST_PATCHES = 2;

/** Places that a pooling selected, for each of its results. */
export interface Pooling {
  /** int64 [N,C,…pooled], flat in the pooling's input. */
  indices: Value;
  /** Shape of the pooling's input, [N,C,…]. */
  shape: readonly number[];
}

/** The pooling that chose these places in a tensor of that shape; null if none did. */
export function poolingOf(indices: Value, shape: readonly number[]): Pooling | null {
  if (!isOp(indices, 'MaxPool') || indices.index !== 1) return null;
  return String((indices.node as Node).inputs[0].shape) === String(shape) ? { indices, shape } : null;
}

/** Gathered patches of a pooling, by convolution. The forward and the backward pass share them. */
const known = new WeakMap<Value, Map<string, Value | null>>();

/**
 * The patches of x at the selected places, [C, N · pooled, positions · C of x], positions first; null if they would be too
 * many.
 */
function patchesAt(
  g: GraphBuilder,
  x: Value,
  weights: readonly number[],
  attributes: ConvAttributes,
  pooling: Pooling,
): Value | null {
  const ofPooling = known.get(pooling.indices) ?? new Map<string, Value | null>();
  known.set(pooling.indices, ofPooling);
  const key = JSON.stringify([
    x.id,
    weights,
    attributes.strides,
    attributes.pads,
    attributes.dilations,
    attributes.group,
  ]);
  if (!ofPooling.has(key)) ofPooling.set(key, gatherPatches(g, x, weights, attributes, pooling));
  return ofPooling.get(key)!;
}

function gatherPatches(
  g: GraphBuilder,
  x: Value,
  weights: readonly number[],
  attributes: ConvAttributes,
  { indices, shape }: Pooling,
): Value | null {
  const [samples, channels, ...pooled] = indices.shape;
  const geometry = { ...attributes, ...sizes(x.shape, shape, weights, attributes.group) };
  const places = sizeOf(geometry.output);
  const unrolled = sizeUnrolled(geometry, 'input');
  if (attributes.group !== 1 || channels * sizeOf(pooled) > MOST_PATCHES * places || unrolled > UNROLLED_LIMIT)
    return null;
  const size = unrolled / samples / places;
  const patches = g.reshape(g.swapLast(unrollInput(g, x, geometry)), [samples * places, size]);
  // From places in [N,C,output] to rows of patches, [N,output].
  const starts = Array.from({ length: samples * channels }, (_, i) => (i - Math.floor(i / channels)) * places);
  const rows = g.sub(indices, g.indices(starts, [samples, channels, ...pooled.map(() => 1)]));
  const gathered = g.gather(patches, g.moveAxis(rows, 1, 0), 0);
  return g.reshape(gathered, [channels, samples * sizeOf(pooled), size]);
}

/** The convolution's result at the places that the pooling selected, [N,C,…pooled]; null if x is not data. */
export function pooledConv(
  g: GraphBuilder,
  { inputs: [x], attributes }: Node<'Conv'>,
  w: Value,
  pooling: Pooling,
): Value | null {
  const patches = patchesAt(g, x, w.shape, attributes, pooling);
  if (!patches) return null;
  const [samples, channels, ...pooled] = pooling.indices.shape;
  const rows = g.reshape(g.moveAxis(w, 1, w.shape.length - 1), [channels, 1, patches.shape[2]]);
  const y = g.reshape(g.matmul(rows, g.swapLast(patches)), [channels, samples, ...pooled]);
  return g.moveAxis(y, 0, 1);
}

/** The cotangent of the weights from that of the selected places, [N,C,…pooled]; null if x is not data. */
export function pooledConvWeight(
  g: GraphBuilder,
  { inputs: [x], attributes, outputs: [w] }: Node<'ConvWeight'>,
  selected: Value,
  pooling: Pooling,
): Value | null {
  const patches = patchesAt(g, x, w.shape, attributes, pooling);
  if (!patches) return null;
  const [channels, inputs, ...kernel] = w.shape;
  const rows = g.reshape(g.moveAxis(selected, 1, 0), [channels, 1, patches.shape[1]]);
  const sums = g.reshape(g.matmul(rows, patches), [channels, ...kernel, inputs]);
  return g.moveAxis(sums, sums.shape.length - 1, 1);
}
