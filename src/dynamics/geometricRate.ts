/** The factor per step of a sequence that grows or shrinks geometrically. */
export interface GeometricRate {
  /** Factor from one step to the next. */
  value: number;
  error: number;
}

/** Relative resolution of sizes that were computed in float32. */
const RESOLUTION = 1e-6;

/**
 * Fits sizes sᵢ ≈ c·rˣⁱ: the least-squares slope of ln s over x gives ln r.
 * Its standard error is the larger of two: that of the fit, √(Σ residuals²/(n − 2)/Σ(x − x̄)²), and that of the mean step of
 * a random walk, the standard deviation of the single slopes over √(n − 1). Each layer multiplies the signal by a factor of
 * its own, so the residuals are those of a random walk, and the first alone would be too small.
 * @param places x, ascending
 * @param sizes positive
 * @returns null for fewer than three sizes
 */
export function geometricRate(places: readonly number[], sizes: readonly number[]): GeometricRate | null {
  const n = sizes.length;
  if (n < 3) return null;
  const logs = sizes.map(Math.log);
  const [meanPlace, meanLog] = [average(places), average(logs)];
  const spread = places.reduce((sum, x) => sum + (x - meanPlace) ** 2, 0);
  const slope = places.reduce((sum, x, i) => sum + (x - meanPlace) * (logs[i] - meanLog), 0) / spread;
  const residuals = places.reduce((sum, x, i) => sum + (logs[i] - meanLog - slope * (x - meanPlace)) ** 2, 0);
  const ofFit = Math.sqrt(residuals / (n - 2) / spread);
  const steps = places.slice(1).map((x, i) => (logs[i + 1] - logs[i]) / (x - places[i]));
  const centre = average(steps);
  const ofWalk = Math.sqrt(steps.reduce((sum, step) => sum + (step - centre) ** 2, 0) / (n - 2) / (n - 1));
  const value = Math.exp(slope);
  return { value, error: value * Math.max(ofFit, ofWalk, RESOLUTION / (places[n - 1] - places[0])) };
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
