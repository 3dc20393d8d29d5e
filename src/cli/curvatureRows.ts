import { figure, figureWithError, percent } from '../diagnostics/figure';
import type { Estimate } from '../report/sections/estimate';
import type { PartCurvature } from '../report/sections/parts';
import type { SpectralSummary } from '../report/sections/spectralSummary';
import type { Eigenvalue, GgnSpectrum, HessianSpectrum, Report } from '../report/report';

/** A label and what stands beside it. */
export type Row = [string, string];

/** Eigenvalues, sums over the spectrum, parts and companions: what was measured, a row each. */
export function curvatureRows({ spectrum, objective, parameters }: Report): Row[] {
  const rows: Row[] = [];
  const hessian = spectrum?.hessian;
  const ggn = spectrum?.ggn;
  if (hessian) {
    rows.push(['λ largest', eigenvalues(hessian.top, hessian.noiseFloor)]);
    rows.push(['λ smallest', eigenvalues(hessian.bottom, hessian.noiseFloor)]);
    if (hessian.trace) rows.push(['trace', estimate(hessian.trace)]);
    if (hessian.summary) rows.push(...summaryRows(hessian.summary, hessian.certifiedNegative, objective?.classes));
    if (hessian.parts) rows.push(['sharpest', sharpest(hessian.parts)]);
  }
  if (parameters?.filterNormalizedCurvature) {
    const { directions, ...curvature } = parameters.filterNormalizedCurvature;
    rows.push(['scale-free dᵀHd', `${estimate(curvature)}   mean over ${directions} filter-normalized directions`]);
  }
  if (ggn) rows.push(...ggnRows(ggn));
  return rows.filter(([, text]) => text !== '');
}

function summaryRows(
  { frobenius, effectiveRank, nearZero, negative, outliers }: SpectralSummary,
  certified: HessianSpectrum['certifiedNegative'],
  classes: number | undefined,
): Row[] {
  const found = `${outliers.complete ? '' : 'at least '}${outliers.values.length} beyond ±${figure(outliers.bound)}`;
  return [
    ['‖H‖_F', estimate(frobenius)],
    ['effective rank', `${estimate(effectiveRank)}   Σ λ⁺/(λ⁺ + c), c = ${figure(effectiveRank.c, 2)}`],
    ['outliers', found + (classes === undefined ? '' : ` (${classes} classes)`)],
    ['λ near zero', `${share(nearZero)} of all within ±${figure(nearZero.bound, 2)}`],
    [
      'λ negative',
      `about ${estimate(negative)}` + (certified === undefined ? '' : `, ${certified.toLocaleString('en')} certified`),
    ],
  ];
}

function ggnRows({ top, noiseFloor, trace, isFisher, residualPart }: GgnSpectrum): Row[] {
  const rows: Row[] = [['Gauss-Newton λ', eigenvalues(top, noiseFloor)]];
  const known = [trace && estimate(trace), isFisher === true && 'G is the Fisher matrix'].filter(Boolean);
  rows.push(['trace of G', known.join('   ')]);
  if (residualPart) {
    rows.push([
      'H − G',
      `trace ${estimate(residualPart.trace)}   ‖H − G‖_F is ${share(residualPart.relativeNorm)} of ‖H‖_F`,
    ]);
  }
  return rows;
}

/** Residual and float32 noise together bound λ on these samples; what other samples would change stands apart. */
function eigenvalues(list: readonly Eigenvalue[], noiseFloor: number): string {
  const shown = list.slice(0, 3);
  const each = shown.map(
    ({ value, residual, converged }) =>
      figureWithError(value, residual + noiseFloor) + (converged ? '' : ' (not converged)'),
  );
  const data = shown[0]?.dataError;
  return each.join(', ') + (data === undefined ? '' : `   the first ± ${figure(data, 2)} over other samples`);
}

/** The three tensors with the largest traces, with their share of all. */
function sharpest(parts: readonly PartCurvature[]): string {
  const tensors = parts.filter(({ level, trace }) => level === 'tensor' && Number.isFinite(trace.value));
  const total = tensors.reduce((sum, { trace }) => sum + trace.value, 0);
  return [...tensors]
    .sort((a, b) => b.trace.value - a.trace.value)
    .slice(0, 3)
    .map(({ name, trace }) => name + (total > 0 ? ` ${percent(trace.value / total)}` : ` ${estimate(trace)}`))
    .join(', ')
    .concat(total > 0 ? ' of the trace' : '');
}

function estimate({ value, standardError = NaN }: Estimate): string {
  return Number.isNaN(standardError) ? `${figure(value)} ${UNKNOWN}` : figureWithError(value, standardError);
}

function share({ value, standardError = NaN }: Estimate): string {
  if (Number.isNaN(standardError)) return `${percent(value)} ${UNKNOWN}`;
  return standardError > 0 ? `${figureWithError(100 * value, 100 * standardError)} %` : percent(value);
}

/** A single probe does not tell how far another would lie. */
const UNKNOWN = '(error not known)';
