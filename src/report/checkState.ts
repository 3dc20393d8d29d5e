import type { Check } from './sections/checks';

/** What a check found: that two ways agree, that they do not, or nothing, because its own error hides a fault. */
export type CheckState = 'passed' | 'failed' | 'unjudged';

/** Reports of earlier versions know checks that passed or failed only. */
export function stateOf({ passed, judged = true }: Pick<Check, 'passed' | 'judged'>): CheckState {
  if (!judged) return 'unjudged';
  return passed ? 'passed' : 'failed';
}

export function checksThat(state: CheckState, checks: readonly Check[] = []): Check[] {
  return checks.filter((check) => stateOf(check) === state);
}
