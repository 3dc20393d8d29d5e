import type { Tensor } from '../graph/tensor';
import { sizeOf } from '../graph/tensor';

/**
 * How an array takes the shape that an input expects:
 * - `same`: unchanged
 * - `reshape`: the same elements in the same order under another shape: flattened, unflattened, or axes of length 1
 *   added or dropped
 * - `channelsFirst`: [N, H, W, C] to [N, C, H, W]; `channelsLast`: the other way
 */
export interface Fit {
  how: 'same' | 'reshape' | 'channelsFirst' | 'channelsLast';
  /** Resulting shape, with the array's own number of samples on axis 0. */
  shape: readonly number[];
}

/**
 * Finds a harmless change that gives an array the shape of an input.
 * @param shape shape of the array, [N, …]
 * @param wanted shape of the input; axis 0 counts samples and fits any N, `null` fits any size
 * @returns null if no harmless change makes the array fit
 */
export function fitShape(shape: readonly number[], wanted: readonly (number | null)[]): Fit | null {
  if (shape.length === 0 || wanted.length === 0) return null;
  const [samples, ...have] = shape as [number, ...number[]];
  const want = wanted.slice(1);
  if (matches(have, want)) return { how: 'same', shape };

  const permuted = channelsMoved(have, want);
  if (permuted) return { how: permuted.how, shape: [samples, ...permuted.shape] };

  // Axes of length 1 carry no information: [N, 28, 28] means [N, 1, 28, 28], and [N] means [N, 1].
  const core = have.filter((dim) => dim !== 1);
  const filled = fillAxes(core, want);
  if (filled) return { how: 'reshape', shape: [samples, ...filled] };

  // A flat row of the right length fits any shape, and any array of the right size fits a flat row.
  if (want.every((dim) => dim !== null) && sizeOf(have) === sizeOf(want) && (have.length === 1 || want.length === 1)) {
    return { how: 'reshape', shape: [samples, ...want] };
  }
  return null;
}

/**
 * Finds the shape in which an array without a sample axis fits an input as a whole: its own shape, or one with the same
 * elements in the same order. Returns null if there is none.
 */
export function fitWhole(shape: readonly number[], wanted: readonly (number | null)[]): readonly number[] | null {
  // Treat the array as the only sample of an input with one more axis.
  const fit = fitShape([1, ...shape], [null, ...wanted]);
  return fit && (fit.how === 'same' || fit.how === 'reshape') ? fit.shape.slice(1) : null;
}

/** Applies `fit` to a tensor. Copies the elements only if it moves channels. */
export function applyFit(tensor: Tensor, fit: Fit): Tensor {
  if (fit.how === 'same') return tensor;
  if (fit.how === 'reshape') return { ...tensor, shape: fit.shape };
  const [samples, a, b, c] = tensor.shape as [number, number, number, number];
  // [H, W, C] → [C, H, W] transposes a matrix of H·W rows; [C, H, W] → [H, W, C] transposes one of C rows.
  const [rows, columns] = fit.how === 'channelsFirst' ? [a * b, c] : [a, b * c];
  const data = tensor.data.slice();
  for (let n = 0; n < samples; n++) {
    const base = n * rows * columns;
    for (let r = 0; r < rows; r++) {
      for (let k = 0; k < columns; k++) data[base + k * rows + r] = tensor.data[base + r * columns + k];
    }
  }
  return { dtype: tensor.dtype, shape: fit.shape, data };
}

function matches(have: readonly number[], want: readonly (number | null)[]): boolean {
  return have.length === want.length && want.every((dim, axis) => dim === null || dim === have[axis]);
}

/** Fits images whose channels are at the other end. Accepts only 1, 3 or 4 channels, so that only images match. */
function channelsMoved(have: readonly number[], want: readonly (number | null)[]): Fit | null {
  if (have.length !== 3 || want.length !== 3) return null;
  const [a, b, c] = have as [number, number, number];
  const isChannels = (dim: number): boolean => dim === 1 || dim === 3 || dim === 4;
  // With a single channel, both layouts have the same bytes, and the code for axes of length 1 handles them.
  if (c !== 1 && isChannels(c) && want[0] === c && matches([c, a, b], want))
    return { how: 'channelsFirst', shape: [c, a, b] };
  if (a !== 1 && isChannels(a) && want[2] === a && matches([b, c, a], want))
    return { how: 'channelsLast', shape: [b, c, a] };
  return null;
}

/** Fills all axes of `want` except those of length 1 from `core` in order. Returns null if the two disagree. */
function fillAxes(core: readonly number[], want: readonly (number | null)[]): number[] | null {
  const spare = want.filter((dim) => dim !== 1).length - core.length;
  // Free dimensions may also stand for axes of length 1, but which ones is clear only if all or none of them do.
  const free = want.filter((dim) => dim === null).length;
  if (spare !== 0 && spare !== free) return null;
  let next = 0;
  const filled = want.map((dim) => (dim === 1 || (dim === null && spare > 0) ? 1 : core[next++]));
  return next === core.length && filled.every((dim, axis) => want[axis] === null || want[axis] === dim) ? filled : null;
}
