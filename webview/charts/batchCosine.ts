import type { ChartConfiguration } from 'chart.js';
import type { NoiseMeasurement } from '../../src/report/sections/dynamics/noise';
import { counted, formatCount } from '../../src/text/counts';
import { formatNumber } from '../../src/text/numbers';
import { faded } from '../color';
import type { Theme } from '../theme';
import { axis, legend, tooltip } from './axis';
import type { LinePoint } from './lines';
import { verticalMarks } from './marks';

/** The noise of the gradient on N samples. */
export interface DrawnNoise {
  noise: NoiseMeasurement;
  gradientNorm: number;
  samples: number;
}

/** Points per factor of two in the batch size. */
const PER_OCTAVE = 2;

/**
 * Draws the expected cosine between the true gradient and that of a batch of n samples,
 *   √(s/(s + tr Σ/n)),  s = ‖g‖² − tr Σ/N,
 * from one sample to four times the data. Marks show the noise scale, where it is 1/√2, and the data.
 */
export function batchCosineChart(drawn: DrawnNoise, theme: Theme): ChartConfiguration<'line', LinePoint[]> {
  const { noise, samples } = drawn;
  const marks = [
    { at: samples, label: 'data', color: faded(theme.foreground, 0.6), dash: [2, 3] },
    ...(noise.unbiasedScale !== undefined
      ? [{ at: noise.unbiasedScale, label: 'B', row: 1, color: theme.series[1], dash: [5, 3] }]
      : []),
  ];
  return {
    type: 'line',
    data: {
      datasets: [
        {
          label: 'cosine',
          data: batchSizes(samples).map((x) => ({ x, y: expectedCosine(drawn, x) })),
          borderColor: theme.series[0],
          backgroundColor: theme.series[0],
          borderWidth: theme.highContrast ? 2.5 : 1.75,
          pointRadius: 0,
        },
      ],
    },
    options: {
      animation: false,
      interaction: { mode: 'nearest', axis: 'x', intersect: false },
      scales: {
        x: axis('samples in a batch', theme, 'logarithmic', { grid: false }),
        y: axis('cosine', theme, 'linear', { min: 0, max: 1 }),
      },
      plugins: {
        legend: legend(theme, false),
        tooltip: {
          ...tooltip(theme),
          callbacks: {
            title: ([item]) => (item ? counted(Math.round(item.parsed.x ?? NaN), 'sample') : ''),
            label: ({ parsed: { y } }) => `cosine ${formatNumber(y ?? NaN, 3)}`,
          },
        },
      },
    },
    plugins: [verticalMarks(marks, [], theme)],
  };
}

/** The expected cosine of the gradient of a batch with the true one. */
export function expectedCosine({ noise, gradientNorm, samples }: DrawnNoise, batch: number): number {
  const trace = noise.traceOfCovariance.value;
  const signal = Math.max(0, gradientNorm ** 2 - trace / samples);
  return signal === 0 ? 0 : Math.sqrt(signal / (signal + trace / batch));
}

/** Batch sizes from 1 to four times the data. */
export function batchSizes(samples: number): number[] {
  const octaves = Math.ceil(Math.log2(4 * samples));
  return Array.from({ length: PER_OCTAVE * octaves + 1 }, (_, i) => 2 ** (i / PER_OCTAVE));
}

/** Says in one sentence what the curve shows. */
export function batchCosineSummary({ noise, samples }: DrawnNoise): string {
  const scale = noise.unbiasedScale;
  return scale === undefined
    ? `Chance explains all of the gradient on ${counted(samples, 'sample')} («data»).`
    : `Signal and chance are equal at ${formatCount(Math.max(1, Math.round(scale)))} samples (B); the data have ${formatCount(samples)}.`;
}
