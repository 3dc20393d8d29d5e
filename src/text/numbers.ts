/**
 * How every number is written, in sentences, in the terminal, on the page and in exports: a true minus sign, powers of
 * ten outside [0.001, 100 000), and as many digits as the error leaves.
 */

const MINUS = '\u2212';
const SUPERSCRIPT = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** Outside [PLAIN_FROM, PLAIN_TO) a number is written with a power of ten. */
const PLAIN_FROM = 1e-3;
const PLAIN_TO = 1e5;

/** A value with an error has at most this many digits. */
const MOST_DIGITS = 6;

/** "0.4044", "2.300", "2", "1.23 × 10⁻⁵", "∞". Drops trailing zeros where the number is exactly the shorter one. */
export function formatNumber(value: number, digits = 4): string {
  return formatSpecial(value) ?? (isPlain(value) ? toDigits(value, digits) : withPower(value, digits));
}

/**
 * A number of the user's model or data with every digit it has: "0.1234567", "−0.5", "1 × 10⁻⁷". Whole numbers keep
 * theirs together, "−100" and "16777217", because they may be labels, which are typed.
 */
export function formatExact(value: number): string {
  const special = formatSpecial(value);
  if (special !== null) return special;
  if (isPlain(value) || Number.isSafeInteger(value)) return signed(String(value));
  const [digits, exponent] = value.toExponential().split('e');
  return `${signed(digits)} × ${powerOfTen(Number(exponent))}`;
}

/**
 * "0.404 ± 0.020", "3.2 × 10⁻⁴ ± 1 × 10⁻⁵", "60.6468 ± 1.2 × 10⁻⁹": the error to two digits, the value to the decimal
 * place of the error's second digit, but to six digits at most.
 */
export function formatWithError(value: number, error: number): string {
  if (!(error >= 0)) return formatNumber(value);
  if (error === 0) return formatNumber(value, MOST_DIGITS);
  if (!Number.isFinite(value) || !Number.isFinite(error)) return `${formatNumber(value)} ± ${formatNumber(error, 2)}`;
  const place = exponentOf(error, 2) - 1;
  const lead = Math.max(Math.abs(value), error);
  const digits = Math.min(MOST_DIGITS, exponentOf(lead, MOST_DIGITS) - place + 1);
  if (!isPlain(lead)) return `${toPlace(value, place)} ± ${withPower(error, 2)}`;
  const decimals = Math.max(0, digits - 1 - exponentOf(lead, MOST_DIGITS));
  const shownError = isPlain(error) ? error.toFixed(Math.max(0, -place)) : withPower(error, 2);
  return `${signed(value.toFixed(decimals))} ± ${shownError}`;
}

/**
 * The same in sentences and tables: four digits alone where the error does not move the fourth. A figure without an
 * error beside it therefore has the same digits wherever it stands.
 */
export function formatCompact(value: number, error: number): string {
  return isCertain(value, error) ? formatNumber(value) : formatWithError(value, error);
}

/** Whether an error is smaller than what rounding to four digits leaves out. */
function isCertain(value: number, error: number): boolean {
  return error === 0 || (value !== 0 && error <= 0.5 * 10 ** (exponentOf(value, 4) - 3));
}

/** A value with its error where no sentence explains them: says "not resolved" where the error is as large as the figure. */
export function formatMeasured(value: number, error: number): string {
  return `${formatWithError(value, error)}${isResolved(value, error) ? '' : NOT_RESOLVED}`;
}

/**
 * A figure in a list of evidence: four digits where its error does not move the fourth, and "not resolved (± 0.0042)"
 * where the error is as large as the figure.
 */
export function formatEvidence(value: number, error: number): string {
  if (isResolved(value, error) || !Number.isFinite(value) || !Number.isFinite(error))
    return formatCompact(value, error);
  return `not resolved (± ${formatNumber(error, 2)})`;
}

/** A share in a sentence: "49 ± 12 %", or "a share that is not resolved (± 49 %)". */
export function formatShare(fraction: number, error: number): string {
  return isResolved(fraction, error)
    ? formatPercentWithError(fraction, error)
    : `a share that is not resolved (± ${formatPercent(error)})`;
}

/** Whether a figure is larger than its error. */
export function isResolved(value: number, error: number): boolean {
  return error === 0 || !(error >= Math.abs(value));
}

export const NOT_RESOLVED = ' (not resolved)';

/** A fraction as "85.3 %", "5.8 %", "0.012 %". */
export function formatPercent(fraction: number): string {
  if (!Number.isFinite(fraction)) return formatNumber(fraction);
  const value = 100 * fraction;
  return `${formatNumber(value, Math.abs(value) >= 10 ? 3 : 2)} %`;
}

/** "85.30 ± 0.40 %"; without the error where it would not move the digits. */
export function formatPercentWithError(fraction: number, error: number): string {
  return isCertain(fraction, error) || Number.isNaN(error)
    ? formatPercent(fraction)
    : `${formatWithError(fraction * 100, error * 100)} %`;
}

/** "10⁻⁵" */
export function powerOfTen(exponent: number): string {
  const digits = [...String(Math.abs(exponent))].map((digit) => SUPERSCRIPT[Number(digit)]).join('');
  return `10${exponent < 0 ? '⁻' : ''}${digits}`;
}

function isPlain(value: number): boolean {
  return value === 0 || (Math.abs(value) >= PLAIN_FROM && Math.abs(value) < PLAIN_TO);
}

function withPower(value: number, digits: number): string {
  const exponent = exponentOf(value, digits);
  return `${toDigits(value / 10 ** exponent, digits)} × ${powerOfTen(exponent)}`;
}

/** With a power of ten, rounded to a multiple of 10^place. */
function toPlace(value: number, place: number): string {
  const digits = exponentOf(value, MOST_DIGITS) - place + 1;
  if (value === 0 || digits < 0) return '0';
  // A value below the place may round up to it.
  if (digits === 0)
    return Math.abs(value) >= 5 * 10 ** (place - 1) ? withPower(Math.sign(value) * 10 ** place, 1) : '0';
  return withPower(value, Math.min(MOST_DIGITS, digits));
}

/** The exponent of the leading digit after rounding: 999.96 is 1.000 × 10³ in four digits. */
function exponentOf(value: number, digits: number): number {
  return value === 0 ? 0 : Math.floor(Math.log10(Math.abs(Number(value.toPrecision(digits)))));
}

function formatSpecial(value: number): string | null {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Infinity) return '∞';
  if (value === -Infinity) return `${MINUS}∞`;
  return value === 0 ? '0' : null;
}

/** `toPrecision` without its switch to exponents: digits before the decimal point are never cut to zeros. */
function toDigits(value: number, digits: number): string {
  const whole = exponentOf(value, digits) + 1;
  const text = value.toFixed(Math.min(100, Math.max(0, digits - whole)));
  const short = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  return signed(Math.abs(Number(short) - value) <= DUST * Math.abs(value) ? short : text);
}

/** What float32 leaves of a number that was typed, relative to it. */
const DUST = 1e-6;

function signed(text: string): string {
  const unsigned = text.replace(/^-/, '');
  return text.startsWith('-') && Number(unsigned) !== 0 ? MINUS + unsigned : unsigned;
}
