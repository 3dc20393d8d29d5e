import type { ParameterMeasurement } from '../../src/report/report';
import type { Estimate } from '../../src/report/sections/estimate';
import type { PartCurvature } from '../../src/report/sections/parts';
import { formatEstimate } from '../../src/report/text/estimates';
import { formatNumber, formatPercent } from '../../src/text/numbers';

/** trace of the diagonal block; mean of its diagonal; length of its rows; θₗᵀHθₗ with the part's weights alone. */
export type PartMeasure = 'trace' | 'mean' | 'rowNorm' | 'weights';
export type PartLevel = PartCurvature['level'];

export interface PartBar {
  name: string;
  value: number;
  error: number;
  /** Number of parts that this bar stands for. */
  parts: number;
}

/** The chart shows at most this many bars, since more would be unreadable. */
export const MAX_BARS = 24;

/** One bar per part of a level, in network order. */
export function partBars(
  parts: readonly PartCurvature[],
  measure: Exclude<PartMeasure, 'weights'>,
  level: PartLevel,
): PartBar[] {
  return parts.filter((part) => part.level === level).map((part) => bar(part.name, measured(part, measure)));
}

/** θₗᵀHθₗ of every tensor it was measured for, in network order. */
export function weightBars(parameters: ParameterMeasurement['byParameter']): PartBar[] {
  return (parameters ?? []).flatMap(({ name, curvature }) => (curvature ? [bar(name, curvature)] : []));
}

/**
 * The `count` largest by magnitude, largest first, and all others as one bar. Traces add up; row norms as √Σ r²; of
 * means the rest has none, since they do not add up without the counts, and its bar is left out. The estimates share
 * their probes, so that their errors are correlated: the sum's is at most the sum of theirs, which is what is given.
 */
export function largestBars(bars: readonly PartBar[], measure: PartMeasure, count = MAX_BARS): PartBar[] {
  if (bars.length <= count + 1) return [...bars];
  const sorted = [...bars].sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const [shown, others] = [sorted.slice(0, count), sorted.slice(count)];
  const rest = (value: number, error: number): PartBar => ({
    name: `${others.length} others, ${measure === 'rowNorm' ? 'together' : 'summed'}`,
    value,
    error,
    parts: others.length,
  });
  if (measure === 'trace') {
    return [...shown, rest(sum(others.map(({ value }) => value)), sum(others.map(({ error }) => error)))];
  }
  if (measure === 'rowNorm') {
    const norm = Math.sqrt(sum(others.map(({ value }) => value ** 2)));
    const error = norm > 0 ? sum(others.map((other) => other.value * other.error)) / norm : 0;
    return [...shown, rest(norm, error)];
  }
  return shown;
}

/** Levels that have parts, from the finest to the coarsest. */
export function partLevels(parts: readonly PartCurvature[]): PartLevel[] {
  return (['tensor', 'layer', 'block'] as const).filter((level) => parts.some((part) => part.level === level));
}

/** "Sharpest: f3.weight, 103 ± 9, 37 % of the trace." */
export function partSummary(bars: readonly PartBar[], measure: PartMeasure): string {
  const finite = bars.filter(({ value }) => Number.isFinite(value));
  if (finite.length === 0) return 'No part has a finite figure.';
  const largest = finite.reduce((a, b) => (b.value > a.value ? b : a));
  const text = `${largest.name}, ${formatEstimate({ value: largest.value, standardError: largest.error })}`;
  const unsure = finite.filter(({ value, error }) => Math.abs(value) <= 2 * error).length;
  const total = sum(finite.map(({ value }) => value));
  const share =
    measure === 'trace' && total > 0 && largest.value > 0 ? `, ${formatPercent(largest.value / total)} of the sum` : '';
  const negative = finite.filter(({ value, error }) => value < -2 * error);
  return [
    `${measure === 'rowNorm' ? 'Most curvature' : 'Sharpest'}: ${text}${share}.`,
    ...(negative.length > 0
      ? [
          `${negative.length === 1 ? `${negative[0].name} is` : `${formatNumber(negative.length)} are`} negative beyond two standard errors.`,
        ]
      : []),
    ...(unsure > 0 ? [`${unsure} of ${finite.length} cannot be told from zero.`] : []),
  ].join(' ');
}

function bar(name: string, { value, standardError = NaN }: Estimate): PartBar {
  return { name, value, error: standardError, parts: 1 };
}

function measured({ trace, count, rowNorm }: PartCurvature, measure: 'trace' | 'mean' | 'rowNorm'): Estimate {
  if (measure === 'trace') return trace;
  if (measure === 'rowNorm') return rowNorm;
  return { value: trace.value / count, standardError: (trace.standardError ?? NaN) / count };
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
