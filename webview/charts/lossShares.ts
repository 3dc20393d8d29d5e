import type { ChartConfiguration } from 'chart.js';
import type { SurrogateMeasurement } from '../../src/report/sections/dynamics/surrogate';
import { counted } from '../../src/text/counts';
import { formatPercent, formatPercentWithError } from '../../src/text/numbers';
import { faded } from '../color';
import type { Theme } from '../theme';
import { axis, legend, tooltip } from './axis';
import { curveStroke } from './curve';
import type { LinePoint } from './lines';
import { verticalMarks } from './marks';

export type DrawnShares = Required<Pick<SurrogateMeasurement, 'concentration'>> & Pick<SurrogateMeasurement, 'worst'>;

const SHARES = [0, 0.5, 1].map((value) => ({ value, label: formatPercent(value) }));

/**
 * Draws the share of the loss, and of the wrong answers, that the samples with the largest losses carry. Equal losses lie
 * on the diagonal. The mark is at the 5 % of the samples that the verdict judges.
 */
export function lossSharesChart(
  { concentration: { samples, loss, error }, worst }: DrawnShares,
  theme: Theme,
): ChartConfiguration<'line', LinePoint[]> {
  const curve = (label: string, shares: readonly number[], color: string) => ({
    label,
    data: samples.map((x, i) => ({ x, y: shares[i] ?? NaN })),
    ...curveStroke(color, theme),
  });
  return {
    type: 'line',
    data: {
      datasets: [
        curve('loss', loss, theme.series[0]),
        ...(error ? [curve('wrong answers', error, theme.series[1])] : []),
        { ...curve('equal losses', samples, theme.muted), borderDash: [5, 3], borderWidth: 1.25 },
      ],
    },
    options: {
      animation: false,
      interaction: { mode: 'index', intersect: false },
      scales: {
        x: axis('samples, largest loss first', theme, 'linear', { min: 0, max: 1, grid: false, ticks: SHARES }),
        y: axis('share carried', theme, 'linear', { min: 0, max: 1, ticks: SHARES }),
      },
      plugins: {
        legend: legend(theme),
        tooltip: {
          ...tooltip(theme),
          filter: ({ dataset }) => dataset.label !== 'equal losses',
          callbacks: {
            title: ([item]) => (item ? `worst ${formatPercent(item.parsed.x ?? NaN)} of the samples` : ''),
            label: ({ dataset, parsed: { y } }) => `${formatPercent(y ?? NaN)} of the ${dataset.label}`,
          },
        },
      },
    },
    plugins: worst
      ? [verticalMarks([{ at: worst.share, color: faded(theme.foreground, 0.6), dash: [2, 3] }], [], theme)]
      : [],
  };
}

/** Says what the worst samples carry. */
export function lossSharesSummary({ worst, concentration: { samples, loss } }: DrawnShares): string {
  const half = samples[loss.findIndex((share) => share >= 0.5)] ?? 1;
  const told = `Half of the loss comes from ${formatPercent(half)} of the samples.`;
  if (!worst) return told;
  const { samples: count, share, lossShare, errorShare } = worst;
  const errors = errorShare === undefined ? '' : ` and ${formatPercent(errorShare)} of the accuracy`;
  return `The worst ${counted(count, 'sample')} (${formatPercent(share)}) cost ${formatPercentWithError(lossShare.value, lossShare.error)} of the loss${errors}. ${told}`;
}
