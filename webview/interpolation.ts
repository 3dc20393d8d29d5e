import { formatNumber } from '../src/text/numbers';

/** Whether a point of a chart was measured. A report without this information has only measured points. */
export function isMeasured(evaluated: readonly boolean[] | undefined, index: number): boolean {
  return evaluated?.[index] ?? true;
}

/** "0.5 ± 0.02 interpolated" as lines of a tooltip. "measured" appears only in a picture that has both. */
export function lossText(loss: number, digits: number, error: number | undefined): string[] {
  const value = `loss ${formatNumber(loss, digits)}`;
  if (error === undefined) return [value];
  if (error === 0) return [value, 'measured'];
  return [Number.isFinite(error) ? `${value} ± ${formatNumber(error, 2)}` : value, 'interpolated'];
}
