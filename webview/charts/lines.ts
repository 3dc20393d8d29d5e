import type { ChartConfiguration, Plugin } from 'chart.js';
import type { Line } from '../../src/report/report';
import type { BasinWidth } from '../../src/report/sections/landscape';
import type { QuadraticModel } from '../../src/report/sections/quadratic';
import { formatCount } from '../../src/text/counts';
import { formatNumber, formatPercent } from '../../src/text/numbers';
import { faded } from '../color';
import { describeDirection } from '../directions';
import { isMeasured, lossText } from '../interpolation';
import type { Theme } from '../theme';
import { axis, legend, tooltip, zoom } from './axis';
import { brushedPlace } from './brushMarks';
import { line as stroke, pixel, verticalMarks } from './marks';
import type { VerticalMark } from './marks';

export interface LineView {
  scale: 'linear' | 'log';
  accuracy: boolean;
}

/** What is known of a line besides its losses. */
export interface LineExtras {
  /** How far the loss stays below twice its value. */
  basin?: Pick<BasinWidth, 'plus' | 'minus'>;
}

export interface LinePoint {
  x: number;
  /** NaN where there is nothing to draw, which breaks the line. */
  y: number;
}

/** Draws the loss along θ + α·d, and the accuracy on a second axis. α = 0 is the model itself. */
export function lineChart(
  line: Line,
  { scale, accuracy }: LineView,
  theme: Theme,
  { basin }: LineExtras = {},
): ChartConfiguration<'line', LinePoint[]> {
  const type = scale === 'log' && canBeLog([line]) ? 'logarithmic' : 'linear';
  const points = linePoints(line.alpha, line.loss);
  const broken = line.alpha.filter((_, i) => !Number.isFinite(line.loss[i]));
  const centre = points.findIndex(({ x }) => x === 0);
  const withAccuracy = accuracy && line.accuracy !== undefined;
  const { test } = line;
  // Training and test data have the same points, so that one dash and one colour for each measure are enough.
  const thin = (color: string, dash: number[]) => ({
    borderColor: color,
    backgroundColor: color,
    borderDash: dash,
    borderWidth: theme.highContrast ? 2 : 1.25,
    pointRadius: 0,
    pointStyle: 'line' as const,
    pointHoverRadius: 4,
  });
  const modelled = quadraticPoints(line);
  const few = points.length <= 25;
  // On a line that is partly interpolated, the dots mark the measured points.
  const hasDot = (index: number) => (line.evaluated ? isMeasured(line.evaluated, index) : few);
  return {
    type: 'line',
    data: {
      datasets: [
        {
          label: test ? 'training loss' : 'loss',
          data: points,
          yAxisID: 'y',
          borderColor: theme.series[0],
          backgroundColor: theme.series[0],
          borderWidth: theme.highContrast ? 2.5 : 1.75,
          pointRadius: ({ dataIndex }) => (dataIndex === centre ? 4.5 : hasDot(dataIndex) ? 2 : 0),
          pointStyle: 'circle',
          pointHoverRadius: 5,
        },
        ...(test
          ? [
              {
                label: 'test loss',
                data: linePoints(line.alpha, test.loss),
                yAxisID: 'y',
                ...thin(theme.series[4], []),
                borderWidth: theme.highContrast ? 2.5 : 1.75,
              },
            ]
          : []),
        ...(modelled ? [{ label: 'quadratic model', data: modelled, yAxisID: 'y', ...thin(theme.muted, [4, 3]) }] : []),
        ...(withAccuracy
          ? [
              {
                label: test ? 'training accuracy' : 'accuracy',
                data: linePoints(line.alpha, line.accuracy ?? []),
                yAxisID: 'accuracy',
                ...thin(theme.series[1], [5, 3]),
              },
            ]
          : []),
        ...(withAccuracy && test?.accuracy
          ? [
              {
                label: 'test accuracy',
                data: linePoints(line.alpha, test.accuracy),
                yAxisID: 'accuracy',
                ...thin(theme.series[3], [2, 3]),
              },
            ]
          : []),
      ],
    },
    options: {
      animation: false,
      interaction: { mode: 'nearest', axis: 'x', intersect: false },
      scales: {
        x: axis(`α × ${describeDirection(line.direction).unit}`, theme, 'linear', {
          min: line.alpha[0],
          max: line.alpha.at(-1),
          grid: false,
        }),
        y: axis('loss', theme, type),
        ...(withAccuracy
          ? { accuracy: axis('accuracy', theme, 'linear', { position: 'right', min: 0, max: 1, grid: false }) }
          : {}),
      },
      plugins: {
        legend: legend(theme, withAccuracy || test !== undefined || modelled !== null),
        tooltip: {
          ...tooltip(theme),
          callbacks: {
            title: ([item]) => (item ? `α ${formatNumber(item.parsed.x ?? NaN)}` : ''),
            label: ({ dataset, dataIndex, parsed: { y } }) => {
              if (dataset.label === 'quadratic model') return `quadratic model ${formatNumber(y ?? NaN, 5)}`;
              const ofTest = dataset.label?.startsWith('test') === true;
              const error = (ofTest ? test?.error : line.error)?.[dataIndex];
              const whose = test ? `${ofTest ? 'test' : 'training'} ` : '';
              if (dataset.yAxisID === 'accuracy')
                return `${whose}accuracy ${error ? '≈ ' : ''}${formatPercent(y ?? NaN)}`;
              const [loss, ...more] = lossText(y ?? NaN, 5, error);
              const fit = (ofTest ? test?.rSquared : line.rSquared)?.[dataIndex];
              const explained = fit === undefined ? [] : [`${whose}R² ${error ? '≈ ' : ''}${formatNumber(fit)}`];
              return [`${whose}${loss}`, ...more, ...explained];
            },
          },
        },
        zoom: zoom('x', theme),
      },
    },
    plugins: [
      verticalMarks(
        [
          { at: 0, color: faded(theme.foreground, 0.45), dash: [2, 3] },
          ...(line.quadratic ? radiusMarks(line.quadratic, theme) : []),
          ...(basin ? basinEdges(basin).map((at) => ({ at, color: theme.series[2], dash: [4, 3] })) : []),
        ],
        basin ? [{ from: -basin.minus, to: basin.plus, color: faded(theme.series[2], 0.5) }] : [],
        theme,
      ),
      ...(broken.length > 0 ? [brokenMarks(broken, theme)] : []),
      brushedPlace(line, theme),
    ],
  };
}

