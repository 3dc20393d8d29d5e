import type { ChartConfiguration } from 'chart.js';
import type { CliffMeasurement, SearchElsewhere, WideScan } from '../../src/report/report';
import { formatNumber } from '../../src/text/numbers';
import { faded } from '../color';
import { lossText } from '../interpolation';
import type { Theme } from '../theme';
import { axis, legend, tooltip, zoom } from './axis';
import { linePoints } from './lines';
import type { LinePoint } from './lines';
import { verticalMarks } from './marks';
import type { Band, VerticalMark } from './marks';

/** Losses that span more than this factor are drawn on a log axis: a wall would hide all else. */
const WIDE = 100;

/** What is marked on a scan: the wall of a cliff, where there is one on it. */
export interface ScanMarks {
  /** α where the wall begins, and the steepest stretch. */
  wall?: { foot: number | null; steepest: readonly number[] };
}

/** The marks of a wall on a scan; none on the other scans. */
export function wallMarks({ scans, wall }: CliffMeasurement, index: number): ScanMarks {
  if (wall?.scan !== index) return {};
  const { alpha, foot } = wall;
  const sign = alpha[0] < 0 ? -1 : 1;
  return { wall: { foot: foot ? (sign * foot.value) / scans[index].length : null, steepest: alpha } };
}

/** Loss along a wide scan, with the wall and the lowest place marked. */
export function wideScanChart(
  scan: WideScan,
  { wall }: ScanMarks,
  theme: Theme,
): ChartConfiguration<'line', LinePoint[]> {
  const points = linePoints(scan.alpha, scan.loss);
  const lowest = indexOfLowest(points);
  const marks: VerticalMark[] = [
    { at: 0, color: faded(theme.foreground, 0.45), dash: [2, 3] },
    ...(wall?.foot == null ? [] : [{ at: wall.foot, label: 'wall', color: theme.error, dash: [4, 3] }]),
  ];
  const bands: Band[] = wall ? [{ from: wall.steepest[0], to: wall.steepest[1], color: theme.error }] : [];
  return lossChart(points, 'α, 1 is as far as the weights themselves', theme, {
    marked: (index) => index === lowest,
    centre: scan.alpha.indexOf(0),
    plugins: [verticalMarks(marks, bands, theme)],
  });
}

/** Loss on the straight way from θ to a lower place. */
export function straightWayChart({ straight }: SearchElsewhere, theme: Theme): ChartConfiguration<'line', LinePoint[]> {
  const points = linePoints(straight.share, straight.loss);
  return lossChart(points, 'share of the way', theme, {
    marked: (index) => index === points.length - 1,
    centre: 0,
    plugins: [],
  });
}

function lossChart(
  points: LinePoint[],
  title: string,
  theme: Theme,
  {
    marked,
    centre,
    plugins,
  }: { marked: (index: number) => boolean; centre: number; plugins: ReturnType<typeof verticalMarks>[] },
): ChartConfiguration<'line', LinePoint[]> {
  return {
    type: 'line',
    data: {
      datasets: [
        {
          label: 'loss',
          data: points,
          borderColor: theme.series[0],
          backgroundColor: theme.series[0],
          borderWidth: theme.highContrast ? 2.5 : 1.75,
          pointRadius: ({ dataIndex }) => (marked(dataIndex) ? 5.5 : dataIndex === centre ? 4.5 : 2),
          pointStyle: ({ dataIndex }) => (marked(dataIndex) ? 'rectRot' : 'circle'),
          pointBackgroundColor: ({ dataIndex }) => (marked(dataIndex) ? theme.series[1] : theme.series[0]),
          pointHoverRadius: 5,
        },
      ],
    },
    options: {
      animation: false,
      interaction: { mode: 'nearest', axis: 'x', intersect: false },
      scales: {
        x: axis(title, theme, 'linear', { min: points[0]?.x, max: points.at(-1)?.x, grid: false }),
        y: axis('loss', theme, spans(points) ? 'logarithmic' : 'linear'),
      },
      plugins: {
        legend: legend(theme, false),
        tooltip: {
          ...tooltip(theme),
          callbacks: {
            title: ([item]) => (item ? formatNumber(item.parsed.x ?? NaN, 3) : ''),
            label: ({ parsed: { y } }) => lossText(y ?? NaN, 5, undefined),
          },
        },
        zoom: zoom('x', theme),
      },
    },
    plugins,
  };
}

/** What a scan shows, in one sentence. */
export function wideScanSummary(scan: WideScan, { wall }: ScanMarks): string {
  const points = linePoints(scan.alpha, scan.loss);
  const lowest = indexOfLowest(points);
  if (lowest === null) return 'No point of this scan has a finite loss.';
  const place = points[lowest];
  const hidden = points.filter(({ y }) => Number.isNaN(y)).length;
  const sentences = [
    place.x === 0
      ? `Lowest at the model itself: ${formatNumber(place.y)}.`
      : `Lowest: ${formatNumber(place.y)} at α\u00a0=\u00a0${formatNumber(place.x, 3)}.`,
    wall?.foot == null ? '' : `A wall begins at α\u00a0=\u00a0${formatNumber(wall.foot, 3)}.`,
    hidden > 0 ? `${hidden} of ${points.length} points are not finite.` : '',
  ];
  return sentences.filter(Boolean).join(' ');
}

function spans(points: readonly LinePoint[]): boolean {
  const finite = points.map(({ y }) => y).filter((y) => !Number.isNaN(y));
  const lowest = Math.min(...finite);
  return lowest > 0 && Math.max(...finite) > WIDE * lowest;
}

function indexOfLowest(points: readonly LinePoint[]): number | null {
  let best: number | null = null;
  points.forEach(({ y }, i) => {
    if (!Number.isNaN(y) && (best === null || y < points[best].y)) best = i;
  });
  return best;
}
