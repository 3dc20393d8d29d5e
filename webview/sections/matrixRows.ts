import type { ResidualPart, SpectralSummary } from '../../src/report/curvature';
import type { GgnSpectrum, HessianSpectrum } from '../../src/report/report';
import { formatCount, formatEstimate, formatNumber, formatPercentWithError, formatWithError } from '../format';

/** One quantity of H, of G and, where it is known, of H − G; empty where it was not measured. */
export interface MatrixRow {
  name: string;
  hessian: string;
  ggn: string;
  difference: string;
}

/**
 * What sums over the whole spectrum say of both matrices.
 * @param classes of the task, which the number of outliers is compared with
 */
export function matrixRows(
  hessian: HessianSpectrum | undefined,
  ggn: GgnSpectrum | undefined,
  classes: number | undefined,
): MatrixRow[] {
  const row = (
    name: string,
    read: (matrix: HessianSpectrum | GgnSpectrum) => string | undefined,
    difference = '',
  ): MatrixRow => ({
    name,
    hessian: (hessian && read(hessian)) ?? '',
    ggn: (ggn && read(ggn)) ?? '',
    difference,
  });
  const sums = (name: string, read: (summary: SpectralSummary) => string, difference?: string): MatrixRow =>
    row(name, ({ summary }) => summary && read(summary), difference);
  const rest = ggn?.residualPart;
  const rows = [
    row('λ_max', ({ top: [first], noiseFloor }) => first && formatWithError(first.value, first.residual + noiseFloor)),
    row('trace', ({ trace }) => trace && formatEstimate(trace), rest && formatEstimate(rest.trace)),
    sums('Frobenius norm ‖·‖_F', ({ frobenius }) => formatEstimate(frobenius), rest && relativeNorm(rest)),
    sums(
      'effective rank Σ λ⁺/(λ⁺ + c)',
      ({ effectiveRank }) => `${formatEstimate(effectiveRank)}, c = ${formatNumber(effectiveRank.c, 2)}`,
    ),
    sums(
      'eigenvalues not told from zero',
      ({ nearZero }) =>
        `${formatPercentWithError(nearZero.value, nearZero.standardError)} within ±${formatNumber(nearZero.bound, 2)}`,
    ),
    sums('negative eigenvalues, estimated', ({ negative }) => formatEstimate(negative)),
    {
      ...row('negative eigenvalues, certified', () => undefined),
      hessian: hessian?.certifiedNegative === undefined ? '' : certified(hessian),
    },
    sums(
      `outliers${classes === undefined ? '' : ` (${formatCount(classes)} classes)`}`,
      ({ outliers: { values, bound, complete } }) =>
        `${complete ? '' : 'at least '}${formatCount(values.length)} beyond ±${formatNumber(bound, 3)}`,
    ),
  ];
  return rows.filter(({ hessian, ggn, difference }) => hessian !== '' || ggn !== '' || difference !== '');
}

/** What H − G means here, with its figure; the word for its size is chosen by its share of ‖H‖_F. */
export function residualSentence({ relativeNorm: { value, standardError } }: ResidualPart): string {
  const share = formatPercentWithError(value, standardError);
  const seen = value + standardError < 0.1 ? 'nearly all of' : value - standardError < 0.5 ? 'much of' : 'only part of';
  return `H − G, the curvature of the network itself weighed by its errors on the data, has ${share} of the norm of H: methods that use G (natural gradient, K-FAC) see ${seen} the curvature, and every negative eigenvalue comes from the rest.`;
}

function relativeNorm({ relativeNorm: { value, standardError } }: ResidualPart): string {
  return `${formatPercentWithError(value, standardError)} of ‖H‖_F`;
}

function certified({ certifiedNegative = 0, exact }: HessianSpectrum): string {
  return exact ? `${formatCount(certifiedNegative)}, all of them` : `${formatCount(certifiedNegative)} or more`;
}
