import { symmetricEigen } from '../numerics/symmetric';

/** Scales of the features that a first layer reads, and what standardizing them would change. */
export interface FoundFeatures {
  features: number;
  /** Features that never change. */
  constant: number;
  /** Least and greatest standard deviation of the others. */
  deviation: { least: number; greatest: number };
  /** Largest |mean| over standard deviation. */
  offCentre: number;
  /** Condition number of E[x̃x̃ᵀ], x̃ the features that change and a 1 for the bias; ∞ where they depend on each other. */
  condition: number;
  /** The same with every feature of mean 0 and variance 1. */
  standardized: number;
}

/** More features than these are not taken apart: eigenvalues cost their number to the third power. */
const MOST_FEATURES = 256;
const MOST_SAMPLES = 4096;
/** Eigenvalues below this fraction of the largest are rounding of the sums. */
const ROUNDING = 1e-12;

/**
 * Means, variances and condition number of the features of a layer that is linear in them. For least squares E[x̃x̃ᵀ] is
 * half of the Hessian; for a first layer in general it is one factor of its Gauss-Newton block.
 * Cost: samples · features².
 * @param x [samples, features]
 * @returns null for a single sample or feature, or too many features
 * @see LeCun, Bottou, Orr & Müller 1998, Efficient BackProp, section 4.3; Martens & Grosse 2015, arXiv:1503.05671
 */
export function featureScales(x: ArrayLike<number>, features: number): FoundFeatures | null {
  const samples = Math.min(MOST_SAMPLES, x.length / features);
  if (samples < 2 || features < 2 || features > MOST_FEATURES) return null;
  const means = new Float64Array(features);
  for (let n = 0; n < samples; n++) for (let i = 0; i < features; i++) means[i] += x[n * features + i] / samples;
  const covariance = Array.from({ length: features }, () => new Float64Array(features));
  for (let n = 0; n < samples; n++) {
    for (let i = 0; i < features; i++) {
      const centred = (x[n * features + i] - means[i]) / samples;
      for (let j = 0; j <= i; j++) covariance[i][j] += centred * (x[n * features + j] - means[j]);
    }
  }
  const changing = [...means.keys()].filter((i) => covariance[i][i] > 0);
  if (changing.length === 0) return null;
  const deviations = changing.map((i) => Math.sqrt(covariance[i][i]));
  const moment = (a: number, b: number, scale: readonly number[], mean: readonly number[]): number => {
    const [i, j] = [changing[Math.max(a, b)], changing[Math.min(a, b)]];
    return covariance[i][j] / (scale[a] * scale[b]) + mean[a] * mean[b];
  };
  const conditionOf = (scale: readonly number[], mean: readonly number[]): number => {
    const rows = changing.map((_, a) => [...changing.map((__, b) => moment(a, b, scale, mean)), mean[a]]);
    const { values } = symmetricEigen([...rows, [...mean, 1]]);
    const [least, greatest] = [values[0], values[values.length - 1]];
    return least > ROUNDING * greatest ? greatest / least : Infinity;
  };
  const [ones, zeros] = [changing.map(() => 1), changing.map(() => 0)];
  return {
    features,
    constant: features - changing.length,
    deviation: { least: Math.min(...deviations), greatest: Math.max(...deviations) },
    offCentre: Math.max(...changing.map((i, a) => Math.abs(means[i]) / deviations[a])),
    condition: conditionOf(
      ones,
      changing.map((i) => means[i]),
    ),
    standardized: conditionOf(deviations, zeros),
  };
}
