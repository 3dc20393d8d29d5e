import type { ChartConfiguration } from 'chart.js';
import { formatNumber } from '../../src/text/numbers';
import type { Theme } from '../theme';
import { axis, legend, tooltip } from './axis';
import { curveStroke } from './curve';
import type { LinePoint } from './lines';
import { verticalMarks } from './marks';

/** The training's step against the largest curvature. */
export interface DrawnStability {
  learningRate: number;
  momentum: number;
  /** 2·(1 + momentum) */
  bound: number;
  lambdaMax: number;
}

const POINTS = 161;
/** The axis reaches this far beyond the learning rate and the largest stable one. */
const BEYOND = 1.25;

/**
 * The factor by which a deviation along the top eigenvector shrinks or grows per step of heavy-ball descent: the largest
 * root, by size, of
 *   z² − (1 + M − η·λ)·z + M = 0,
 * which is |1 − η·λ| without momentum.
 * @see Polyak 1964
 */
export function stepFactor(rate: number, lambda: number, momentum: number): number {
  const middle = (1 + momentum - rate * lambda) / 2;
  const discriminant = middle ** 2 - momentum;
  return discriminant < 0 ? Math.sqrt(momentum) : Math.abs(middle) + Math.sqrt(discriminant);
}

/** Draws that factor over the learning rate, with the training's own rate. From a factor of 1 on, steps grow. */
export function stepFactorChart(drawn: DrawnStability, theme: Theme): ChartConfiguration<'line', LinePoint[]> {
  const { learningRate, momentum, bound, lambdaMax } = drawn;
  const stable = bound / lambdaMax;
  const last = BEYOND * Math.max(stable, learningRate);
  const points = Array.from({ length: POINTS }, (_, i) => {
    const x = (i / (POINTS - 1)) * last;
    return { x, y: stepFactor(x, lambdaMax, momentum) };
  });
  return {
    type: 'line',
    data: {
      datasets: [
        {
          label: 'factor per step',
          data: points,
          ...curveStroke(theme.series[0], theme),
        },
        {
          label: '1: neither shrinks nor grows',
          data: [0, last].map((x) => ({ x, y: 1 })),
          borderColor: theme.muted,
          backgroundColor: theme.muted,
          borderDash: [5, 3],
          borderWidth: 1.25,
          pointRadius: 0,
          pointHitRadius: 0,
          pointStyle: 'line',
        },
      ],
    },
    options: {
      animation: false,
      interaction: { mode: 'nearest', axis: 'x', intersect: false },
      scales: {
        x: axis('learning rate', theme, 'linear', { min: 0, max: last, grid: false }),
        y: axis('factor per step', theme, 'linear', { min: 0, max: Math.max(...points.map(({ y }) => y)) * 1.05 }),
      },
      plugins: {
        legend: legend(theme, false),
        tooltip: {
          ...tooltip(theme),
          filter: ({ datasetIndex }) => datasetIndex === 0,
          callbacks: {
            title: ([item]) => (item ? `learning rate ${formatNumber(item.parsed.x ?? NaN, 3)}` : ''),
            label: ({ parsed: { y } }) => `a deviation is multiplied by ${formatNumber(y ?? NaN, 3)} per step`,
          },
        },
      },
    },
    plugins: [
      verticalMarks(
        [
          { at: learningRate, label: 'this training', side: 'left', color: theme.series[1], dash: [5, 3] },
          { at: stable, label: 'largest stable', row: 1, color: theme.error, dash: [2, 3] },
        ],
        [],
        theme,
      ),
    ],
  };
}

export function stepFactorSummary({ learningRate, momentum, bound, lambdaMax }: DrawnStability): string {
  const factor = stepFactor(learningRate, lambdaMax, momentum);
  return `At a learning rate of ${formatNumber(learningRate, 3)} each step multiplies a deviation along the top eigenvector by ${formatNumber(factor, 3)}. Above the dashed line, from a rate of ${formatNumber(bound / lambdaMax, 3)} on, deviations grow.`;
}
