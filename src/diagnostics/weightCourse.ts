import type { LayerGradient, WithError } from './measurements';

/** ‖gₗ‖·‖Wₗ‖ over the weight matrices, in the order of the graph. */
export interface WeightCourse {
  first: string;
  last: string;
  /** Number of matrices with a gradient. */
  count: number;
  /** First over last. */
  factor: number;
  /** Factor per matrix towards the input: the mean of the single ones, with its standard error; null for fewer than three. */
  rate: WithError | null;
  /** Names of matrices whose gradient is exactly zero. */
  zero: readonly string[];
}

/**
 * Follows ‖gₗ‖·‖Wₗ‖, which does not change when layers are scaled against one another, through the weight matrices.
 * @returns null where norms of the weights or gradients are missing
 */
export function weightCourse(layers: readonly LayerGradient[]): WeightCourse | null {
  const matrices = layers.filter(({ shape, count }) => shape.length > 1 && count > 0);
  if (matrices.some(({ weightNorm }) => weightNorm === undefined)) return null;
  const sizes = matrices.map(({ name, norm, weightNorm = 0 }) => ({ name, size: norm * weightNorm }));
  const moving = sizes.filter(({ size }) => size > 0);
  const [first, last] = [moving[0], moving[moving.length - 1]];
  if (!first || !last) return null;
  const logs = moving.map(({ size }) => Math.log(size));
  const steps = logs.slice(1).map((log, i) => logs[i] - log);
  return {
    first: first.name,
    last: last.name,
    count: moving.length,
    factor: first.size / last.size,
    rate: steps.length < 2 ? null : rateOf(steps),
    zero: sizes.filter(({ size }) => size === 0).map(({ name }) => name),
  };
}

function rateOf(steps: readonly number[]): WithError {
  const mean = steps.reduce((sum, step) => sum + step, 0) / steps.length;
  const spread = steps.reduce((sum, step) => sum + (step - mean) ** 2, 0);
  const value = Math.exp(mean);
  return { value, error: value * Math.sqrt(spread / (steps.length - 1) / steps.length) };
}
