import type { ChartConfiguration, ChartDataset } from 'chart.js';
import { densityBand } from '../../src/report/density';
import type { HessianSpectrum } from '../../src/report/report';
import { formatNumber, formatWithError } from '../format';
import type { Theme } from '../theme';
import { axis, legend, tooltip, zoom } from './axis';
import { faded } from '../color';
import { rug, verticalMarks } from './marks';
import type { VerticalMark } from './marks';

export interface EsdPoint {
  x: number;
  y: number;
}

/** The density as drawn: below `floor` a log axis has nothing to say, and the curve has a gap. */
export interface DrawnDensity {
  lambda: readonly number[];
  density: readonly number[];
  /** Over the probes, where there were several. */
  standardError?: readonly number[];
  sigma: number;
  floor: number;
}

/** Narrowest and widest kernel of the slider, as fractions of the spectrum's range. */
export const SIGMA_RANGE = { min: 1e-4, max: 0.1 } as const;

/**
 * Eigenvalue spectral density (ESD). Log density, since the bulk at zero hides the outliers. Ticks along the lower
 * edge are Ritz values, triangles the eigenvalues found one by one: a density cannot show one in a million.
 */
export function esdChart(
  drawn: DrawnDensity,
  spectrum: HessianSpectrum,
  theme: Theme,
): ChartConfiguration<'line', EsdPoint[]> {
  const { lambda, density, standardError, floor } = drawn;
  const above = (values: readonly number[]): EsdPoint[] =>
    lambda.map((x, i) => ({ x, y: values[i]! >= floor ? values[i]! : NaN }));
  const spread = standardError?.every((error) => Number.isFinite(error)) ? standardError : undefined;
  const edge = { borderWidth: 0, pointRadius: 0, pointHitRadius: 0, backgroundColor: faded(theme.series[0]!, 0.28) };
  const found = [...spectrum.top, ...spectrum.bottom].map(({ value }) => ({ x: value, y: floor }));
  const datasets: ChartDataset<'line', EsdPoint[]>[] = [
    {
      label: 'density',
      data: above(density),
      borderColor: theme.series[0],
      backgroundColor: faded(theme.series[0]!, 0.12),
      borderWidth: theme.highContrast ? 2.5 : 1.75,
      pointRadius: 0,
      pointStyle: 'line',
      fill: spread ? false : 'start',
    },
    {
      label: 'eigenvalues found',
      data: found,
      showLine: false,
      borderColor: theme.background,
      backgroundColor: theme.series[1],
      pointStyle: 'triangle',
      pointRadius: 5,
      pointHoverRadius: 7,
      pointBorderWidth: 1,
      clip: false,
    },
    ...(spread
      ? [
          {
            label: 'spread over probes',
            data: lambda.map((x, i) => ({ x, y: Math.max(density[i]! - spread[i]!, floor) })),
            ...edge,
            fill: '+1',
            pointStyle: 'rect' as const,
          },
          {
            label: '',
            data: lambda.map((x, i) => ({ x, y: Math.max(density[i]! + spread[i]!, floor) })),
            ...edge,
            fill: false,
          },
        ]
      : []),
  ];
  const peak = density.reduce((a, b) => Math.max(a, b), floor * 10);
  return {
    type: 'line',
    data: { datasets },
    options: {
      animation: false,
      interaction: { mode: 'nearest', axis: 'x', intersect: false },
      scales: {
        x: axis('eigenvalue λ', theme, 'linear', { min: lambda[0], max: lambda.at(-1), grid: false }),
        y: axis('density', theme, 'logarithmic', { min: floor, max: 10 ** Math.ceil(Math.log10(peak * 1.5)) }),
      },
      plugins: {
        legend: { ...legend(theme), labels: { ...legend(theme).labels, filter: ({ text }) => text !== '' } },
        tooltip: {
          ...tooltip(theme),
          filter: ({ datasetIndex, parsed }) => datasetIndex < 2 && Number.isFinite(parsed.y),
          callbacks: {
            title: () => '',
            label: ({ datasetIndex, parsed: { x, y } }) =>
              datasetIndex === 1
                ? `eigenvalue ${formatNumber(x ?? NaN)}`
                : `λ ${formatNumber(x ?? NaN, 3)}   density ${formatNumber(y ?? NaN, 3)}`,
          },
        },
        zoom: zoom('x', theme),
      },
    },
    plugins: [
      verticalMarks(
        esdMarks(spectrum, theme),
        spectrum.noiseFloor > 0 ? [{ from: -spectrum.noiseFloor, to: spectrum.noiseFloor, color: theme.muted }] : [],
        theme,
      ),
      rug(ritzTicks(spectrum), theme.muted),
    ],
  };
}

