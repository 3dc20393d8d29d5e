/** Decades shown on either side of a check's limit. */
const [BELOW, ABOVE] = [4, 2];
const MARGIN = 0.05;

/**
 * Where a check's measured disagreement and its limit stand on a scale of decades, in units of its width. Every check
 * has its limit in the same place, so that a list of them is read at a glance; what is beyond the scale stands at its end.
 * @returns null where there is nothing to draw: a figure that is no number, or a limit of zero
 */
export function checkMark(value: number, limit: number): { value: number; limit: number } | null {
  if (Number.isNaN(value) || !(limit > 0) || !Number.isFinite(limit)) return null;
  const place = (decades: number): number =>
    MARGIN + ((1 - 2 * MARGIN) * (Math.min(Math.max(decades, -BELOW), ABOVE) + BELOW)) / (BELOW + ABOVE);
  return { value: place(Math.log10(Math.abs(value) / limit)), limit: place(0) };
}
