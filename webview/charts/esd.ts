import type { ChartConfiguration, ChartDataset } from 'chart.js';
import type { Eigenvalue, TraceEstimate } from '../../src/report/report';
import type { SpectralSummary } from '../../src/report/sections/spectralSummary';
import { formatShare } from '../../src/report/text/estimates';
import { formatNumber, formatCompact } from '../../src/text/numbers';
import { faded } from '../color';
import type { Theme } from '../theme';
import { axis, legend, tooltip, zoom } from './axis';
import { quadratures } from './drawnDensity';
import type { DensitySource, DrawnDensity } from './drawnDensity';
import { rug, verticalMarks } from './marks';
import type { Band, VerticalMark } from './marks';

export interface EsdPoint {
  x: number;
  y: number;
}

/** The fields of a spectrum that the chart reads, for either matrix. `bottom` is absent for G. */
export interface SpectrumOfMatrix extends DensitySource {
  top: Eigenvalue[];
  bottom?: Eigenvalue[];
  noiseFloor: number;
  trace?: TraceEstimate;
  summary?: SpectralSummary;
}

/** One matrix in the chart: the Hessian H or the Gauss-Newton matrix G. */
export interface EsdSubject {
  matrix: 'H' | 'G';
  spectrum: SpectrumOfMatrix;
  drawn: DrawnDensity;
}

export type DensityScale = 'log' | 'linear';

/**
 * Draws the eigenvalue spectral density (ESD). On a linear axis the bulk at zero hides the outliers, which a log axis
 * shows. Ticks along the lower edge are Ritz values. Filled marks are outliers and hollow marks are the other
 * eigenvalues that were computed singly, since a density cannot show one eigenvalue in a million.
 */
export function esdChart(
  subjects: readonly EsdSubject[],
  scale: DensityScale,
  theme: Theme,
): ChartConfiguration<'line', EsdPoint[]> {
  const floor = scale === 'log' ? Math.min(...subjects.map(({ drawn }) => drawn.floor)) : 0;
  const peak = Math.max(floor * 10, ...subjects.flatMap(({ drawn }) => drawn.density));
  // The extra height leaves room for two lines of labels above the curve.
  const ceiling = scale === 'log' ? 10 ** Math.ceil(Math.log10(peak * 8)) : peak * 1.25;
  const several = subjects.length > 1;
  const [first] = subjects;
  const datasets = subjects.flatMap((subject, index) => {
    const color = theme.series[subject.matrix === 'H' ? 0 : 1];
    // The marks of the second matrix stand a step higher, since most of its eigenvalues lie near those of the first.
    const level = scale === 'log' ? floor * (ceiling / floor) ** (0.045 * index) : 0.045 * index * ceiling;
    return [
      ...curve(subject, color, floor, several, theme),
      ...singleEigenvalues(subject, color, level, several, theme),
    ];
  });
  return {
    type: 'line',
    data: { datasets },
    options: {
      animation: false,
      interaction: { mode: 'nearest', axis: 'x', intersect: false },
      scales: {
        x: axis('eigenvalue λ', theme, 'linear', {
          min: Math.min(...subjects.map(({ drawn }) => drawn.lambda[0] ?? Infinity)),
          max: Math.max(...subjects.map(({ drawn }) => drawn.lambda.at(-1) ?? -Infinity)),
          grid: false,
        }),
        y: axis('density', theme, scale === 'log' ? 'logarithmic' : 'linear', { min: floor, max: ceiling }),
      },
      plugins: {
        legend: {
          ...legend(theme),
          labels: {
            ...legend(theme).labels,
            filter: ({ text }) => text !== '',
            sort: (a, b) => (a.datasetIndex ?? 0) - (b.datasetIndex ?? 0),
          },
        },
        tooltip: {
          ...tooltip(theme),
          filter: ({ dataset, parsed }) => !isBand(dataset.label ?? '') && Number.isFinite(parsed.y),
          callbacks: {
            title: () => '',
            label: ({ dataset, parsed: { x, y } }) =>
              isDensity(dataset.label ?? '')
                ? `${dataset.label}   λ ${formatNumber(x ?? NaN, 3)}   ${formatNumber(y ?? NaN, 3)}`
                : `${dataset.label}   λ = ${formatNumber(x ?? NaN)}`,
          },
        },
        zoom: zoom('x', theme),
      },
    },
    plugins: first
      ? [
          verticalMarks(esdMarks(first, theme), zeroBand(first, theme), theme),
          rug(ritzTicks(first.spectrum), theme.muted),
        ]
      : [],
  };
}

/** Returns "λ_max …, λ_min …, trace …", each with its error. */
export function esdSummary({ top, bottom, trace, noiseFloor }: SpectrumOfMatrix): string {
  const [max, min] = [top[0], bottom?.[0]];
  const parts = [
    max && `λ_max ${formatCompact(max.value, max.residual + noiseFloor)}`,
    min && `λ_min ${formatCompact(min.value, min.residual + noiseFloor)}`,
    trace && `trace ${formatCompact(trace.value, trace.standardError)}`,
  ].filter((part) => part !== undefined);
  return parts.length > 0 ? `${parts.join(', ')}.` : 'Density of the eigenvalues.';
}

