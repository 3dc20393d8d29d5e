import type { ChartConfiguration } from 'chart.js';
import type { GradientMeasurement, ModelSummary } from '../../src/report/report';
import { formatCount } from '../../src/text/counts';
import { formatNumber } from '../../src/text/numbers';
import { faded } from '../color';
import type { Theme } from '../theme';
import { axis } from './axis';
import { gapLabels } from './barMarks';
import { rowBars } from './rowBars';

export interface LayerBar {
  name: string;
  /** ‖∇L‖ of the tensor, or that norm divided by the square root of its number of elements. */
  norm: number;
  /** True for biases and the scales of normalization layers, whose bars are lighter. */
  oneDimensional: boolean;
}

/**
 * Draws the gradient norm of every parameter tensor, in network order, on a log axis. A norm that is exactly zero
 * (nothing trains there) or not finite is a gap with a label.
 */
export function layerChart(
  bars: readonly LayerBar[],
  perElement: boolean,
  theme: Theme,
): ChartConfiguration<'bar', number[], string> {
  const drawn = (norm: number): number => (Number.isFinite(norm) && norm > 0 ? norm : NaN);
  return rowBars(
    bars,
    {
      label: '‖∇L‖',
      extent: ({ norm }) => drawn(norm),
      fill: ({ oneDimensional }) => (oneDimensional ? faded(theme.series[0], 0.45) : theme.series[0]),
      border: () => theme.series[0],
      x: axis(
        perElement ? 'root mean square of ∂L/∂θ' : 'gradient norm ‖∂L/∂θ‖',
        theme,
        'logarithmic',
        decades(bars.map(({ norm }) => drawn(norm)).filter((norm) => !Number.isNaN(norm))),
      ),
      told: ({ norm }) => formatNumber(norm),
      neverInvisible: true,
      plugins: [
        gapLabels(
          ({ norm }) => {
            if (!Number.isNaN(drawn(norm))) return null;
            return norm === 0 ? 'zero: nothing trains here' : `${formatNumber(norm)}: not finite`;
          },
          bars,
          theme,
        ),
      ],
    },
    theme,
  );
}

/** Lists the norms in network order. `perElement` divides by √count, which makes tensors of unequal size comparable. */
export function layerBars(gradient: GradientMeasurement, model: ModelSummary, perElement: boolean): LayerBar[] {
  const shapes = new Map(model.parameters.map((parameter) => [parameter.name, parameter]));
  return gradient.byParameter.map(({ name, norm }) => {
    const parameter = shapes.get(name);
    return {
      name,
      norm: perElement && parameter ? norm / Math.sqrt(parameter.count) : norm,
      oneDimensional: parameter !== undefined && parameter.shape.length < 2,
    };
  });
}

export function layerSummary(bars: readonly LayerBar[]): string {
  const positive = bars.filter(({ norm }) => Number.isFinite(norm) && norm > 0);
  if (positive.length === 0) return 'No parameter tensor has a gradient other than zero.';
  const largest = positive.reduce((a, b) => (b.norm > a.norm ? b : a));
  const smallest = positive.reduce((a, b) => (b.norm < a.norm ? b : a));
  const zero = bars.filter(({ norm }) => norm === 0).length;
  return (
    `Largest in ${largest.name} (${formatNumber(largest.norm, 3)}), smallest in ${smallest.name} (${formatNumber(smallest.norm, 3)}).` +
    (zero > 0 ? ` ${formatCount(zero)} of ${formatCount(bars.length)} tensors have a gradient of exactly zero.` : '')
  );
}

/**
 * Chooses the range of a log axis for bars. It starts at a whole decade below the smallest value, so that every bar has
 * a length, and ends just above the largest. It spans at least one decade.
 */
export function decades(values: readonly number[]): { min: number; max: number } {
  if (values.length === 0) return { min: 0.1, max: 10 };
  const low = Math.floor(Math.log10(Math.min(...values)) - 0.15);
  return { min: 10 ** low, max: Math.max(Math.max(...values) * 1.15, 10 ** (low + 1)) };
}