/**
 * The density at a kernel width, from the saved quadratures where the report has them (any width), else as recorded.
 * @param sigma fraction of the range of the Ritz values; null: as recorded
 * @param dim number of parameters: the floor lies a decade under the peak of a single eigenvalue, 1/(dim·σ·√2π)
 */
export function drawnDensity(spectrum: HessianSpectrum, sigma: number | null, dim: number): DrawnDensity | null {
  const ritz = quadratures(spectrum);
  const range = ritzRange(spectrum);
  const wanted = sigma === null || !(range > 0) ? spectrum.density?.sigma : sigma * range;
  const curve = ritz.length > 0 ? densityBand(ritz, { sigma: wanted, points: 1200 }) : spectrum.density;
  if (!curve) return null;
  const peak = curve.density.reduce((a, b) => Math.max(a, b), 0);
  const single = 1 / (Math.max(dim, 1) * curve.sigma * Math.sqrt(2 * Math.PI));
  const floor = 10 ** Math.floor(Math.log10(Math.max(single / 10, peak * 1e-12) || 1e-12));
  return { ...curve, floor };
}

/** True where the kernel width can still be chosen: the quadratures were saved. */
export function canSmooth(spectrum: HessianSpectrum): boolean {
  return quadratures(spectrum).length > 0 && ritzRange(spectrum) > 0;
}

export function ritzRange(spectrum: HessianSpectrum): number {
  const nodes = quadratures(spectrum).flatMap((probe) => probe.nodes);
  return nodes.reduce((a, b) => Math.max(a, b), -Infinity) - nodes.reduce((a, b) => Math.min(a, b), Infinity);
}

/** With every eigenvalue known, the spectrum itself is the quadrature. */
function quadratures({ ritz, all }: HessianSpectrum): { nodes: number[]; weights: number[] }[] {
  if (all && all.length > 0) return [{ nodes: all, weights: all.map(() => 1 / all.length) }];
  return ritz ?? [];
}

export function esdSummary(spectrum: HessianSpectrum): string {
  const [max, min] = [spectrum.top[0], spectrum.bottom[0]];
  const parts = [
    max && `λ_max ${formatWithError(max.value, max.residual + spectrum.noiseFloor)}`,
    min && `λ_min ${formatWithError(min.value, min.residual + spectrum.noiseFloor)}`,
    spectrum.trace && `trace ${formatWithError(spectrum.trace.value, spectrum.trace.standardError)}`,
  ].filter((part) => part !== undefined);
  return parts.length > 0 ? `${parts.join(', ')}.` : 'Density of the eigenvalues of the Hessian.';
}

function esdMarks({ top, bottom }: HessianSpectrum, theme: Theme): VerticalMark[] {
  const quiet = faded(theme.foreground, 0.55);
  const marks: VerticalMark[] = [{ at: 0, color: theme.muted }];
  if (top[0])
    marks.push({ at: top[0].value, label: `λ_max ${formatNumber(top[0].value, 3)}`, color: quiet, dash: [2, 3] });
  if (bottom[0])
    marks.push({
      at: bottom[0].value,
      label: `λ_min ${formatNumber(bottom[0].value, 3)}`,
      side: 'left',
      color: quiet,
      dash: [2, 3],
    });
  return marks;
}

/** A tick per Ritz value, fainter where it stands for fewer eigenvalues; never so faint that it is gone. */
function ritzTicks(spectrum: HessianSpectrum): { at: number; opacity: number }[] {
  return quadratures(spectrum).flatMap(({ nodes, weights }) =>
    nodes.map((at, i) => ({ at, opacity: Math.min(1, 0.25 + 0.75 * Math.sqrt(weights[i] ?? 0)) })),
  );
}
