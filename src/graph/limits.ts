import { formatExactCount } from '../text/counts';

/** A tensor, a table or a graph is too large to compute with. */
export class TooLargeError extends Error {}

/** Largest number of elements of one tensor: 4 TiB of float32. No machine runs it, and products of shapes stay exact far below 2⁵³. */
const MOST_ELEMENTS = 2 ** 40;

/** Elements that one result may have in any model, however small: 256 MiB of float32. */
export const MOST_RESULT = 2 ** 26;

/**
 * Largest number of elements of one result per element of the model's inputs and tensors. Ordinary models multiply by
 * thousands at most: attention scores by the number of tokens, a renderer by the width of its hidden layers. A file of a
 * kilobyte whose nodes each double their input multiplies by millions.
 */
const MOST_GAIN = 2 ** 16;

/** Elements that one result may have. @param given elements of the model's inputs, weights and constants together */
export const mostElements = (given: number): number => Math.max(MOST_RESULT, MOST_GAIN * given);

/** Elements of a table that the builder writes out, such as positions: half a GiB of numbers. */
const MOST_WRITTEN = 2 ** 26;

/**
 * Largest number of core operators of a model. The largest networks have about ten thousand, and a recurrent layer has
 * twenty for each step. Beyond a quarter of a million, graphs take minutes to build and to prepare.
 */
export const MOST_NODES = 2 ** 18;

/**
 * `each(0)`, `each(1)`, … of a table whose length follows from shapes and attributes of a file.
 * @throws TooLargeError if the table would be too long
 */
export function counted<T>(length: number, each: (i: number) => T): T[] {
  checkWritten(length);
  return Array.from({ length }, (_, i) => each(i));
}

/** @throws TooLargeError if a table has too many numbers, or takes too many steps to compute */
export function checkWritten(length: number): void {
  if (length > MOST_WRITTEN)
    throw new TooLargeError(`a table of ${formatExactCount(length)} numbers would be written out`);
}

/** 0, 1, …, length − 1. @throws TooLargeError */
export function upTo(length: number): number[] {
  return counted(length, (i) => i);
}

/**
 * @param most elements that the graph's own inputs and tensors justify
 * @throws TooLargeError if a shape has more elements than that, or more than any machine can hold; Error if it is not a
 * shape
 */
export function checkShape(shape: readonly number[], most = Infinity): void {
  let size = 1;
  for (const dim of shape) {
    if (!Number.isSafeInteger(dim) || dim < 0) throw new Error(`the result would have shape [${shape.join(',')}]`);
    size *= dim;
  }
  // A product with a zero is small, whatever the other lengths are.
  if (!(size <= MOST_ELEMENTS)) throw new TooLargeError(`a result of shape [${shape.join(',')}] is too large`);
  if (size > most) {
    throw new TooLargeError(
      `a result of shape [${shape.join(',')}] has more than the ${most} elements allowed for inputs and tensors as small as those of this model`,
    );
  }
}
