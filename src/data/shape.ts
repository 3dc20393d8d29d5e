import type { Tensor } from '../graph/tensor';
import { sizeOf } from '../graph/tensor';

/**
 * How an array becomes what an input wants:
 * - `same`: as it is
 * - `reshape`: the same elements in the same order under another shape: flattened, unflattened, or axes of length 1
 *   added or dropped
 * - `channelsFirst`: [N, H, W, C] to [N, C, H, W]; `channelsLast`: the other way
 */
export interface Fit {
  how: 'same' | 'reshape' | 'channelsFirst' | 'channelsLast';
  /** With the array's own number of samples on axis 0. */
  shape: readonly number[];
}

/**
 * @param shape of the array, [N, …]
 * @param wanted of the input; axis 0 counts samples and fits any N, `null` fits anything
 * @returns null when no harmless change makes it fit
 */
export function fitShape(shape: readonly number[], wanted: readonly (number | null)[]): Fit | null {
  if (shape.length === 0 || wanted.length === 0) return null;
  const [samples, ...have] = shape as [number, ...number[]];
  const want = wanted.slice(1);
  if (matches(have, want)) return { how: 'same', shape };

  const permuted = channelsMoved(have, want);
  if (permuted) return { how: permuted.how, shape: [samples, ...permuted.shape] };

  // Axes of length 1 carry nothing: [N, 28, 28] is [N, 1, 28, 28], [N] is [N, 1].
  const core = have.filter((dim) => dim !== 1);
  const filled = fillAxes(core, want);
  if (filled) return { how: 'reshape', shape: [samples, ...filled] };

  // A flat row of the right length, or the other way round.
  if (want.every((dim) => dim !== null) && sizeOf(have) === sizeOf(want) && (have.length === 1 || want.length === 1)) {
    return { how: 'reshape', shape: [samples, ...want] };
  }
  return null;
}

/**
 * The shape in which an array without samples is what an input wants as a whole: its own, or one with the same elements in
 * the same order. Null when none is.
 */
export function fitWhole(shape: readonly number[], wanted: readonly (number | null)[]): readonly number[] | null {
  // As the one sample of an input with an axis more.
  const fit = fitShape([1, ...shape], [null, ...wanted]);
  return fit && (fit.how === 'same' || fit.how === 'reshape') ? fit.shape.slice(1) : null;
}

/** The tensor as `fit` says; only moved channels cost a copy. */
export function applyFit(tensor: Tensor, fit: Fit): Tensor {
  if (fit.how === 'same') return tensor;
  if (fit.how === 'reshape') return { ...tensor, shape: fit.shape };
  const [samples, a, b, c] = tensor.shape as [number, number, number, number];
  // [H, W, C] → [C, H, W] transposes a matrix of H·W rows; [C, H, W] → [H, W, C] one of C rows.
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

/** Images whose channels are at the other end; only with 1, 3 or 4 channels, so that nothing else is taken for images. */
function channelsMoved(have: readonly number[], want: readonly (number | null)[]): Fit | null {
  if (have.length !== 3 || want.length !== 3) return null;
  const [a, b, c] = have as [number, number, number];
  const isChannels = (dim: number): boolean => dim === 1 || dim === 3 || dim === 4;
  // With a single channel both layouts are the same bytes, which the axes of length 1 below take care of.
  if (c !== 1 && isChannels(c) && want[0] === c && matches([c, a, b], want))
    return { how: 'channelsFirst', shape: [c, a, b] };
  if (a !== 1 && isChannels(a) && want[2] === a && matches([b, c, a], want))
    return { how: 'channelsLast', shape: [b, c, a] };
  return null;
}

/** `want` with its axes of length 1 kept and all others taken from `core` in order, or null when they do not agree. */
function fillAxes(core: readonly number[], want: readonly (number | null)[]): number[] | null {
  const spare = want.filter((dim) => dim !== 1).length - core.length;
  // Free dimensions may stand for axes of length 1 too, but which is only clear when all or none of them do.
  const free = want.filter((dim) => dim === null).length;
  if (spare !== 0 && spare !== free) return null;
  let next = 0;
  const filled = want.map((dim) => (dim === 1 || (dim === null && spare > 0) ? 1 : core[next++]));
  return next === core.length && filled.every((dim, axis) => want[axis] === null || want[axis] === dim) ? filled : null;
}
