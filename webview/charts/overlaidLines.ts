import type { ChartConfiguration } from 'chart.js';
import type { Line } from '../../src/report/report';
import type { ComparedModel } from '../../src/report/sections/comparison';
import { formatNumber } from '../../src/text/numbers';
import { faded } from '../color';
import { describeDirection } from '../directions';
import type { Theme } from '../theme';
import { axis, legend, tooltip, zoom } from './axis';
import { brokenMarks, canBeLog, linePoints } from './lines';
import type { LinePoint } from './lines';
import { verticalMarks } from './marks';

/** The line of each model along one direction; undefined for a model without it. */
export interface OverlaidLine {
  direction: string;
  lines: (Line | undefined)[];
}

/** Finds the directions that several models have. Each model has its own gradient and eigenvectors; random ones are shared. */
export function overlaidLines(models: readonly Pick<ComparedModel, 'lines'>[]): OverlaidLine[] {
  const directions = [...new Set(models.flatMap(({ lines }) => lines.map(({ direction }) => direction)))];
  return directions
    .map((direction) => ({
      direction,
      lines: models.map(({ lines }) => lines.find((line) => line.direction === direction)),
    }))
    .filter(({ lines }) => lines.filter(Boolean).length > 1);
}

/** Draws the loss of several models along the direction of the same name. α = 0 is each model itself. */
export function overlaidChart(
  { direction, lines }: OverlaidLine,
  names: readonly string[],
  scale: 'linear' | 'log',
  theme: Theme,
): ChartConfiguration<'line', LinePoint[]> {
  const shown = lines.flatMap((line, model) => (line ? [{ line, model }] : []));
  const alphas = shown.flatMap(({ line }) => line.alpha);
  const broken = shown.flatMap(({ line }) => line.alpha.filter((_, i) => !Number.isFinite(line.loss[i])));
  const log = scale === 'log' && canBeLog(shown.map(({ line }) => line));
  return {
    type: 'line',
    data: {
      datasets: shown.map(({ line, model }) => ({
        label: names[model],
        data: linePoints(line.alpha, line.loss),
        borderColor: theme.series[model % theme.series.length],
        backgroundColor: theme.series[model % theme.series.length],
        borderWidth: theme.highContrast ? 2.5 : 1.75,
        // After the colours are used up, dashes tell the models apart.
        borderDash: model < theme.series.length ? [] : [6, 3],
        pointRadius: 0,
        pointHoverRadius: 5,
        pointStyle: 'line' as const,
      })),
    },
    options: {
      animation: false,
      interaction: { mode: 'nearest', axis: 'x', intersect: false },
      scales: {
        x: axis(`α × ${describeDirection(direction).unit}`, theme, 'linear', {
          min: Math.min(...alphas),
          max: Math.max(...alphas),
          grid: false,
        }),
        y: axis('loss', theme, log ? 'logarithmic' : 'linear'),
      },
      plugins: {
        legend: legend(theme),
        tooltip: {
          ...tooltip(theme),
          callbacks: {
            title: ([item]) => (item ? `α ${formatNumber(item.parsed.x ?? NaN)}` : ''),
            label: ({ dataset: { label }, parsed: { y } }) => `${label}: loss ${formatNumber(y ?? NaN, 5)}`,
          },
        },
        zoom: zoom('x', theme),
      },
    },
    plugins: [
      verticalMarks([{ at: 0, color: faded(theme.foreground, 0.45), dash: [2, 3] }], [], theme),
      ...(broken.length > 0 ? [brokenMarks([...new Set(broken)], theme)] : []),
    ],
  };
}

/** Says what each model has at its own weights and at the ends of the line. */
export function overlaidSummary({ lines }: OverlaidLine, names: readonly string[]): string {
  return lines
    .flatMap((line, model) => {
      if (!line) return [];
      const at = (index: number): string => formatNumber(line.loss[index] ?? NaN, 3);
      const centre = line.alpha.indexOf(0);
      const middle = centre < 0 ? '' : `, ${at(centre)} at its weights`;
      return [`${names[model]}: loss ${at(0)} at one end${middle}, ${at(line.loss.length - 1)} at the other.`];
    })
    .join(' ');
}
