import { formatCount } from '../../text/counts';
import {
  formatCompact,
  formatNumber,
  formatPercent,
  formatPercentWithError,
  isResolved,
  NOT_RESOLVED,
} from '../../text/numbers';
import type { Estimate } from '../sections/estimate';

/** A mean over probes with its standard error. An exact figure has none; that of a single probe is not known. */
export function formatEstimate({ value, standardError = NaN }: Estimate): string {
  if (Number.isNaN(standardError)) return `${formatNumber(value)} ${UNKNOWN}`;
  return `${formatCompact(value, standardError)}${isResolved(value, standardError) ? '' : NOT_RESOLVED}`;
}

/** A fraction of the same kind, as a percentage. */
export function formatShare({ value, standardError = NaN }: Estimate): string {
  if (Number.isNaN(standardError)) return `${formatPercent(value)} ${UNKNOWN}`;
  return `${formatPercentWithError(value, standardError)}${isResolved(value, standardError) ? '' : NOT_RESOLVED}`;
}

/** A number of directions: from ten thousand on in groups of digits, rounded to two digits of the error. */
export function formatCountEstimate({ value, standardError = NaN }: Estimate): string {
  if (!(standardError >= 1) || Math.abs(value) < 1e4) return formatEstimate({ value, standardError });
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(standardError)) - 1);
  const rounded = (count: number): string => formatCount(Math.round(count / unit) * unit);
  return `${rounded(value)} ± ${rounded(standardError)}`;
}

const UNKNOWN = '(error not known)';
