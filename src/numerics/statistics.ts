/** Σ xᵢ with compensated summation (Neumaier 1974): the error does not grow with the count. */
export function sum(values: Iterable<number>): number {
  let total = 0;
  let lost = 0;
  for (const value of values) {
    const next = total + value;
    lost += Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total;
    total = next;
  }
  // Once total is ±∞ the carried part is NaN; the sum is still ±∞.
  return Number.isNaN(lost) ? total : total + lost;
}

/** NaN for no values. */
export function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}

/** Sample standard deviation, denominator n − 1; NaN below two values. */
export function standardDeviation(values: readonly number[]): number {
  if (values.length < 2) return NaN;
  const centre = mean(values);
  return Math.sqrt(sum(values.map((value) => (value - centre) ** 2)) / (values.length - 1));
}

/** Standard error of the mean, s/√n; NaN below two values. */
export function standardError(values: readonly number[]): number {
  return standardDeviation(values) / Math.sqrt(values.length);
}

/** Middle value, the mean of the two middle ones for an even count; NaN for no values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/**
 * The value that a fraction p of the values does not exceed, linear between order statistics (type 7 of Hyndman & Fan
 * 1996); NaN for no values. Infinite values count: between a finite and an infinite one lies the infinite one.
 */
export function quantile(values: readonly number[], p: number): number {
  if (values.length === 0) return NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const place = p * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return low === high ? low : low + (place - Math.floor(place)) * (high - low);
}

/**
 * Standard error of a statistic of n parts by leaving each out once (jackknife):
 *   se² = (n−1)/n · Σᵢ (tᵢ − t̄)²,  tᵢ the statistic without part i.
 * @see Efron & Tibshirani 1993, An Introduction to the Bootstrap, chapter 11
 */
export function jackknife(leftOut: readonly number[]): number {
  const n = leftOut.length;
  if (n < 2) return NaN;
  const centre = mean(leftOut);
  return Math.sqrt(((n - 1) / n) * sum(leftOut.map((value) => (value - centre) ** 2)));
}
