import type { ChartConfiguration } from 'chart.js';
import { formatEstimate } from '../../src/report/text/estimates';
import { formatNumber } from '../../src/text/numbers';
import { faded } from '../color';
import type { Theme } from '../theme';
import { axis } from './axis';
import { barErrors, gapLabels } from './barMarks';
import { decades } from './layers';
import type { PartBar, PartMeasure } from './partBars';
import { rowBars } from './rowBars';

const AXIS_TITLE: Record<PartMeasure, string> = {
  trace: 'trace of the diagonal block',
  mean: 'mean curvature per weight, trace / count',
  rowNorm: 'length of the rows, √Σ H²',
  weights: 'θₗᵀHθₗ, weights of one tensor alone',
};

/**
 * Draws the curvature of every part with its standard error. A linear axis includes zero, so that lengths compare as
 * shares. On a log axis, a value that is not positive is a gap with a label. A bar for several parts is lighter.
 */
export function partChart(
  bars: readonly PartBar[],
  measure: PartMeasure,
  scale: 'linear' | 'log',
  theme: Theme,
): ChartConfiguration<'bar', number[], string> {
  const color = theme.series[measure === 'weights' ? 2 : 0];
  const drawn = (value: number): number => (Number.isFinite(value) && (scale === 'linear' || value > 0) ? value : NaN);
  const isLog = scale === 'log';
  return rowBars(
    bars,
    {
      label: AXIS_TITLE[measure],
      extent: ({ value }) => drawn(value),
      fill: ({ parts }) => faded(color, parts > 1 ? 0.4 : 0.85),
      border: () => color,
      x: axis(
        AXIS_TITLE[measure],
        theme,
        isLog ? 'logarithmic' : 'linear',
        isLog ? logExtent(bars) : linearExtent(bars),
      ),
      told: ({ value, error }) => formatEstimate({ value, standardError: error }),
      plugins: [
        barErrors(bars, theme),
        gapLabels(
          ({ value }) => {
            if (!Number.isFinite(value)) return `${formatNumber(value)}: not finite`;
            return isLog && value <= 0 ? `${formatNumber(value, 2)}: not on a log axis` : null;
          },
          bars,
          theme,
        ),
      ],
    },
    theme,
  );
}

/** Tells whether at least one bar can stand on a log axis. */
export function canBeLog(bars: readonly PartBar[]): boolean {
  return bars.some(({ value }) => value > 0 && Number.isFinite(value));
}

function logExtent(bars: readonly PartBar[]): { min: number; max: number } {
  const positive = bars.filter(({ value }) => value > 0 && Number.isFinite(value));
  const { min } = decades(positive.map(({ value }) => value));
  const { max } = decades(positive.map(({ value, error }) => value + (Number.isFinite(error) ? error : 0)));
  return { min, max };
}

/** Chooses the range of a linear axis so that it includes zero and every whisker. */
function linearExtent(bars: readonly PartBar[]): { min: number; max: number } {
  const ends = bars.flatMap(({ value, error }) => {
    const reach = Number.isFinite(error) ? error : 0;
    return Number.isFinite(value) ? [value - reach, value + reach] : [];
  });
  const [low, high] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  const pad = 0.04 * (high - low || 1);
  return { min: low < 0 ? low - pad : 0, max: high > 0 ? high + pad : low < 0 ? 0 : 1 };
}
