/** A tensor, a table or a graph is larger than anything that can be computed with here. */
export class TooLargeError extends Error {}

/** Elements of one tensor: 4 TiB of float32. No machine runs it, and products of shapes stay exact far below 2⁵³. */
export const MOST_ELEMENTS = 2 ** 40;

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

/** @throws TooLargeError where a shape has more elements than any machine computes with; Error where it is no shape */
export function checkShape(shape: readonly number[]): void {
  let size = 1;
  for (const dim of shape) {
    if (!Number.isSafeInteger(dim) || dim < 0) throw new Error(`the result would have shape [${shape.join(',')}]`);
    size *= dim;
  }
  // A product with a zero in it is small, whatever the other lengths are.
  if (!(size <= MOST_ELEMENTS)) throw new TooLargeError(`a result of shape [${shape.join(',')}] is too large`);
}
