import type { ChartConfiguration } from 'chart.js';
import { formatNumber } from '../../src/text/numbers';
import { faded } from '../color';
import type { Theme } from '../theme';
import { axis } from './axis';
import { barSpans, gapLabels } from './barMarks';
import { verticalMarks } from './marks';
import { rowBars } from './rowBars';

/** A factor that would be 1 where all is well. */
export interface FactorBar {
  name: string;
  value: number;
  /** The range of the factor over the units that `value` is the mean of. */
  range?: { least: number; greatest: number };
  /** Stands beside the value in the tooltip. */
  note?: string;
}

export interface FactorAxis {
  title: string;
  /** Where the verdict changes; drawn as dashed lines. */
  limits: readonly number[];
  /** Whether a figure between the limits is the fault, as headroom that is too small, and not one beyond them. */
  faultBelow?: boolean;
  /** Label of a factor of zero, which is then a bar to the left end of the axis. */
  zero?: string;
}

/**
 * Draws factors as bars that begin at 1, on a log axis, so that 10 and 1/10 are equally long. A bar beyond a limit has
 * the second colour. A factor that is zero or not finite is a gap with a label.
 */
export function factorChart(
  bars: readonly FactorBar[],
  { title, limits, faultBelow = false, zero }: FactorAxis,
  theme: Theme,
): ChartConfiguration<'bar', ([number, number] | null)[], string> {
  const isOff = (value: number): boolean =>
    limits.some((limit) => (faultBelow || limit < 1 ? value <= limit : value >= limit));
  const range = factorRange(bars, limits, zero !== undefined);
  const color = ({ value }: FactorBar): string => (isOff(value) ? theme.series[1] : theme.series[0]);
  return rowBars(
    bars,
    {
      label: title,
      extent: ({ value }): [number, number] | null => {
        if (isDrawn(value)) return [Math.min(1, value), Math.max(1, value)];
        return value === 0 && zero !== undefined ? [range.min, 1] : null;
      },
      fill: (bar) => faded(color(bar), 0.85),
      border: color,
      x: axis(title, theme, 'logarithmic', range),
      told: factorText,
      neverInvisible: true,
      bordered: true,
      plugins: [
        verticalMarks(
          [{ at: 1, color: theme.muted }, ...limits.map((at) => ({ at, color: theme.error, dash: [4, 3] }))],
          [],
          theme,
        ),
        barSpans(
          bars.map((bar) => bar.range ?? null),
          theme,
        ),
        gapLabels(({ value }) => gapText(value, zero), bars, theme),
      ],
    },
    theme,
  );
}

function gapText(value: number, zero: string | undefined): string | null {
  if (isDrawn(value)) return null;
  return value === 0 && zero !== undefined ? zero : `${formatNumber(value)}: not on a log axis`;
}

const isDrawn = (value: number): boolean => value > 0 && Number.isFinite(value);

function factorText({ value, range, note }: FactorBar): string[] {
  return [
    formatNumber(value, 3),
    ...(range ? [`from ${formatNumber(range.least, 3)} to ${formatNumber(range.greatest, 3)}`] : []),
    ...(note === undefined ? [] : [note]),
  ];
}

/** Where the axis ends at the latest if a factor of zero is to be a bar. */
const BEYOND = 1e-3;

/** The decades that hold every bar, every range and every limit, with a margin on both sides. */
function factorRange(
  bars: readonly FactorBar[],
  limits: readonly number[],
  showsZero: boolean,
): { min: number; max: number } {
  const values = [
    1,
    ...limits,
    ...bars.flatMap(({ value, range }) => [value, range?.least ?? 1, range?.greatest ?? 1]),
  ];
  const drawn = values.filter(isDrawn);
  const least = Math.min(...drawn) / 2;
  const zero = showsZero && bars.some(({ value }) => value === 0);
  return { min: zero ? Math.min(least, BEYOND) : least, max: Math.max(...drawn) * 2 };
}
