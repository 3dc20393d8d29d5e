import { mean, standardError } from '../numerics/statistics';
import type { Line } from '../report/report';
import type { LineRoughness, Roughness } from '../report/sections/roughness';

/** Relative precision of the loss of a float32 graph. */
const ROUNDING = 2 ** -20;
const LEAST_POINTS = 3;

/**
 * How rough a line is, relative to its range R = max L − min L over its finite points:
 *   total variation    Σ |Lᵢ₊₁ − Lᵢ| / R: 1 for a slope, at most 2 for a valley, more for every further hill
 *   second difference  mean of |Lᵢ₊₁ − 2Lᵢ + Lᵢ₋₁| / R, with uneven spacing as h²·(divided difference), h the mean spacing
 * Pairs and triples with a point that is not finite are left out. The errors are bounds: each point may be off by its
 * interpolation error and by the rounding of the loss.
 * @returns null where the line has fewer than three finite points or is flat to its rounding
 * @see Wu et al. 2021, arXiv:2103.11069 (normalized total variation of loss landscapes)
 */
export function roughnessOf({ alpha, loss, error }: Pick<Line, 'alpha' | 'loss' | 'error'>): LineRoughness | null {
  const finite = loss.filter(Number.isFinite);
  if (finite.length < LEAST_POINTS) return null;
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const rounding = ROUNDING * Math.max(Math.abs(low), Math.abs(high));
  const range = high - low;
  if (!(range > 2 * rounding) || !Number.isFinite(range)) return null;
  const off = loss.map((_, i) => (error?.[i] ?? 0) + rounding);
  const spacing = Math.abs(alpha[alpha.length - 1] - alpha[0]) / (alpha.length - 1);

  const steps: number[] = [];
  const bends: number[] = [];
  let [stepError, bendError] = [0, 0];
  for (let i = 0; i + 1 < loss.length; i++) {
    if (!Number.isFinite(loss[i]) || !Number.isFinite(loss[i + 1])) continue;
    steps.push(Math.abs(loss[i + 1] - loss[i]));
    stepError += off[i] + off[i + 1];
    if (i === 0 || !Number.isFinite(loss[i - 1])) continue;
    const [before, after] = [alpha[i] - alpha[i - 1], alpha[i + 1] - alpha[i]];
    const factor = (2 * spacing ** 2) / (before + after);
    bends.push(Math.abs(factor * ((loss[i + 1] - loss[i]) / after - (loss[i] - loss[i - 1]) / before)));
    bendError +=
      Math.abs(factor) * ((off[i] + off[i + 1]) / Math.abs(after) + (off[i] + off[i - 1]) / Math.abs(before));
  }
  if (bends.length === 0) return null;
  // The range itself is off by the errors of its two ends.
  const ofRange = (2 * Math.max(...off.filter(Number.isFinite))) / range;
  const relative = (value: number, bound: number) => ({
    value: value / range,
    error: bound / range + (value / range) * ofRange,
  });
  return {
    totalVariation: relative(
      steps.reduce((a, b) => a + b, 0),
      stepError,
    ),
    secondDifference: relative(mean(bends), bendError / bends.length),
    spacing,
  };
}

/** Means over lines along random directions, with the standard error over the directions. */
export function meanRoughness(lines: readonly LineRoughness[], range: readonly [number, number]): Roughness {
  const over = (of: (line: LineRoughness) => number) => {
    const values = lines.map(of);
    return { value: mean(values), standardError: standardError(values) };
  };
  return {
    totalVariation: over(({ totalVariation }) => totalVariation.value),
    secondDifference: over(({ secondDifference }) => secondDifference.value),
    spacing: lines[0].spacing,
    directions: lines.length,
    range: [...range],
  };
}
