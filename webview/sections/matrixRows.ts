import type { Estimate } from '../../src/report/sections/estimate';
import type { SpectralSummary } from '../../src/report/sections/spectralSummary';
import type { ResidualPart } from '../../src/report/sections/spectrum';
import type { GgnSpectrum, HessianSpectrum } from '../../src/report/report';
import { formatCompact, formatCount, formatEstimate, formatNumber, formatShare } from '../format';

/** A figure, and below it what it is measured against. */
export interface MatrixCell {
  figure: string;
  note?: string;
}

/** One quantity of H, of G and, where it is known, of H − G; undefined where it was not measured. */
export interface MatrixRow {
  name: string;
  note?: string;
  hessian?: MatrixCell;
  ggn?: MatrixCell;
  difference?: MatrixCell;
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
  const both = (
    read: (matrix: HessianSpectrum | GgnSpectrum) => MatrixCell | undefined,
  ): Pick<MatrixRow, 'hessian' | 'ggn'> => ({ hessian: hessian && read(hessian), ggn: ggn && read(ggn) });
  const sums = (read: (summary: SpectralSummary) => MatrixCell) => both(({ summary }) => summary && read(summary));
  const rest = ggn?.residualPart;
  const rows: MatrixRow[] = [
    {
      name: 'λ_max',
      ...both(
        ({ top: [first], noiseFloor }) => first && { figure: formatCompact(first.value, first.residual + noiseFloor) },
      ),
    },
    {
      name: 'Trace',
      ...both(({ trace }) => trace && { figure: formatEstimate(trace) }),
      difference: rest && { figure: formatEstimate(rest.trace) },
    },
    {
      name: 'Frobenius norm',
      ...sums(({ frobenius }) => ({ figure: formatEstimate(frobenius) })),
      difference: rest && { figure: formatShare(rest.relativeNorm), note: 'of ‖H‖_F' },
    },
    {
      name: 'Effective rank',
      note: 'Σ λ⁺/(λ⁺ + c)',
      ...sums(({ effectiveRank }) => ({
        figure: formatEstimate(effectiveRank),
        note: `c = ${formatNumber(effectiveRank.c, 2)}`,
      })),
    },
    {
      name: 'Outliers',
      note: classes === undefined ? undefined : `${formatCount(classes)} classes`,
      ...sums(({ outliers: { values, bound, complete } }) => ({
        figure: `${complete ? '' : 'at least '}${formatCount(values.length)}`,
        note: `beyond ±${formatNumber(bound, 3)}`,
      })),
    },
    {
      name: 'Not told from zero',
      note: 'of all eigenvalues',
      ...sums(({ nearZero }) => ({
        figure: formatShare(nearZero),
        note: `within ±${formatNumber(nearZero.bound, 2)}`,
      })),
    },
    {
      name: 'Negative',
      note: 'estimated, proven',
      // G has none: what its quadrature counts below zero is float32 noise.
      hessian: hessian && negativeCell(hessian),
    },
  ];
  return rows.filter(({ hessian, ggn, difference }) => hessian ?? ggn ?? difference);
}

/** What H − G means here, with its figure; the word for its size is chosen by its share of ‖H‖_F. */
export function residualSentence({ relativeNorm }: ResidualPart): string {
  const { value, standardError = 0 } = relativeNorm;
  const seen = value + standardError < 0.1 ? 'nearly all of' : value - standardError < 0.5 ? 'much of' : 'only part of';
  return `H − G, the curvature of the network itself weighed by its errors on the data, has ${formatShare(relativeNorm)} of the norm of H: methods that use G (natural gradient, K-FAC) see ${seen} the curvature, and every negative eigenvalue comes from the rest.`;
}

/** A number of directions: from ten thousand on in groups of digits, rounded to two digits of the error. */
function countEstimate({ value, standardError = NaN }: Estimate): string {
  if (!(standardError >= 1) || Math.abs(value) < 1e4) return formatEstimate({ value, standardError });
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(standardError)) - 1);
  const rounded = (count: number): string => formatCount(Math.round(count / unit) * unit);
  return `${rounded(value)} ± ${rounded(standardError)}`;
}

function negativeCell(hessian: HessianSpectrum): MatrixCell | undefined {
  const proven = certified(hessian);
  if (!hessian.summary) return proven === undefined ? undefined : { figure: proven };
  return { figure: countEstimate(hessian.summary.negative), note: proven };
}

function certified({ certifiedNegative, exact }: HessianSpectrum): string | undefined {
  if (certifiedNegative === undefined) return undefined;
  return exact ? `${formatCount(certifiedNegative)}, all of them` : `${formatCount(certifiedNegative)} or more proven`;
}
