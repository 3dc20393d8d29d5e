/** Number of decades that the scale shows below and above a check's limit. */
const [BELOW, ABOVE] = [4, 2];
const MARGIN = 0.05;

/**
 * Places a check's measured disagreement and its limit on a logarithmic scale, as fractions of the scale's width.
 * Every limit stands in the same place, so that a list of checks can be read at a glance. A value beyond the scale
 * stands at its end.
 * @returns null where there is nothing to draw: the value is NaN, or the limit is zero or not finite
 */
export function checkMark(value: number, limit: number): { value: number; limit: number } | null {
  if (Number.isNaN(value) || !(limit > 0) || !Number.isFinite(limit)) return null;
  const place = (decades: number): number =>
    MARGIN + ((1 - 2 * MARGIN) * (Math.min(Math.max(decades, -BELOW), ABOVE) + BELOW)) / (BELOW + ABOVE);
  return { value: place(Math.log10(Math.abs(value) / limit)), limit: place(0) };
}
