/** Width in pixels of a letter of a legend, and of the sign and the space around a name. */
const LETTER = 7;
const SIGN = 38;
/** Height of a row of a legend, in pixels. */
const ROW = 19;

/** The height in pixels that a legend needs beyond its first row, so that many names leave the chart its room. */
export function furtherRows(names: readonly string[], width: number): number {
  let [rows, used] = [1, 0];
  for (const name of names) {
    const needed = SIGN + LETTER * name.length;
    if (used > 0 && used + needed > width) [rows, used] = [rows + 1, 0];
    used += needed;
  }
  return (rows - 1) * ROW;
}
