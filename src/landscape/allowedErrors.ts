/** The highest losses do not set the scale, because a single huge corner would excuse any error in the basin. */
const WITHIN_RANGE = 0.95;

/** Relative precision of the loss of a float32 graph. No smaller error is demanded. */
const ROUNDING = 2 ** -20;

/**
 * How far off each value of a picture may be, so that the error stays below `tolerance` on both of its scales:
 *   linear: tolerance · max(high − low, v − low)      log, where every loss is positive: tolerance · v · ln(high/low)
 * low: the lowest finite value, high: the quantile at 95 % of them. Above it the error is relative to the height.
 * On the log scale a basin keeps its shape beside walls thousands of times higher.
 * @returns one per value; NaN where the value is not finite
 */
export function allowedErrors(values: readonly number[], tolerance: number): number[] {
  const finite = values.filter(Number.isFinite).sort((a, b) => a - b);
  if (finite.length === 0) return values.map(() => NaN);
  const low = finite[0];
  const high = finite[Math.ceil(WITHIN_RANGE * finite.length) - 1];
  return values.map((value) => {
    if (!Number.isFinite(value)) return NaN;
    const linear = Math.max(high - low, value - low);
    const log = low > 0 ? value * Math.log(high / low) : Infinity;
    return Math.max(tolerance * Math.min(linear, log), ROUNDING * Math.abs(value));
  });
}
