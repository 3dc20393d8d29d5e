import type { ParameterMeasurement } from '../../src/report/report';
import type { Estimate } from '../../src/report/sections/estimate';
import type { PartCurvature } from '../../src/report/sections/parts';
import { formatEstimate } from '../../src/report/text/estimates';
import { formatCount } from '../../src/text/counts';
import { formatPercent } from '../../src/text/numbers';

/**
 * The measures of a part's curvature: trace of its diagonal block, mean of that block's diagonal, norm of its rows, or
 * θₗᵀHθₗ with the part's weights alone.
 */
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

/** Makes one bar per part of a level, in network order. */
export function partBars(
  parts: readonly PartCurvature[],
  measure: Exclude<PartMeasure, 'weights'>,
  level: PartLevel,
): PartBar[] {
  return parts.filter((part) => part.level === level).map((part) => bar(part.name, measured(part, measure)));
}

/** Makes one bar for θₗᵀHθₗ of every tensor where it was measured, in network order. */
export function weightBars(parameters: ParameterMeasurement['byParameter']): PartBar[] {
  return (parameters ?? []).flatMap(({ name, curvature }) => (curvature ? [bar(name, curvature)] : []));
}

/**
 * Returns the `count` bars of largest magnitude, largest first, and one bar that combines all others. The combined bar
 * adds traces, and takes √Σ r² of row norms. Means do not add up without the counts, so they get no combined bar.
 * The estimates share their probes, so their errors are correlated. The error of a sum is at most the sum of the
 * errors, and that bound is returned.
 */
export function largestBars(bars: readonly PartBar[], measure: PartMeasure, count = MAX_BARS): PartBar[] {
  if (bars.length <= count + 1) return [...bars];
  const sorted = [...bars].sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const [shown, others] = [sorted.slice(0, count), sorted.slice(count)];
  const rest = (value: number, error: number): PartBar => ({
    name: `${formatCount(others.length)} others, ${measure === 'rowNorm' ? 'together' : 'summed'}`,
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

/** Lists the levels that have parts, from the finest to the coarsest. */
export function partLevels(parts: readonly PartCurvature[]): PartLevel[] {
  return (['tensor', 'layer', 'block'] as const).filter((level) => parts.some((part) => part.level === level));
}

/** Summarizes the bars in sentences such as "Sharpest: f3.weight, 103 ± 9, 37 % of the sum." */
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
          `${negative.length === 1 ? `${negative[0].name} is` : `${formatCount(negative.length)} are`} negative beyond two standard errors.`,
        ]
      : []),
    ...(unsure > 0 ? [`${formatCount(unsure)} of ${formatCount(finite.length)} cannot be told from zero.`] : []),
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
