import type { ChartConfiguration } from 'chart.js';
import type { GradientMeasurement } from '../../src/report/report';
import type { DescentMeasurement } from '../../src/report/sections/dynamics/descent';
import { formatNumber } from '../../src/text/numbers';
import { faded } from '../color';
import { lossText } from '../interpolation';
import type { Theme } from '../theme';
import { axis, legend, tooltip } from './axis';
import type { LinePoint } from './lines';
import { linePoints } from './lines';
import { verticalMarks } from './marks';

/** A search along −g, with what the quadratic model of the loss promised there. */
export interface DrawnDescent {
  descent: DescentMeasurement;
  /** L(θ) */
  loss: number;
  gradient: Pick<GradientMeasurement, 'norm' | 'curvature'>;
}

/**
 * Draws the measured losses along −g over the length of the step, on a log axis because the steps span many decades,
 * and the quadratic model L − s·‖g‖ + s²/2·gᵀHg/‖g‖² where the curvature is known. A mark shows the best step.
 */
export function descentChart(drawn: DrawnDescent, theme: Theme): ChartConfiguration<'line', LinePoint[]> {
  const { descent } = drawn;
  const model = quadraticModel(drawn);
  return {
    type: 'line',
    data: {
      datasets: [
        {
          label: 'loss, measured',
          data: linePoints(descent.scanned.step, descent.scanned.loss),
          borderColor: theme.series[0],
          backgroundColor: theme.series[0],
          borderWidth: theme.highContrast ? 2.5 : 1.75,
          pointRadius: 2.5,
          pointStyle: 'circle',
        },
        ...(model.length > 0
          ? [
              {
                label: 'quadratic model',
                data: model,
                borderColor: theme.series[1],
                backgroundColor: theme.series[1],
                borderDash: [5, 3],
                borderWidth: theme.highContrast ? 2 : 1.25,
                pointRadius: 0,
                pointStyle: 'line' as const,
              },
            ]
          : []),
      ],
    },
    options: {
      animation: false,
      interaction: { mode: 'nearest', axis: 'x', intersect: false },
      scales: {
        x: axis('length of the step along −∇L', theme, 'logarithmic', { grid: false }),
        y: axis('loss', theme, 'linear', lossRange(drawn)),
      },
      plugins: {
        legend: legend(theme, model.length > 0),
        tooltip: {
          ...tooltip(theme),
          callbacks: {
            title: ([item]) => (item ? `step ${formatNumber(item.parsed.x ?? NaN)}` : ''),
            label: ({ parsed: { y } }) => lossText(y ?? NaN, 5, undefined),
          },
        },
      },
    },
    plugins:
      descent.step > 0
        ? [verticalMarks([{ at: descent.step, color: faded(theme.foreground, 0.6), dash: [2, 3] }], [], theme)]
        : [],
  };
}

/** The model at the measured steps; empty where the curvature along the gradient was not measured. */
function quadraticModel({ descent, loss, gradient: { norm, curvature } }: DrawnDescent): LinePoint[] {
  if (curvature === undefined || !Number.isFinite(curvature) || norm === 0) return [];
  const bend = curvature / norm ** 2;
  return descent.scanned.step.map((x) => ({ x, y: loss - norm * x + (bend / 2) * x ** 2 }));
}

/** The axis spans at least this share of the loss, so that rounding does not look like a landscape. */
const LEAST_DEPTH = 1e-3;

/** The range of the measured losses that are at most as far above L(θ) as the lowest is below: far steps often explode. */
function lossRange({ descent, loss }: DrawnDescent): { min?: number; max?: number } {
  const lowest = Math.min(loss, ...descent.scanned.loss.filter(Number.isFinite));
  const depth = Math.max(loss - lowest, LEAST_DEPTH * Math.abs(loss));
  return depth > 0 ? { min: lowest - 0.1 * depth, max: loss + depth } : {};
}

/** Says in one sentence what the search found. */
export function descentSummary({ descent, loss }: DrawnDescent): string {
  const { step, lowest, error } = descent;
  if (loss - lowest.loss <= error) return 'No step along −∇L lowers the loss beyond rounding.';
  const near =
    step > 0
      ? `The best step has length ${formatNumber(step, 3)} and lowers the loss from ${formatNumber(loss, 4)} to ${formatNumber(descent.loss, 4)}.`
      : 'No step along −∇L lowers the loss.';
  return lowest.loss < descent.loss
    ? `${near} Behind a rise, at ${formatNumber(lowest.step, 3)}, it is ${formatNumber(lowest.loss, 4)}.`
    : near;
}
