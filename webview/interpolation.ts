import { formatNumber } from '../src/text/numbers';

/** Tells whether a point of a chart was measured. A report without this information has only measured points. */
export function isMeasured(evaluated: readonly boolean[] | undefined, index: number): boolean {
  return evaluated?.[index] ?? true;
}

/**
 * Returns the lines of a tooltip, such as "loss 0.5 ± 0.02" and "interpolated". The word "measured" appears only in
 * charts that have measured and interpolated points.
 */
export function lossText(loss: number, digits: number, error: number | undefined): string[] {
  return valueText('loss', loss, digits, error);
}

/** The same for another quantity, such as "λ_max 12.3". */
export function valueText(quantity: string, of: number, digits: number, error: number | undefined): string[] {
  const value = `${quantity} ${formatNumber(of, digits)}`;
  if (error === undefined) return [value];
  if (error === 0) return [value, 'measured'];
  return [Number.isFinite(error) ? `${value} ± ${formatNumber(error, 2)}` : value, 'interpolated'];
}
