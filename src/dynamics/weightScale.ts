import { norm } from '../numerics/vectors';
import type { ParameterTensor, WeightRole } from '../objective/objective';

/** The scale of a weight tensor, and the one that a rule of initialization gives it. */
export interface FoundScale {
  /** √(mean w²) */
  rms: number;
  rule: 'he' | 'glorot';
  /** Root mean square over the standard deviation of the rule. */
  ratio: number;
}

/** Units that pass about half of the variance: He's rule makes up for it. */
const RECTIFIERS = new Set(['Relu', 'LeakyRelu', 'PRelu', 'Elu', 'Celu', 'ThresholdedRelu', 'Clip']);
const SMOOTH_RECTIFIERS = new Set(['Gelu', 'FastGelu', 'QuickGelu', 'Swish', 'HardSwish', 'Mish', 'Softplus']);
/** Neither rule is for periodic units, nor for SELU, which has its own. */
const OTHER_RULES = new Set(['Sin', 'Selu']);

/**
 * Compares the scale of weights with the rule for the activation behind them: He's variance 2/((1 + slope²)·fan-in)
 * before rectifiers, Glorot's 2/(fan-in + fan-out) elsewhere.
 * @returns null for tensors that have no such rule
 * @see Glorot & Bengio 2010; He, Zhang, Ren & Sun 2015, arXiv:1502.01852
 */
export function weightScale(
  { fans, activation, slope }: WeightRole,
  { offset, count }: ParameterTensor,
  theta: Float32Array,
): FoundScale | null {
  if (!fans || (activation !== null && OTHER_RULES.has(activation))) return null;
  const isRectified = activation !== null && (RECTIFIERS.has(activation) || SMOOTH_RECTIFIERS.has(activation));
  const variance = isRectified ? 2 / ((1 + slope ** 2) * fans.in) : 2 / (fans.in + fans.out);
  const rms = norm(theta.subarray(offset, offset + count)) / Math.sqrt(count);
  return { rms, rule: isRectified ? 'he' : 'glorot', ratio: rms / Math.sqrt(variance) };
}
