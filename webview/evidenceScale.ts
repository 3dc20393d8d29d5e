/** Places of the marks on the scale of one figure, as shares of its width: 0 is the left end, 1 the right end. */
export interface EvidenceScale {
  /** Whether the scale is logarithmic, because figure and threshold are decades apart. */
  logarithmic: boolean;
  value: number;
  threshold: number;
  /** The ends of the error bar; null where the error is too small to be seen. */
  error: { from: number; to: number } | null;
  /** Where zero lies, on a linear scale whose threshold is not zero. */
  zero: number | null;
}

/** Room on both sides of the outermost marks. */
const MARGIN = 0.06;

/** From this ratio of figure and threshold on, a linear scale would press one of both against zero. */
const DECADES = 20;

/** A shorter error bar hides behind the dot. */
const VISIBLE = 0.015;

/**
 * Places a figure, its error and the threshold that it is compared with on one scale. A linear scale always holds zero.
 * @returns null where the figure or the threshold is not finite
 */
export function evidenceScale(value: number, error: number, threshold: number): EvidenceScale | null {
  if (!Number.isFinite(value) || !Number.isFinite(threshold)) return null;
  const spread = Number.isFinite(error) && error > 0 ? error : 0;
  const ratio = threshold === 0 ? 1 : value / threshold;
  const logarithmic = ratio > 0 && (ratio >= DECADES || ratio <= 1 / DECADES) && spread < Math.abs(value);
  // Both have the same sign here, so the size decides the place.
  const scaled = logarithmic ? (x: number) => Math.log10(Math.abs(x)) : (x: number) => x;
  const [low, high] = [scaled(value - spread), scaled(value + spread)].sort((a, b) => a - b);
  const marks = [low, high, scaled(threshold), ...(logarithmic ? [] : [0])];
  const [least, most] = [Math.min(...marks), Math.max(...marks)];
  if (!(most > least)) return null;
  const place = (x: number): number => MARGIN + ((1 - 2 * MARGIN) * (x - least)) / (most - least);
  const bar = { from: place(low), to: place(high) };
  return {
    logarithmic,
    value: place(scaled(value)),
    threshold: place(scaled(threshold)),
    error: bar.to - bar.from >= VISIBLE ? bar : null,
    zero: logarithmic || threshold === 0 ? null : place(0),
  };
}