/** Marks where the quadratic model is off by 10 %, on the side of the line that the search found first and its mirror. */
function radiusMarks({ radius }: QuadraticModel, theme: Theme): VerticalMark[] {
  if (!Number.isFinite(radius)) return [];
  const mark = { color: theme.muted, dash: [1, 3], label: '10 %' };
  return [
    { ...mark, at: -radius, side: 'left' },
    { ...mark, at: radius },
  ];
}

/** The α where the loss reaches twice its value; none on a side where it never does. */
function basinEdges({ plus, minus }: Pick<BasinWidth, 'plus' | 'minus'>): number[] {
  return [-minus, plus].filter(Number.isFinite);
}

/** Pairs α with the values. A value that is not finite becomes a gap. */
export function linePoints(alpha: readonly number[], values: readonly number[]): LinePoint[] {
  return alpha.map((x, i) => {
    const y = values[i];
    return { x, y: y !== undefined && Number.isFinite(y) ? y : NaN };
  });
}

/**
 * The local quadratic model L(0) + slope·α + curvature·α²/2 at points of the line. Where it leaves the range of the
 * losses it is a gap, since it would press the line flat. Null where it is not known.
 */
export function quadraticPoints({ alpha, loss, quadratic }: Line): LinePoint[] | null {
  const here = loss[alpha.indexOf(0)];
  if (!quadratic || here === undefined || !Number.isFinite(here)) return null;
  const finite = loss.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const margin = 0.1 * (high - low);
  return alpha.map((x) => {
    const y = here + quadratic.slope * x + (quadratic.curvature * x * x) / 2;
    return { x, y: y >= low - margin && y <= high + margin ? y : NaN };
  });
}

/** Tells whether the lines can have a log axis, which needs every finite loss to be positive. */
export function canBeLog(lines: readonly Line[]): boolean {
  const isPositive = (value: number) => !Number.isFinite(value) || value > 0;
  return lines.every(({ loss, test }) => loss.every(isPositive) && (test?.loss ?? []).every(isPositive));
}

export function lineSummary(line: Line): string {
  const points = linePoints(line.alpha, line.loss);
  const finite = points.filter(({ y }, index) => !Number.isNaN(y) && isMeasured(line.evaluated, index));
  if (finite.length === 0) return 'No point of this line has a finite loss.';
  const lowest = finite.reduce((a, b) => (b.y < a.y ? b : a));
  const centre = finite.find(({ x }) => x === 0);
  const hidden = points.filter(({ y }) => Number.isNaN(y)).length;
  return (
    (lowest.x === 0
      ? `Lowest at the centre: ${formatNumber(lowest.y)}.`
      : `Lowest: ${formatNumber(lowest.y)} at α\u00a0=\u00a0${formatNumber(lowest.x, 3)}${centre ? `; centre ${formatNumber(centre.y)}` : ''}.`) +
    (hidden > 0 ? ` ${formatCount(hidden)} of ${formatCount(line.alpha.length)} points are not finite.` : '') +
    testSummary(line)
  );
}

/** Says where the test loss is lowest. */
function testSummary({ alpha, test }: Line): string {
  if (!test) return '';
  const finite = linePoints(alpha, test.loss).filter(
    ({ y }, index) => !Number.isNaN(y) && isMeasured(test.evaluated, index),
  );
  if (finite.length === 0) return ' No test loss is finite.';
  const lowest = finite.reduce((a, b) => (b.y < a.y ? b : a));
  return ` Test loss lowest at α\u00a0=\u00a0${formatNumber(lowest.x, 3)}: ${formatNumber(lowest.y)}.`;
}

/** Draws a cross at the upper edge for every α whose loss is not finite, and writes what the crosses mean. */
export function brokenMarks(alphas: readonly number[], theme: Theme, meaning = 'loss not finite'): Plugin<'line'> {
  return {
    id: 'brokenMarks',
    afterDatasetsDraw(chart) {
      const { ctx, chartArea } = chart;
      ctx.save();
      ctx.strokeStyle = theme.error;
      ctx.lineWidth = 1.25;
      const y = chartArea.top + 6;
      for (const alpha of alphas) {
        const x = pixel(chart, 'x', alpha);
        if (x < chartArea.left || x > chartArea.right) continue;
        stroke(ctx, x - 3, y - 3, x + 3, y + 3);
        stroke(ctx, x - 3, y + 3, x + 3, y - 3);
      }
      ctx.fillStyle = theme.error;
      ctx.font = `${theme.fontSize - 2}px ${theme.fontFamily}`;
      ctx.textBaseline = 'top';
      ctx.textAlign = 'center';
      ctx.fillText(`× ${meaning}`, (chartArea.left + chartArea.right) / 2, chartArea.top + 12);
      ctx.restore();
    },
  };
}
