import type { Eigenvalue, GgnSpectrum, HessianSpectrum, Report } from '../report';
import type { PartCurvature } from '../sections/parts';
import type { SpectralSummary } from '../sections/spectralSummary';
import { formatCount } from '../../text/counts';
import { formatEstimate, formatShare } from './estimates';
import { formatMeasured, formatNumber, formatPercent } from '../../text/numbers';
import { effectiveRankFigure, nearZeroFigure, negativeFigure, outliersFigure } from './spectrumFigures';
import type { NotedFigure } from './spectrumFigures';

/** A label and the text beside it. */
export type Row = [string, string];

/** Makes one row per measured quantity: eigenvalues, sums over the spectrum, parts and scale-free curvature. */
export function curvatureRows({ spectrum, objective, parameters }: Report): Row[] {
  const rows: Row[] = [];
  const hessian = spectrum?.hessian;
  const ggn = spectrum?.ggn;
  if (hessian) {
    rows.push(['λ largest', eigenvalues(hessian.top, hessian.noiseFloor)]);
    rows.push(['λ smallest', eigenvalues(hessian.bottom, hessian.noiseFloor)]);
    if (hessian.trace) rows.push(['trace', formatEstimate(hessian.trace)]);
    if (hessian.summary) rows.push(...summaryRows(hessian, hessian.summary, objective?.classes));
    if (hessian.parts) rows.push(['sharpest', sharpest(hessian.parts)]);
  }
  if (parameters?.filterNormalizedCurvature) {
    const { directions, ...curvature } = parameters.filterNormalizedCurvature;
    rows.push([
      'scale-free dᵀHd',
      `${formatEstimate(curvature)}   mean over ${formatCount(directions)} filter-normalized directions`,
    ]);
  }
  if (ggn) rows.push(...ggnRows(ggn));
  return rows.filter(([, text]) => text !== '');
}

function summaryRows(hessian: HessianSpectrum, summary: SpectralSummary, classes: number | undefined): Row[] {
  const rank = effectiveRankFigure(summary);
  const outliers = inLine(outliersFigure(summary));
  const nearZero = nearZeroFigure(summary);
  const negative = negativeFigure(hessian);
  return [
    ['‖H‖_F', formatEstimate(summary.frobenius)],
    ['effective rank', `${rank.figure}   Σ λ⁺/(λ⁺ + c), ${rank.note}`],
    ['outliers', classes === undefined ? outliers : `${outliers} (${formatCount(classes)} classes)`],
    ['λ near zero', `${nearZero.figure} of all ${nearZero.note}`],
    ['λ negative', negative ? `about ${inLine(negative, ', ')}` : ''],
  ];
}

function ggnRows({ top, noiseFloor, trace, isFisher, residualPart }: GgnSpectrum): Row[] {
  const rows: Row[] = [['Gauss-Newton λ', eigenvalues(top, noiseFloor)]];
  const known = [trace && formatEstimate(trace), isFisher === true && 'G is the Fisher matrix'].filter(Boolean);
  rows.push(['trace of G', known.join('   ')]);
  if (residualPart) {
    rows.push([
      'H − G',
      `trace ${formatEstimate(residualPart.trace)}   ‖H − G‖_F is ${formatShare(residualPart.relativeNorm)} of ‖H‖_F`,
    ]);
  }
  return rows;
}

/**
 * Formats the first three eigenvalues. Their errors on these samples add residual and float32 noise. The error over
 * other samples follows separately.
 */
function eigenvalues(list: readonly Eigenvalue[], noiseFloor: number): string {
  const shown = list.slice(0, 3);
  const each = shown.map(
    ({ value, residual, converged }) =>
      formatMeasured(value, residual + noiseFloor) + (converged ? '' : ' (not converged)'),
  );
  const data = shown[0]?.dataError;
  return each.join(', ') + (data === undefined ? '' : `   the first ± ${formatNumber(data, 2)} over other samples`);
}

/** Names the three tensors with the largest traces, with their shares of the whole trace. */
function sharpest(parts: readonly PartCurvature[]): string {
  const tensors = parts.filter(({ level, trace }) => level === 'tensor' && Number.isFinite(trace.value));
  const total = tensors.reduce((sum, { trace }) => sum + trace.value, 0);
  return [...tensors]
    .sort((a, b) => b.trace.value - a.trace.value)
    .slice(0, 3)
    .map(
      ({ name, trace }) => name + (total > 0 ? ` ${formatPercent(trace.value / total)}` : ` ${formatEstimate(trace)}`),
    )
    .join(', ')
    .concat(total > 0 ? ' of the trace' : '');
}

function inLine({ figure, note }: NotedFigure, between = ' '): string {
  return note === undefined ? figure : `${figure}${between}${note}`;
}
