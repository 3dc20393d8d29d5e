import type { ChartConfiguration, Plugin } from 'chart.js';
import type { BetweenModels, Comparison } from '../../src/report/sections/comparison';
import { barrierText } from '../../src/report/text/comparison';
import { formatNumber, formatPercent } from '../../src/text/numbers';
import { faded } from '../color';
import type { Theme } from '../theme';
import { axis, legend, tooltip, zoom } from './axis';
import { brokenMarks, linePoints } from './lines';
import type { LinePoint, LineView } from './lines';
import { clipped, line as stroke, pixel } from './marks';

/** The ways between two models: straight, and after matching their units. */
export type Ways = Pick<Comparison, 'line' | 'matched'>;

/** Draws the loss from the first model to the second, straight, matched and with recomputed statistics, with the barrier of each. */
export function betweenChart(
  { line, matched }: Ways,
  [from, to]: readonly [string, string],
  { scale, accuracy }: LineView,
  theme: Theme,
): ChartConfiguration<'line', LinePoint[]> {
  const ways = waysOf({ line, matched });
  const dataset = (color: string) => ({
    borderColor: color,
    backgroundColor: color,
    borderWidth: theme.highContrast ? 2.5 : 1.75,
    pointRadius: ({ dataIndex }: { dataIndex: number }) => (dataIndex === 0 ? 4.5 : 1.75),
    pointHoverRadius: 5,
    pointStyle: 'circle' as const,
  });
  const colors = [theme.series[0], theme.series[2], theme.series[1]];
  const withAccuracy = accuracy && ways.some(({ way }) => way.accuracy !== undefined);
  const broken = ways.flatMap(({ way }) => way.alpha.filter((_, i) => !Number.isFinite(way.loss[i])));
  return {
    type: 'line',
    data: {
      datasets: [
        ...ways.map(({ name, way }, i) => ({
          label: name,
          data: linePoints(way.alpha, way.loss),
          yAxisID: 'y',
          ...dataset(colors[i]),
        })),
        ...ways.flatMap(({ name, way }, i) =>
          way.test
            ? [
                {
                  label: `${name}, test data`,
                  data: linePoints(way.alpha, way.test.loss),
                  yAxisID: 'y',
                  ...dataset(colors[i]),
                  borderDash: [2, 3],
                  pointRadius: 0,
                },
              ]
            : [],
        ),
        ...(withAccuracy
          ? ways.map(({ name, way }, i) => ({
              label: `${name}, accuracy`,
              data: linePoints(way.alpha, way.accuracy ?? []),
              yAxisID: 'accuracy',
              ...dataset(colors[i]),
              borderDash: [5, 3],
              borderWidth: theme.highContrast ? 2 : 1.25,
              pointRadius: 0,
              pointStyle: 'line' as const,
            }))
          : []),
      ],
    },
    options: {
      animation: false,
      interaction: { mode: 'nearest', axis: 'x', intersect: false },
      scales: {
        x: axis(`α: 0 is ${from}, 1 is ${to}`, theme, 'linear', { min: 0, max: 1, grid: false }),
        y: axis('loss', theme, scale === 'log' && canWaysBeLog({ line, matched }) ? 'logarithmic' : 'linear'),
        ...(withAccuracy
          ? { accuracy: axis('accuracy', theme, 'linear', { position: 'right', min: 0, max: 1, grid: false }) }
          : {}),
      },
      plugins: {
        legend: legend(theme, ways.length > 1 || withAccuracy || ways.some(({ way }) => way.test !== undefined)),
        tooltip: {
          ...tooltip(theme),
          callbacks: {
            title: ([item]) => (item ? `α ${formatNumber(item.parsed.x ?? NaN)}` : ''),
            label: ({ dataset: { label, yAxisID }, parsed: { y } }) =>
              yAxisID === 'accuracy'
                ? `${label} ${formatPercent(y ?? NaN)}`
                : `${label}: loss ${formatNumber(y ?? NaN, 5)}`,
          },
        },
        zoom: zoom('x', theme),
      },
    },
    plugins: [
      barrierMarks(ways, colors, theme),
      ...(broken.length > 0 ? [brokenMarks([...new Set(broken)], theme)] : []),
    ],
  };
}

/** Tells whether the ways can have a log axis, which needs every finite loss to be positive. */
export function canWaysBeLog(ways: Ways): boolean {
  const isPositive = (loss: number): boolean => !Number.isFinite(loss) || loss > 0;
  return waysOf(ways).every(({ way }) => way.loss.every(isPositive) && (way.test?.loss ?? []).every(isPositive));
}

/** Says how high the barriers are, for readers who cannot see the chart. */
export function betweenSummary(ways: Ways): string {
  return waysOf(ways)
    .map(({ name, way }) => `Barrier, ${name}: ${barrierText(way.barrier)}.`)
    .join(' ');
}

function waysOf({ line, matched }: Ways): { name: string; way: BetweenModels }[] {
  return [
    ...(line ? [{ name: 'straight', way: line }] : []),
    ...(matched ? [{ name: 'after matching', way: matched.line }] : []),
    ...(matched?.repaired ? [{ name: 'with recomputed statistics', way: matched.repaired }] : []),
  ];
}

/**
 * Draws each barrier as the height of the curve above the chord of the losses at both ends, which is dashed. The
 * bracket at its top is its error.
 */
function barrierMarks(
  ways: readonly { way: BetweenModels }[],
  colors: readonly string[],
  theme: Theme,
): Plugin<'line'> {
  return {
    id: 'barrierMarks',
    beforeDatasetsDraw(chart) {
      const { ctx } = chart;
      clipped(chart, () => {
        ways.forEach(({ way: { alpha, loss, barrier } }, i) => {
          const ends = [loss[alpha.indexOf(0)], loss[alpha.indexOf(1)]];
          if (!chart.isDatasetVisible(i) || !ends.every(Number.isFinite)) return;
          const chord = (at: number): number => (1 - at) * ends[0] + at * ends[1];
          ctx.strokeStyle = faded(colors[i], 0.8);
          ctx.lineWidth = theme.highContrast ? 2 : 1;
          ctx.setLineDash([4, 3]);
          ctx.beginPath();
          // A chord is straight in the loss and bent on a log axis.
          for (let k = 0; k <= 32; k += 1) {
            const [x, y] = [pixel(chart, 'x', k / 32), pixel(chart, 'y', chord(k / 32))];
            if (k === 0) ctx.moveTo(x, y);
            else ctx.lineTo(x, y);
          }
          ctx.stroke();
          ctx.setLineDash([]);
          const { height, at, error } = barrier;
          if (!(height > 0) || !Number.isFinite(height)) return;
          const x = pixel(chart, 'x', at);
          const top = chord(at) + height;
          ctx.lineWidth = theme.highContrast ? 2.5 : 1.5;
          ctx.strokeStyle = colors[i];
          stroke(ctx, x, pixel(chart, 'y', chord(at)), x, pixel(chart, 'y', top));
          if (!(error > 0)) return;
          const [low, high] = [pixel(chart, 'y', top - error), pixel(chart, 'y', top + error)];
          stroke(ctx, x, low, x, high);
          for (const y of [low, high]) if (Number.isFinite(y)) stroke(ctx, x - 5, y, x + 5, y);
        });
      });
    },
  };
}
