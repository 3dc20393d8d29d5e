import { formatNumber } from '../text/numbers';
import type { Judgment } from './diagnostic';
import type { WayOut } from './escape';
import type { Limits } from './limits';
import { lossUnit } from './lossUnit';
import type { Measurements } from './measurements';

/** Whether a way out was found that lowers the loss by more than a step at a critical point may. */
export function leadsOut(
  { loss, escape }: Pick<Measurements, 'loss'> & Partial<Pick<Measurements, 'escape'>>,
  limits: Limits,
): WayOut | null {
  const best = escape?.best;
  if (!best) return null;
  const { value, error } = best.decrease;
  return value - error > limits.stationaryDecrease * lossUnit(loss, limits) ? best : null;
}

/** States the way out that was found. */
export function wayOut({ direction, step, loss, decrease }: WayOut): string {
  const where = direction.startsWith('random/')
    ? 'in a direction in which all layers move together'
    : 'along the eigenvector of λ_min';
  return `At distance ${formatNumber(step, 3)} ${where} the loss is ${formatNumber(loss, 3)}, lower by ${formatNumber(decrease.value, 3)}, and it does not rise on the way.`;
}

/** The lowest loss that was found by leaving θ. */
export function escapeEvidence(
  { loss, escape }: Pick<Measurements, 'loss'> & Partial<Pick<Measurements, 'escape'>>,
  limits: Limits,
): Judgment['evidence'] {
  if (!escape) return [];
  const { best } = escape;
  const value = best ? best.loss : loss.value;
  const threshold = loss.value - limits.stationaryDecrease * lossUnit(loss, limits);
  return [{ name: 'lowest loss found on the ways out', value, error: best ? best.decrease.error : 0, threshold }];
}
