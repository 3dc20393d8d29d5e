import type { ChartConfiguration } from 'chart.js';
import { counted } from '../../src/text/counts';
import { formatNumber } from '../../src/text/numbers';
import { faded } from '../color';
import type { Theme } from '../theme';
import { axis, legend, tooltip } from './axis';
import { curveStroke } from './curve';
import { batchSizes } from './batchCosine';
import type { DrawnNoise } from './batchCosine';
import type { LinePoint } from './lines';
import { verticalMarks } from './marks';

/**
 * Draws the standard error of the gradient of a batch of n samples, √(tr Σ/n), and ‖g‖. Where the error is above ‖g‖,
 * chance decides the direction.
 */
export function batchNoiseChart(drawn: DrawnNoise, theme: Theme): ChartConfiguration<'line', LinePoint[]> {
  const { gradientNorm, samples } = drawn;
  const sizes = batchSizes(samples);
  const curve = (label: string, y: (size: number) => number, color: string) => ({
    label,
    data: sizes.map((x) => ({ x, y: y(x) })),
    ...curveStroke(color, theme),
  });
  return {
    type: 'line',
    data: {
      datasets: [
        curve('chance, √(tr Σ/n)', (size) => batchError(drawn, size), theme.series[0]),
        ...(gradientNorm > 0 ? [curve('gradient ‖g‖', () => gradientNorm, theme.series[1])] : []),
      ],
    },
    options: {
      animation: false,
      interaction: { mode: 'index', intersect: false },
      scales: {
        x: axis('samples in a batch', theme, 'logarithmic', { grid: false }),
        y: axis('norm', theme, 'logarithmic'),
      },
      plugins: {
        legend: legend(theme),
        tooltip: {
          ...tooltip(theme),
          callbacks: {
            title: ([item]) => (item ? counted(Math.round(item.parsed.x ?? NaN), 'sample') : ''),
            label: ({ dataset, parsed: { y } }) => `${dataset.label}: ${formatNumber(y ?? NaN, 3)}`,
          },
        },
      },
    },
    plugins: [
      verticalMarks([{ at: samples, label: 'data', color: faded(theme.foreground, 0.6), dash: [2, 3] }], [], theme),
    ],
  };
}

function batchError({ noise }: DrawnNoise, size: number): number {
  return Math.sqrt(noise.traceOfCovariance.value / size);
}

/** Compares gradient and chance on the data. */
export function batchNoiseSummary(drawn: DrawnNoise): string {
  const { gradientNorm, samples } = drawn;
  const error = batchError(drawn, samples);
  const told = `On the ${counted(samples, 'sample')} of the data the gradient has a norm of ${formatNumber(gradientNorm, 3)} and a standard error of ${formatNumber(error, 3)}`;
  return gradientNorm > error ? `${told}.` : `${told}: chance alone explains it.`;
}
