/** A number in a sentence: three significant digits, powers of ten only where zeros would have to be counted. */
export function figure(value: number, digits = 3): string {
  if (Number.isNaN(value)) return 'not a number';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const size = Math.abs(value);
  const text = size < 1e-3 || size >= 1e5 ? size.toExponential(digits - 1) : plain(size, digits);
  return `${value < 0 ? '−' : ''}${text.replace('e+', 'e')}`;
}

/** `0.2879 ± 0.0002`: as many digits as the error leaves, at least three and at most six. */
export function figureWithError(value: number, error: number): string {
  if (!(error > 0)) return figure(value);
  const digits = Math.ceil(Math.log10(Math.abs(value) / error)) + 1;
  return `${figure(value, Math.min(6, Math.max(3, Number.isFinite(digits) ? digits : 3)))} ± ${figure(error, 2)}`;
}

/** A fraction as a percentage. */
export function percent(fraction: number): string {
  const value = 100 * fraction;
  return `${Math.abs(value) >= 10 ? figure(value) : figure(value, 2)} %`;
}

/** "1 direction", "6 directions" */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

function plain(size: number, digits: number): string {
  const decimals = digits - 1 - Math.floor(Math.log10(size));
  if (decimals >= 0) return size.toFixed(Math.min(decimals, 12));
  const unit = 10 ** -decimals;
  return (Math.round(size / unit) * unit).toFixed(0);
}
