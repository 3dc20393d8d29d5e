/** A tensor, a table or a graph is larger than anything that can be computed with here. */
export class TooLargeError extends Error {}

/** Elements of one tensor: 4 TiB of float32. No machine runs it, and products of shapes stay exact far below 2⁵³. */
export const MOST_ELEMENTS = 2 ** 40;

/** Elements of one result that a model may have, however small it is: 256 MiB of float32. */
export const MOST_RESULT = 2 ** 26;

/**
 * Elements of one result for each element of the model's inputs and tensors. Honest models multiply by thousands at most:
 * scores of attention by the number of tokens, a renderer by the width of its hidden layers. A file of a kilobyte whose
 * nodes each double what they read multiplies by millions.
 */
const MOST_GAIN = 2 ** 16;

/** Elements that one result may have. @param given elements of the model's inputs, weights and constants together */
export const mostElements = (given: number): number => Math.max(MOST_RESULT, MOST_GAIN * given);

/** Elements of a table that is written out while a graph is built, such as positions: half a GiB of numbers. */
const MOST_WRITTEN = 2 ** 26;

/**
 * Core operators that a model may become. The largest networks become some ten thousand, a recurrent layer twenty for
 * each of its steps; beyond a quarter of a million, graphs take minutes to build and to prepare.
 */
export const MOST_NODES = 2 ** 18;

/**
 * `each(0)`, `each(1)`, … of a table whose length follows from shapes and attributes of a file.
 * @throws TooLargeError where the table would be too long to be written out
 */
export function counted<T>(length: number, each: (i: number) => T): T[] {
  checkWritten(length);
  return Array.from({ length }, (_, i) => each(i));
}

/** @throws TooLargeError where a table of so many numbers, or so many steps to make one, are too many */
export function checkWritten(length: number): void {
  if (length > MOST_WRITTEN) throw new TooLargeError(`a table of ${length} numbers would be written out`);
}

/** 0, 1, …, length − 1. @throws TooLargeError */
export function upTo(length: number): number[] {
  return counted(length, (i) => i);
}

/**
 * @param most elements that the graph's own inputs and tensors account for
 * @throws TooLargeError where a shape has more elements than that, or than any machine computes with; Error where it is no
 * shape
 */
export function checkShape(shape: readonly number[], most = Infinity): void {
  let size = 1;
  for (const dim of shape) {
    if (!Number.isSafeInteger(dim) || dim < 0) throw new Error(`the result would have shape [${shape.join(',')}]`);
    size *= dim;
  }
  // A product with a zero in it is small, whatever the other lengths are.
  if (!(size <= MOST_ELEMENTS)) throw new TooLargeError(`a result of shape [${shape.join(',')}] is too large`);
  if (size > most) {
    throw new TooLargeError(
      `a result of shape [${shape.join(',')}] has more than the ${most} elements allowed for inputs and tensors as small as those of this model`,
    );
  }
}
