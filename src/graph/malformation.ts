/**
 * Whether the language threw this error because a file contains unusable values: negative lengths, fractions instead of
 * whole numbers, missing things.
 */
export function isMalformation(fault: unknown): fault is Error {
  return fault instanceof RangeError || fault instanceof TypeError || fault instanceof SyntaxError;
}
