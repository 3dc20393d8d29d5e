import { formatCount } from '../../text/counts';
import { formatNumber } from '../../text/numbers';
import type { SpectralSummary } from '../sections/spectralSummary';
import type { HessianSpectrum } from '../sections/spectrum';
import { formatCountEstimate, formatEstimate, formatShare } from './estimates';

/** A formatted number, with a note about the constant or bound on which it depends. */
export interface NotedFigure {
  figure: string;
  note?: string;
}

export function effectiveRankFigure({ effectiveRank }: SpectralSummary): NotedFigure {
  return { figure: formatEstimate(effectiveRank), note: `c = ${formatNumber(effectiveRank.c, 2)}` };
}

export function outliersFigure({ outliers: { values, bound, complete } }: SpectralSummary): NotedFigure {
  return {
    figure: `${complete ? '' : 'at least '}${formatCount(values.length)}`,
    note: `beyond ±${formatNumber(bound, 3)}`,
  };
}

export function nearZeroFigure({ nearZero }: SpectralSummary): NotedFigure {
  return { figure: formatShare(nearZero), note: `within ±${formatNumber(nearZero.bound, 2)}` };
}

/** Formats how many eigenvalues are negative, both estimated and proven. Undefined if neither is known. */
export function negativeFigure(hessian: HessianSpectrum): NotedFigure | undefined {
  const proven = provenNegative(hessian);
  if (!hessian.summary) return proven === undefined ? undefined : { figure: proven };
  return { figure: formatCountEstimate(hessian.summary.negative), note: proven };
}

function provenNegative({ certifiedNegative, exact }: HessianSpectrum): string | undefined {
  if (certifiedNegative === undefined) return undefined;
  return exact ? `${formatCount(certifiedNegative)}, all of them` : `${formatCount(certifiedNegative)} or more proven`;
}
