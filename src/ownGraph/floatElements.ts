/** Floating types that a value of a file may have. */
export type FloatElement = 'float32' | 'float64' | 'float16' | 'bfloat16';

/** The numbers that a floating type holds: IEEE 754 for three of them, float32 cut to 16 bits for bfloat16. */
export interface FloatRange {
  /** Largest finite number. */
  largest: number;
  /** Smallest positive number with full precision. */
  smallestNormal: number;
}

export const FLOAT_RANGES: Readonly<Record<FloatElement, FloatRange>> = {
  float32: { largest: (2 - 2 ** -23) * 2 ** 127, smallestNormal: 2 ** -126 },
  float64: { largest: Number.MAX_VALUE, smallestNormal: 2 ** -1022 },
  float16: { largest: 65504, smallestNormal: 2 ** -14 },
  bfloat16: { largest: (2 - 2 ** -7) * 2 ** 127, smallestNormal: 2 ** -126 },
};

/** The runtime's names of these types. It names no type for values that are no tensors. */
const ELEMENTS: Readonly<Record<string, FloatElement | undefined>> = {
  float32: 'float32',
  float64: 'float64',
  float16: 'float16',
  bfloat16: 'bfloat16',
};

export const floatElement = (type: string): FloatElement | null =>
  Object.hasOwn(ELEMENTS, type) ? ELEMENTS[type]! : null;

/**
 * A number as a type holds it: ±∞ beyond its largest number. The CPU computes float16 in float32 and may leave out the
 * rounding between two operators, so that a number appears that float16 does not hold. From half a unit beyond the
 * largest number on, rounding gives ∞.
 */
export function heldIn(element: FloatElement, number: number): number {
  const half = element === 'float16' ? 16 : element === 'bfloat16' ? 2 ** 119 : 0;
  return half > 0 && Math.abs(number) >= FLOAT_RANGES[element].largest + half ? Math.sign(number) * Infinity : number;
}
