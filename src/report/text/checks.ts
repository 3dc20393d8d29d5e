import { formatNumber } from '../../text/numbers';
import { checksThat, stateOf } from '../checkState';
import type { Check } from '../sections/checks';

/** Counts checks, as in "all 13 passed", "12 passed, 1 could not be judged" or "2 of 13 failed". */
export function tally(checks: readonly Check[]): string {
  const [passed, failed, unjudged] = (['passed', 'failed', 'unjudged'] as const).map(
    (state) => checksThat(state, checks).length,
  );
  if (failed > 0) return `${failed} of ${checks.length} failed`;
  if (unjudged > 0) return `${passed} passed, ${unjudged} could not be judged`;
  return `${checks.length > 1 ? 'all ' : ''}${checks.length} passed`;
}

/** Compares a check's value with its limit, as in "0.031 exceeds 0.01". */
export function comparison(check: Check): string {
  const { value, limit, passed } = check;
  if (stateOf(check) === 'unjudged') return 'could not be judged';
  if (Number.isNaN(value)) return `NaN is no figure to hold against ${formatNumber(limit, 2)}`;
  return `${formatNumber(value, 2)} ${passed ? '≤' : 'exceeds'} ${formatNumber(limit, 2)}`;
}
