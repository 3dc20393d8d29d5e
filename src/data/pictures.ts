/** Sides of a picture that was flattened are at least so long. */
const LEAST_SIDE = 8;
/** Pictures use the whole range of a byte; tables of counts and codes rarely do. */
const LEAST_PEAK = 128;

/**
 * Whether bytes are pixels rather than a table of small integers: a model that reads [N, C, H, W] or more axes; else an
 * array [N, H, W], [N, H, W, C] or flattened squares of 1, 3 or 4 channels, with values beyond half of the range.
 * @param array shape of the bytes as saved, [N, …]
 * @param input shape that the model wants, [N, …]
 * @param peak largest value
 */
export function arePictures(array: readonly number[], input: readonly (number | null)[], peak: number): boolean {
  if (input.length >= 4) return true;
  if (peak < LEAST_PEAK) return false;
  const [, ...sizes] = array;
  if (sizes.length >= 3) return true;
  if (sizes.length === 2) return sizes.every((size) => size >= LEAST_SIDE);
  const [length = 0] = sizes;
  return [1, 3, 4].some((channels) => {
    const side = Math.sqrt(length / channels);
    return Number.isInteger(side) && side >= LEAST_SIDE;
  });
}
