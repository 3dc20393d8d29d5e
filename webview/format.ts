import { formatNumber, powerOfTen } from '../src/text/numbers';

/** Formats a tick of a linear axis. Three digits hide the rounding errors of the tick generator. */
export function formatTick(value: number): string {
  return formatNumber(value, 3);
}

/** Formats a tick of a log axis. Only whole decades get a label. */
export function formatDecade(value: number): string {
  const exponent = Math.log10(value);
  const whole = Math.round(exponent);
  if (Math.abs(exponent - whole) > 1e-9) return '';
  return whole >= -2 && whole <= 3 ? formatNumber(10 ** whole) : powerOfTen(whole);
}

/**
 * Keeps each figure of a sentence on one line. Replaces the spaces inside "0.4 ± 0.1", "2 × 10⁻⁴" and "17 %" by
 * non-breaking ones. Replaces the hyphen of "1.2e-4", which reports of earlier versions contain, by a minus sign.
 */
export function keepFiguresWhole(sentence: string): string {
  return sentence
    .replace(/(?<=\de)-(?=\d)/g, '−')
    .replaceAll(' ± ', '\u00a0±\u00a0')
    .replaceAll(' × 10', '\u00a0×\u00a010')
    .replace(/(?<=\d) (?=%)/g, '\u00a0');
}
