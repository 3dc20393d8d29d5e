/**
 * Whether a fault is what the language throws where a file gives numbers or kinds that nothing can be made of: lengths below
 * zero, fractions for whole numbers, things that are not there.
 */
export function isMalformation(fault: unknown): fault is Error {
  return fault instanceof RangeError || fault instanceof TypeError || fault instanceof SyntaxError;
}
