import { formatNumber, powerOfTen } from '../src/text/numbers';

/** Digits of a tick where its axis spans much: they hide the rounding errors of the tick generator. */
const TICK_DIGITS = 3;
/** float32 has no more digits than these. */
const MOST_TICK_DIGITS = 8;

/**
 * Formats a tick of a linear axis.
 * @param ticks all ticks of the axis; close ones get as many digits as tell them apart
 */
export function formatTick(value: number, ticks: readonly { value: number }[] = []): string {
  const [first, second] = ticks;
  if (!first || !second) return formatNumber(value, TICK_DIGITS);
  const step = Math.abs(second.value - first.value);
  const largest = Math.max(...ticks.map((tick) => Math.abs(tick.value)));
  const digits = Math.floor(Math.log10(largest)) - Math.floor(Math.log10(step) + 1e-9) + 1;
  return formatNumber(value, Math.min(MOST_TICK_DIGITS, Math.max(TICK_DIGITS, digits || TICK_DIGITS)));
}

/** Formats a tick of a log axis. Only whole decades get a label. */
export function formatDecade(value: number): string {
  const exponent = Math.log10(value);
  const whole = Math.round(exponent);
  if (Math.abs(exponent - whole) > 1e-9) return '';
  return whole >= -2 && whole <= 3 ? formatNumber(10 ** whole) : powerOfTen(whole);
}

const UNITS = [
  '%|ms|s|min|h|days?|bytes|[KMGT]iB|[kGT]?FLOPs?|million|billion',
  'samples?|points?|steps?|probes?|products?|tensors?|units?|layers?|directions?|eigenvalues?|gradients?|minim(?:um|a)',
].join('|');
const BEFORE_UNIT = new RegExp(`(?<=\\d) (?=(?:${UNITS})(?![\\p{L}\\d]))`, 'gu');

/** Keeps each figure of a sentence on one line, and gives "1.2e-4", as reports of earlier versions have it, its minus. */
export function keepFiguresWhole(sentence: string): string {
  return unbroken(sentence.replace(/(?<=\de)-(?=\d)/g, '−'));
}

/** Puts spaces that do not break inside "0.4 ± 0.1", "2 × 10⁻⁴", "17 %" and "43 ms". */
export function unbroken(sentence: string): string {
  return (
    sentence
      // A fraction such as 2/λ_max stays whole: a word joiner follows its slash.
      .replace(/\/(?=λ|‖|√)/g, '/\u2060')
      .replaceAll(' ± ', '\u00a0±\u00a0')
      .replaceAll(' × 10', '\u00a0×\u00a010')
      .replace(BEFORE_UNIT, '\u00a0')
  );
}
