const LEVELS = '▁▂▃▄▅▆▇█';
/** Values that differ by less than this part of the largest are one level: float32 losses round by as much. */
const ROUNDING = 1e-6;

/**
 * Draws values as bars of eight heights, which span the finite values. Values that differ by rounding are level. NaN is
 * a gap and ±∞ an arrow, so that neither is hidden. If there are more values than `width`, each bar shows the largest of
 * a run of values, so that peaks survive.
 */
export function sparkline(values: readonly number[], width: number): string {
  const cells = values.length > width ? thinned(values, width) : values;
  const finite = cells.filter(Number.isFinite);
  const low = Math.min(...finite);
  const high = Math.max(...finite);
  const span = high - low > ROUNDING * Math.max(Math.abs(high), Math.abs(low)) ? high - low : 0;
  return cells
    .map((value) => {
      if (Number.isNaN(value)) return ' ';
      if (!Number.isFinite(value)) return value > 0 ? '↑' : '↓';
      return LEVELS[span > 0 ? Math.min(7, Math.floor((8 * (value - low)) / span)) : 0];
    })
    .join('');
}

/**
 * Draws a density on a log scale, since on a linear one the bulk hides the outliers. Values of at most `floor` times
 * the peak are gaps.
 */
export function densitySparkline(density: readonly number[], width: number, floor = 1e-6): string {
  const peak = Math.max(...density.filter(Number.isFinite));
  return sparkline(
    density.map((value) => (value > floor * peak ? Math.log10(value) : NaN)),
    width,
  );
}

function thinned(values: readonly number[], width: number): number[] {
  return Array.from({ length: width }, (_, i) => {
    const run = values.slice(Math.floor((i * values.length) / width), Math.floor(((i + 1) * values.length) / width));
    const known = run.filter((value) => !Number.isNaN(value));
    return known.length > 0 ? Math.max(...known) : NaN;
  });
}
