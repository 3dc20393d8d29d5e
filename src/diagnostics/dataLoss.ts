import { formatPercent } from '../text/numbers';
import type { Limits } from './limits';
import type { WithError, Measurements } from './measurements';
import type { Stationarity } from './stationarity';

/** The loss without weight decay at θ, and its change through the best step along −g. */
export interface DataLoss extends WithError {
  /** The decrease through that step. Negative if this loss rises, null if unknown. */
  decrease: WithError | null;
}

/**
 * Computes the loss without weight decay, L(θ) − x/2·‖θ‖². Only this part can be compared with a chance loss. A step of
 * length s along −g lowers the weight decay by x·(s·θᵀg/‖g‖ − s²/2), and the rest of the decrease comes from the data.
 */
export function dataLoss(
  { loss, gradient }: Pick<Measurements, 'loss' | 'gradient'>,
  { decrease, step }: Pick<Stationarity, 'decrease' | 'step'>,
): DataLoss {
  const { weightDecay } = loss;
  if (!weightDecay) return { value: loss.value, error: loss.error, decrease };
  const { rate, value: decay } = weightDecay;
  const norm = gradient.norm.value;
  const along = norm > 0 ? gradient.alongParameters : 0;
  const known = decrease !== null && step !== null && along !== null;
  const decayed = known && norm > 0 ? rate * ((step * along) / norm - step ** 2 / 2) : 0;
  return {
    value: loss.value - decay,
    error: loss.error,
    decrease: known ? { value: decrease.value - decayed, error: decrease.error } : null,
  };
}

/** Returns `point`, or a stationary point if only the weight decay still falls. */
export function nearnessOfData(point: Stationarity, data: DataLoss, limits: Limits): Stationarity {
  const { decrease, value } = data;
  if (decrease === point.decrease || decrease === null || !(value > 0)) return point;
  if (point.nearness === 'zero' || decrease.value + decrease.error > limits.stationaryDecrease * value) return point;
  const gain = formatPercent(Math.max(0, decrease.value) / value);
  const sentence = `Only the weight decay still falls: the best step along −g would lower the rest of the loss by ${gain}.`;
  return { ...point, nearness: 'stationary', sentence };
}
