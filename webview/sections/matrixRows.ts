import type { SpectralSummary } from '../../src/report/sections/spectralSummary';
import type { GgnSpectrum, HessianSpectrum, ResidualPart } from '../../src/report/sections/spectrum';
import { formatCount } from '../../src/text/counts';
import { formatEstimate, formatShare } from '../../src/report/text/estimates';
import { formatCompact } from '../../src/text/numbers';
import {
  effectiveRankFigure,
  nearZeroFigure,
  negativeFigure,
  outliersFigure,
} from '../../src/report/text/spectrumFigures';
import type { NotedFigure } from '../../src/report/text/spectrumFigures';

/** One quantity for H, for G and, where it is known, for H − G. A value that was not measured is undefined. */
export interface MatrixRow {
  name: string;
  note?: string;
  hessian?: NotedFigure;
  ggn?: NotedFigure;
  difference?: NotedFigure;
}

/**
 * Lists the quantities of the whole spectrum for both matrices, one per row.
 * @param classes number of classes of the task, shown for comparison with the number of outliers
 */
export function matrixRows(
  hessian: HessianSpectrum | undefined,
  ggn: GgnSpectrum | undefined,
  classes: number | undefined,
): MatrixRow[] {
  const both = (
    read: (matrix: HessianSpectrum | GgnSpectrum) => NotedFigure | undefined,
  ): Pick<MatrixRow, 'hessian' | 'ggn'> => ({ hessian: hessian && read(hessian), ggn: ggn && read(ggn) });
  const sums = (read: (summary: SpectralSummary) => NotedFigure) => both(({ summary }) => summary && read(summary));
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
      ...sums(effectiveRankFigure),
    },
    {
      name: 'Outliers',
      note: classes === undefined ? undefined : `${formatCount(classes)} classes`,
      ...sums(outliersFigure),
    },
    {
      name: 'Not told from zero',
      note: 'of all eigenvalues',
      ...sums(nearZeroFigure),
    },
    {
      name: 'Negative',
      note: 'estimated, proven',
      // G has no negative eigenvalues. Those that its quadrature counts are float32 noise.
      hessian: hessian && negativeFigure(hessian),
    },
  ];
  return rows.filter(({ hessian, ggn, difference }) => hessian ?? ggn ?? difference);
}

/** Explains what H − G means for this model. Its share of ‖H‖_F decides which words describe its size. */
export function residualSentence({ relativeNorm }: ResidualPart): string {
  const { value, standardError = 0 } = relativeNorm;
  const seen = value + standardError < 0.1 ? 'nearly all of' : value - standardError < 0.5 ? 'much of' : 'only part of';
  return `H − G, the curvature of the network itself weighed by its errors on the data, has ${formatShare(relativeNorm)} of the norm of H: methods that use G (natural gradient, K-FAC) see ${seen} the curvature, and every negative eigenvalue comes from the rest.`;
}
