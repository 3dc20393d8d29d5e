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

/** Formats a mean over probes with its standard error, which is 0 for an exact value and unknown for a single probe. */
export function formatEstimate({ value, standardError = NaN }: Estimate): string {
  if (Number.isNaN(standardError)) return `${formatNumber(value)} ${UNKNOWN}`;
  return `${formatCompact(value, standardError)}${isResolved(value, standardError) ? '' : NOT_RESOLVED}`;
}

/** Formats a fraction that is a mean over probes, as a percentage with its standard error. */
export function formatShare({ value, standardError = NaN }: Estimate): string {
  if (Number.isNaN(standardError)) return `${formatPercent(value)} ${UNKNOWN}`;
  return isResolved(value, standardError)
    ? formatPercentWithError(value, standardError)
    : `not resolved (± ${formatPercent(standardError)})`;
}

/** Formats an estimated count. From ten thousand on, its digits are grouped, and its error is rounded to two digits. */
export function formatCountEstimate({ value, standardError = NaN }: Estimate): string {
  if (!(standardError >= 1) || Math.abs(value) < 1e4) return formatEstimate({ value, standardError });
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(standardError)) - 1);
  const rounded = (count: number): string => formatCount(Math.round(count / unit) * unit);
  return `${rounded(value)} ± ${rounded(standardError)}${isResolved(value, standardError) ? '' : NOT_RESOLVED}`;
}

const UNKNOWN = '(error not known)';
