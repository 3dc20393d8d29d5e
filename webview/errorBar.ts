/** Positions of the marks in a small error bar, as fractions of its width: 0 is the left end, 1 the right end. */
export interface ErrorBarGeometry {
  zero: number;
  value: number;
  from: number;
  to: number;
}

const MARGIN = 0.08;

/** A smaller relative error hides behind the dot, and a dot alone tells nothing that the number does not. */
const VISIBLE = 0.02;

/**
 * Places a value and its error on a scale that always includes zero, so that one sees whether the sign is certain.
 * @returns null where there is nothing to see: the value is not finite, or the error is unknown or tiny
 */
export function errorBarGeometry(value: number, error: number): ErrorBarGeometry | null {
  if (!Number.isFinite(value) || !Number.isFinite(error) || error < 0) return null;
  if (error < VISIBLE * Math.abs(value)) return null;
  const low = Math.min(0, value - error);
  const high = Math.max(0, value + error);
  if (!(high > low)) return null;
  const place = (x: number): number => MARGIN + ((1 - 2 * MARGIN) * (x - low)) / (high - low);
  return { zero: place(0), value: place(value), from: place(value - error), to: place(value + error) };
}
