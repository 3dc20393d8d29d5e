import type { ChartConfiguration } from 'chart.js';
import type { OptimizerRun } from '../../src/report/sections/optimizers';
import { OPTIMIZER_LABEL } from '../../src/report/text/optimizers';
import { formatNumber } from '../../src/text/numbers';
import { faded } from '../color';
import type { Theme } from '../theme';
import { axis, legend, tooltip, zoom } from './axis';
import type { LinePoint } from './lines';
import { linePoints } from './lines';

/** Dash patterns of the families, so that colours that repeat stay apart: first-order, adaptive, with curvature. */
const DASHES = [[], [6, 3], [2, 3]];

/** How a run is drawn in every chart. */
function strokeOf(index: number, theme: Theme): { borderColor: string; borderDash: number[] } {
  const { series } = theme;
  return {
    borderColor: series[index % series.length],
    borderDash: DASHES[Math.floor(index / series.length) % DASHES.length],
  };
}

/** Tells whether the runs can have a log axis, which needs every finite loss to be positive. */
export function canRaceBeLog(runs: readonly OptimizerRun[]): boolean {
  return runs.every(({ losses }) => losses.every((loss) => !Number.isFinite(loss) || loss > 0));
}

/** Draws the loss of every optimizer against the gradients that it has spent. */
export function raceChart(
  runs: readonly OptimizerRun[],
  scale: 'linear' | 'log',
  theme: Theme,
): ChartConfiguration<'line', LinePoint[]> {
  const type = scale === 'log' && canRaceBeLog(runs) ? 'logarithmic' : 'linear';
  // A run that diverges would press all others to the bottom.
  const start = runs[0]?.losses[0] ?? NaN;
  const highest = type === 'linear' ? { max: start + (start - lowestOf(runs)) / 2 } : {};
  return {
    type: 'line',
    data: {
      datasets: runs.map((run, index) => ({
        label: OPTIMIZER_LABEL[run.name],
        data: linePoints(run.spent, run.losses),
        ...strokeOf(index, theme),
        backgroundColor: theme.series[index % theme.series.length],
        borderWidth: theme.highContrast ? 2.5 : 1.75,
        pointRadius: run.losses.length > 8 ? 0 : 2.5,
        pointHoverRadius: 4,
        pointStyle: 'line' as const,
      })),
    },
    options: {
      animation: false,
      interaction: { mode: 'nearest', intersect: false },
      scales: {
        x: axis('gradients spent', theme, 'linear', { min: 0, grid: false }),
        y: axis('loss', theme, type, Number.isFinite(highest.max ?? NaN) ? highest : {}),
      },
      plugins: {
        legend: legend(theme),
        tooltip: {
          ...tooltip(theme),
          callbacks: {
            title: ([item]) => item?.dataset.label ?? '',
            label: ({ parsed: { x, y } }) =>
              `loss ${formatNumber(y ?? NaN, 5)} after ${formatNumber(x ?? NaN, 3)} gradients`,
          },
        },
        zoom: zoom('x', theme),
      },
    },
    plugins: [],
  };
}

/** Draws the way of every optimizer on the first plane of the report, from the start at its centre. */
export function pathsChart(
  runs: readonly OptimizerRun[],
  { x, y }: { x: string; y: string },
  theme: Theme,
): ChartConfiguration<'line', LinePoint[]> {
  const walked = runs.flatMap((run) => (run.path ? [{ run, path: run.path }] : []));
  return {
    type: 'line',
    data: {
      datasets: walked.map(({ run, path }) => {
        const index = runs.indexOf(run);
        const color = theme.series[index % theme.series.length];
        const last = path.x.length - 1;
        return {
          label: OPTIMIZER_LABEL[run.name],
          data: linePoints(path.x, path.y),
          ...strokeOf(index, theme),
          backgroundColor: ({ dataIndex }: { dataIndex: number }) => (dataIndex === last ? color : faded(color, 0.6)),
          borderWidth: theme.highContrast ? 2 : 1.25,
          pointRadius: ({ dataIndex }: { dataIndex: number }) => (dataIndex === last ? 4.5 : 1.5),
          pointHoverRadius: 5,
        };
      }),
    },
    options: {
      animation: false,
      interaction: { mode: 'nearest', intersect: false },
      scales: { x: axis(`α × d₁ (${x})`, theme), y: axis(`β × d₂ (${y})`, theme) },
      plugins: {
        legend: legend(theme),
        tooltip: {
          ...tooltip(theme),
          callbacks: {
            title: ([item]) => item?.dataset.label ?? '',
            label: ({ datasetIndex, dataIndex }) => {
              const { run, path } = walked[datasetIndex];
              return [
                `loss ${formatNumber(run.losses[dataIndex], 5)}`,
                `${formatNumber(path.offPlane[dataIndex], 3)} off the plane`,
              ];
            },
          },
        },
        zoom: zoom('xy', theme),
      },
    },
    plugins: [],
  };
}

/** Describes the race in one sentence for readers who cannot see the chart. */
export function raceSummary(runs: readonly OptimizerRun[]): string {
  const sorted = [...runs].sort((a, b) => a.reached - b.reached);
  const shown = sorted.map((run) => `${OPTIMIZER_LABEL[run.name]} ${formatNumber(run.reached, 3)}`);
  return `Lowest losses: ${shown.join(', ')}.`;
}

function lowestOf(runs: readonly OptimizerRun[]): number {
  return Math.min(...runs.map(({ reached }) => reached));
}
