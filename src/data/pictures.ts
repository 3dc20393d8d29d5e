/** Shortest side of a flattened image. */
const LEAST_SIDE = 8;
/** Smallest peak of pixels. Images use the whole range of a byte; tables of counts and codes rarely do. */
const LEAST_PEAK = 128;

/**
 * Whether bytes are pixels rather than a table of small integers. They are if the model reads [N, C, H, W] or more
 * axes. They also are if the array is [N, H, W], [N, H, W, C] or flattened squares of 1, 3 or 4 channels, and its peak
 * exceeds half of the range.
 * @param array shape of the bytes as saved, [N, …]
 * @param input shape that the model expects, [N, …]
 * @param peak largest value of the array
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
