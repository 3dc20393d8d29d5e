import type { GraphBuilder } from './builder';
import type { Value } from './graph';
import { constantOf } from './graph';
import { numbers, sizeOf, tensor } from './tensor';

/** Indices counted from the end are turned around; known ones stay known, so that what they pick can be told. */
export function wrapIndices(g: GraphBuilder, indices: Value, length: number): Value {
  const known = constantOf(indices);
  if (known) {
    const from = numbers(known);
    if (from.every((index) => index >= 0)) return indices;
    const data = from.map((index) => (index < 0 ? index + length : index));
    return g.constant(tensor(indices.dtype, indices.shape, data));
  }
  const zero = g.like(indices, 0);
  return g.where(g.less(indices, zero), g.add(indices, g.like(indices, length)), indices);
}

/** Elements at flat places: the result has the shape of `places`. */
export function gatherFlat(g: GraphBuilder, x: Value, places: Value): Value {
  return g.gather(g.reshape(x, [sizeOf(x.shape)]), places, 0);
}

/** The transpose of `gatherFlat`: a tensor of zeros of `shape` with elements added at flat places. */
export function scatterFlat(g: GraphBuilder, updates: Value, places: Value, shape: readonly number[]): Value {
  return g.reshape(g.apply('ScatterAdd', [updates, places], { axis: 0, size: sizeOf(shape) }), shape);
}

export function rowMajorStrides(shape: readonly number[]): number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
}

/** Flat places of the elements [i₀, …, indices[i], …]: each index replaces its own coordinate on one axis. */
export function elementPlaces(g: GraphBuilder, indices: Value, shape: readonly number[], axis: number): Value {
  const strides = rowMajorStrides(shape);
  const wrapped = wrapIndices(g, g.cast(indices, 'int64'), shape[axis]);
  let places = g.mul(wrapped, g.like(wrapped, strides[axis]));
  for (const [other, length] of indices.shape.entries()) {
    if (other === axis) continue;
    const offsets = Array.from({ length }, (_, i) => i * strides[other]);
    places = g.add(
      places,
      g.indices(
        offsets,
        indices.shape.map((_, i) => (i === other ? length : 1)),
      ),
    );
  }
  return places;
}
