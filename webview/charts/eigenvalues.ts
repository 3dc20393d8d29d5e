import type { ChartConfiguration, ChartDataset } from 'chart.js';
import type { Eigenvalue, GgnSpectrum, HessianSpectrum } from '../../src/report/report';
import { formatNumber, formatCompact } from '../../src/text/numbers';
import type { Theme } from '../theme';
import { axis, legend, tooltip } from './axis';
import { errorBars, verticalMarks } from './marks';
import type { ErrorPoint } from './marks';

export type SpectrumEnd = 'largest' | 'smallest';

export interface EigenvaluePoint extends ErrorPoint {
  rank: number;
  converged: boolean;
}

/**
 * Draws one end of the spectrum as dots with nested error bars. Eigenvalues of the Hessian and of the Gauss-Newton
 * matrix that have the same rank share a row.
 */
export function eigenvalueChart(
  end: SpectrumEnd,
  hessian: HessianSpectrum | undefined,
  ggn: GgnSpectrum | undefined,
  theme: Theme,
): ChartConfiguration<'scatter', EigenvaluePoint[]> {
  const both = end === 'largest' && (hessian?.top.length ?? 0) > 0 && (ggn?.top.length ?? 0) > 0;
  const shift = both ? 0.17 : 0;
  const values = end === 'largest' ? hessian?.top : hessian?.bottom;
  const datasets: ChartDataset<'scatter', EigenvaluePoint[]>[] = [];
  if (hessian && values && values.length > 0) {
    datasets.push(
      dots('Hessian', eigenvaluePoints(values, hessian.noiseFloor, -shift), theme.series[0], 'circle', theme),
    );
  }
  if (end === 'largest' && ggn && ggn.top.length > 0) {
    datasets.push(
      dots('Gauss-Newton', eigenvaluePoints(ggn.top, ggn.noiseFloor, shift), theme.series[1], 'rectRot', theme),
    );
  }
  const rows = Math.max(0, ...datasets.flatMap(({ data }) => data.map(({ rank }) => rank)));
  const noise = Math.max(hessian?.noiseFloor ?? 0, end === 'largest' ? (ggn?.noiseFloor ?? 0) : 0);
  return {
    type: 'scatter',
    data: { datasets },
    options: {
      animation: false,
      interaction: { mode: 'nearest', intersect: false },
      scales: {
        x: { ...axis('eigenvalue λ', theme), ...extent(datasets.flatMap(({ data }) => data)) },
        y: axis('', theme, 'linear', {
          min: 0.5,
          max: rows + 0.5,
          reverse: true,
          grid: false,
          ticks: Array.from({ length: rows }, (_, i) => ({ value: i + 1, label: rankLabel(end, i + 1) })),
        }),
      },
      plugins: {
        legend: legend(theme, datasets.length > 1),
        tooltip: {
          ...tooltip(theme),
          callbacks: {
            label: ({ dataset, dataIndex }) =>
              pointText(
                `${dataset.label} ${rankLabel(end, (dataset.data[dataIndex] as unknown as EigenvaluePoint).rank)}`,
                dataset.data[dataIndex] as unknown as EigenvaluePoint,
              ),
          },
        },
      },
    },
    plugins: [
      verticalMarks(
        [{ at: 0, color: theme.muted }],
        noise > 0 ? [{ from: -noise, to: noise, color: theme.muted }] : [],
        theme,
      ),
      errorBars(theme),
    ],
  };
}

/** Makes one dot per eigenvalue. On this data, an eigenvalue lies within residual + noise floor of the dot. */
export function eigenvaluePoints(values: readonly Eigenvalue[], noiseFloor: number, shift = 0): EigenvaluePoint[] {
  return values.map(({ value, residual, converged, dataError }, index) => ({
    x: value,
    y: index + 1 + shift,
    rank: index + 1,
    residual,
    noise: noiseFloor,
    data: dataError,
    converged,
  }));
}

export function eigenvalueSummary(end: SpectrumEnd, hessian: HessianSpectrum): string {
  const values = end === 'largest' ? hessian.top : hessian.bottom;
  const first = values[0];
  if (!first) return `No ${end} eigenvalue was measured.`;
  const bound = first.residual + hessian.noiseFloor;
  const name = end === 'largest' ? 'λ_max' : 'λ_min';
  const sign =
    first.value + bound < 0
      ? 'certainly negative'
      : first.value - bound > 0
        ? 'certainly positive'
        : 'not told from zero';
  const own = `${name} = ${formatCompact(first.value, bound)}, ${sign}`;
  if (first.dataError === undefined) return `${own}.`;
  return `${own} on these samples; over other samples ± ${formatNumber(first.dataError, 2)}.`;
}

function dots(
  label: string,
  data: EigenvaluePoint[],
  color: string,
  pointStyle: 'circle' | 'rectRot',
  theme: Theme,
): ChartDataset<'scatter', EigenvaluePoint[]> {
  return {
    label,
    data,
    pointStyle,
    borderColor: color,
    // A hollow dot means that Lanczos has not converged.
    backgroundColor: ({ dataIndex }) => (data[dataIndex]?.converged === false ? theme.background : color),
    pointBorderWidth: 1.5,
    pointRadius: pointStyle === 'circle' ? 4 : 4.5,
    pointHoverRadius: 6,
  };
}

/** Computes the range of the axis. It always includes zero, so that the signs can be seen. */
function extent(points: readonly EigenvaluePoint[]): { min: number; max: number } {
  let [min, max] = [0, 0];
  for (const { x, residual, noise, data = 0 } of points) {
    const reach = Math.max(residual + noise, data);
    min = Math.min(min, x - reach);
    max = Math.max(max, x + reach);
  }
  const pad = 0.05 * (max - min || 1);
  return { min: min < 0 ? min - pad : -pad, max: max > 0 ? max + pad : pad };
}

/** Names an eigenvalue by its rank: λ₁ is the largest, λₙ the smallest. */
export function rankLabel(end: SpectrumEnd, rank: number): string {
  const subscript = (value: number): string => [...String(value)].map((digit) => '₀₁₂₃₄₅₆₇₈₉'[Number(digit)]).join('');
  if (end === 'largest') return `λ${subscript(rank)}`;
  return rank === 1 ? 'λₙ' : `λₙ₋${subscript(rank - 1)}`;
}

function pointText(name: string, { x, residual, noise, data, converged }: EigenvaluePoint): string[] {
  return [
    `${name} = ${formatNumber(x, 6)}`,
    `Krylov residual ± ${formatNumber(residual, 2)}`,
    `float32 noise ± ${formatNumber(noise, 2)}`,
    ...(data === undefined ? [] : [`data error ± ${formatNumber(data, 2)}`]),
    ...(converged ? [] : ['not converged: more Lanczos steps would move it']),
  ];
}