/** Returns the outliers, and those eigenvalues at both ends of the spectrum that are no outliers. */
export function markedEigenvalues({ top, bottom = [], summary }: SpectrumOfMatrix): {
  outliers: number[];
  others: number[];
} {
  const found = [...top, ...bottom].map(({ value }) => value);
  if (!summary) return { outliers: [], others: found };
  const { values, bound } = summary.outliers;
  return { outliers: values, others: found.filter((value) => !(Math.abs(value) > bound)) };
}

function curve(
  { matrix, drawn }: EsdSubject,
  color: string,
  floor: number,
  several: boolean,
  theme: Theme,
): ChartDataset<'line', EsdPoint[]>[] {
  const { lambda, density, standardError } = drawn;
  const spread = standardError?.every((error) => Number.isFinite(error)) ? standardError : undefined;
  const edge = {
    borderWidth: 0,
    pointRadius: 0,
    pointHitRadius: 0,
    backgroundColor: faded(color, 0.25),
    pointStyle: 'rect' as const,
  };
  const shifted = (sign: -1 | 1, errors: readonly number[]): EsdPoint[] =>
    lambda.map((x, i) => ({ x, y: Math.max(density[i] + sign * errors[i], floor) }));
  return [
    {
      label: several ? `density of ${matrix}` : 'density',
      data: lambda.map((x, i) => ({ x, y: density[i] >= floor ? density[i] : NaN })),
      borderColor: color,
      backgroundColor: faded(color, 0.12),
      borderWidth: theme.highContrast ? 2.5 : 1.75,
      borderDash: matrix === 'G' ? [6, 3] : [],
      pointRadius: 0,
      pointStyle: 'line',
      // The dashed curve lies over the solid one, so that both can be seen where they agree.
      order: matrix === 'G' ? 0 : 1,
      fill: spread || several ? false : 'start',
    },
    ...(spread
      ? [
          {
            label: several ? '' : 'standard error over probes',
            data: shifted(-1, spread),
            ...edge,
            fill: '+1',
          },
          { label: '', data: shifted(1, spread), ...edge, fill: false },
        ]
      : []),
  ];
}

function singleEigenvalues(
  { matrix, spectrum }: EsdSubject,
  color: string,
  level: number,
  several: boolean,
  theme: Theme,
): ChartDataset<'line', EsdPoint[]>[] {
  const { outliers, others } = markedEigenvalues(spectrum);
  const of = several ? ` of ${matrix}` : '';
  const series = (label: string, values: readonly number[], filled: boolean): ChartDataset<'line', EsdPoint[]> => ({
    label,
    data: values.map((x) => ({ x, y: level })),
    showLine: false,
    borderColor: filled ? theme.background : color,
    backgroundColor: filled ? color : theme.background,
    pointStyle: matrix === 'H' ? 'triangle' : 'rectRot',
    pointRadius: filled ? 6 : 5,
    pointHoverRadius: 8,
    pointBorderWidth: filled ? 1 : 1.5,
    clip: false,
  });
  return [
    ...(outliers.length > 0 ? [series(`outliers${of}`, outliers, true)] : []),
    ...(others.length > 0 ? [series(several ? '' : 'eigenvalues found', others, spectrum.summary === undefined)] : []),
  ];
}

function isDensity(label: string): boolean {
  return label.startsWith('density');
}

function isBand(label: string): boolean {
  return label === '' || label.startsWith('standard error');
}

/** The band in which no eigenvalue can be told from zero. Its half width is the summary's bound, or the noise floor. */
function zeroBand({ spectrum: { summary, noiseFloor } }: EsdSubject, theme: Theme): Band[] {
  const bound = summary?.nearZero.bound ?? noiseFloor;
  return bound > 0 ? [{ from: -bound, to: bound, color: theme.muted }] : [];
}

function esdMarks({ spectrum: { top, bottom, summary } }: EsdSubject, theme: Theme): VerticalMark[] {
  const quiet = faded(theme.foreground, 0.55);
  const [max, min] = [top[0], bottom?.[0]];
  const dash = [2, 3];
  const marks: VerticalMark[] = [
    {
      at: 0,
      color: theme.muted,
      row: 1,
      label: summary && nearZeroLabel(summary),
    },
  ];
  if (max) marks.push({ at: max.value, label: `λ_max ${formatNumber(max.value, 3)}`, color: quiet, dash });
  if (min)
    marks.push({ at: min.value, label: `λ_min ${formatNumber(min.value, 3)}`, side: 'left', color: quiet, dash });
  return marks;
}

function nearZeroLabel({ nearZero }: SpectralSummary): string {
  return `${formatShare(nearZero)} within ±${formatNumber(nearZero.bound, 2)}`;
}

/** Makes a tick per Ritz value. Ticks of smaller weight are fainter, but never invisible. */
function ritzTicks(spectrum: DensitySource): { at: number; opacity: number }[] {
  return quadratures(spectrum).flatMap(({ nodes, weights }) =>
    nodes.map((at, i) => ({ at, opacity: Math.min(1, 0.25 + 0.75 * Math.sqrt(weights[i] ?? 0)) })),
  );
}
