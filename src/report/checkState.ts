import type { Check } from './sections/checks';

/**
 * The result of a check, which computes the same number in two ways. The two agree (`passed`) or disagree (`failed`),
 * or the check's own error could hide a disagreement (`unjudged`).
 */
export type CheckState = 'passed' | 'failed' | 'unjudged';

/** Returns the result of a check. Reports of earlier versions have only checks that passed or failed. */
export function stateOf({ passed, judged = true }: Pick<Check, 'passed' | 'judged'>): CheckState {
  if (!judged) return 'unjudged';
  return passed ? 'passed' : 'failed';
}

export function checksThat(state: CheckState, checks: readonly Check[] = []): Check[] {
  return checks.filter((check) => stateOf(check) === state);
}
