import type { Estimate } from '../src/report/sections/estimate';

/** How every number on the page is written: true minus signs, engineering exponents, as many digits as the error allows. */

const MINUS = '\u2212';
/** Narrow no-break space: groups digits without looking like a decimal mark to anyone. */
const GROUP = '\u202f';
const SUPERSCRIPT = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** Outside [PLAIN_FROM, PLAIN_TO) a number is written with a power of ten. */
const PLAIN_FROM = 1e-3;
const PLAIN_TO = 1e5;

/** "0.4044", "−1.346", "12.3 × 10⁻⁶", "∞". Trailing zeros are dropped: nothing is known about them here. */
export function formatNumber(value: number, digits = 4): string {
  const special = formatSpecial(value);
  if (special !== null) return special;
  const magnitude = Math.abs(value);
  if (magnitude >= PLAIN_FROM && magnitude < PLAIN_TO) return signed(trimZeros(toDigits(value, digits)));
  const exponent = engineeringExponent(value);
  return `${signed(trimZeros(toDigits(value / 10 ** exponent, digits)))} × ${powerOfTen(exponent)}`;
}

/**
 * "0.404 ± 0.020": the error to two digits, the value to the same decimal place. An error too small to show within
 * eight digits of the value is written apart: "60.646766 ± 1.2 × 10⁻⁹".
 */
export function formatWithError(value: number, error: number): string {
  if (!Number.isFinite(value) || !Number.isFinite(error) || error < 0) {
    return Number.isNaN(error) ? formatNumber(value) : `${formatNumber(value)} ± ${formatNumber(error, 2)}`;
  }
  if (error === 0) return formatNumber(value, 6);
  const lead = Math.max(Math.abs(value), error);
  const exponent = lead >= PLAIN_FROM && lead < PLAIN_TO ? 0 : engineeringExponent(lead);
  const scale = 10 ** exponent;
  const decimals = Math.max(0, 1 - Math.floor(Math.log10(roundToDigits(error / scale, 2))));
  const wholeDigits = Math.max(1, Math.floor(Math.log10(Math.max(lead / scale, Number.MIN_VALUE))) + 1);
  if (decimals + wholeDigits > 9) return `${formatNumber(value, 8)} ± ${formatNumber(error, 2)}`;
  const body = `${signed((value / scale).toFixed(decimals))} ± ${(error / scale).toFixed(decimals)}`;
  return exponent === 0 ? body : `(${body}) × ${powerOfTen(exponent)}`;
}

/** Below this relative error all digits of a compact number are certain. */
const CERTAIN = 2e-5;

/** The same for tight places: where the error would not move the fifth digit, five digits say it all. */
export function formatCompact(value: number, error: number): string {
  return error <= CERTAIN * Math.abs(value) ? formatNumber(value, 5) : formatWithError(value, error);
}

/** "61 706", "25.6 million". */
export function formatCount(count: number): string {
  if (!Number.isFinite(count)) return formatNumber(count);
  if (Math.abs(count) >= 1e9) return `${trimZeros((count / 1e9).toPrecision(3))} billion`;
  if (Math.abs(count) >= 1e7) return `${trimZeros((count / 1e6).toPrecision(3))} million`;
  const digits = Math.abs(Math.round(count)).toString();
  return (count < 0 ? MINUS : '') + digits.replace(/\B(?=(\d{3})+$)/g, GROUP);
}

/** A fraction as "85.3 %". */
export function formatPercent(fraction: number): string {
  return Number.isFinite(fraction) ? `${signed((fraction * 100).toFixed(1))} %` : formatNumber(fraction);
}

/** "85.3 ± 0.4 %"; without the error where it would not move the digits. */
export function formatPercentWithError(fraction: number, error: number): string {
  return error > CERTAIN * Math.abs(fraction)
    ? `${formatWithError(fraction * 100, error * 100)} %`
    : formatPercent(fraction);
}

/** A mean over probes with its standard error; what is exact has none. Of a single probe nobody knows it. */
export function formatEstimate({ value, standardError = NaN }: Estimate): string {
  return Number.isNaN(standardError) ? `${formatNumber(value)} ${UNKNOWN}` : formatCompact(value, standardError);
}

/** The same of a fraction, as a percentage. */
export function formatShare({ value, standardError = NaN }: Estimate): string {
  if (Number.isNaN(standardError)) return `${formatPercent(value)} ${UNKNOWN}`;
  return formatPercentWithError(value, standardError);
}

const UNKNOWN = '(error not known)';

/** "43 ms", "1.24 s", "3 min 20 s". */
export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return formatNumber(seconds);
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${seconds.toPrecision(3)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** A tick of a linear axis: short, the float dust of the tick generator rounded away. */
export function formatTick(value: number): string {
  return formatNumber(value, 3);
}

/** A tick of a log axis: whole decades only, the rest stay unlabelled. */
export function formatDecade(value: number): string {
  const exponent = Math.log10(value);
  const whole = Math.round(exponent);
  if (Math.abs(exponent - whole) > 1e-9) return '';
  return whole >= -2 && whole <= 3 ? signed(String(Number((10 ** whole).toPrecision(1)))) : powerOfTen(whole);
}

export function powerOfTen(exponent: number): string {
  const digits = [...String(Math.abs(exponent))].map((digit) => SUPERSCRIPT[Number(digit)]).join('');
  return `10${exponent < 0 ? '⁻' : ''}${digits}`;
}

function formatSpecial(value: number): string | null {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Infinity) return '∞';
  if (value === -Infinity) return `${MINUS}∞`;
  return value === 0 ? '0' : null;
}

/** The multiple of three at or below the leading decimal, after rounding: 999.96e-6 is 1 × 10⁻³ in four digits. */
function engineeringExponent(value: number): number {
  return 3 * Math.floor(Math.log10(Math.abs(Number(value.toPrecision(4)))) / 3);
}

/** `toPrecision` without its switch to exponents: digits before the decimal point are never cut to zeros. */
function toDigits(value: number, digits: number): string {
  const whole = Math.floor(Math.log10(Math.abs(value))) + 1;
  return value.toFixed(Math.min(100, Math.max(0, digits - whole)));
}

function roundToDigits(value: number, digits: number): number {
  return Number(value.toPrecision(digits));
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

function signed(text: string): string {
  const unsigned = text.replace(/^-/, '');
  return text.startsWith('-') && Number(unsigned) !== 0 ? MINUS + unsigned : unsigned;
}

/** A sentence whose figures do not break over two lines: "1.2e-4" at its hyphen, "0.4 ± 0.1" and "17 %" at their spaces. */
export function keepFiguresWhole(sentence: string): string {
  return sentence
    .replace(/(?<=\de)-(?=\d)/g, '−')
    .replaceAll(' ± ', '\u00a0±\u00a0')
    .replace(/(?<=\d) (?=%)/g, '\u00a0');
}
