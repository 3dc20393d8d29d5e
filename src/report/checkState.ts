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

/** "all 13 passed"; "12 passed, 1 could not be judged"; "2 of 13 failed" */
export function tally(checks: readonly Check[]): string {
  const [passed, failed, unjudged] = (['passed', 'failed', 'unjudged'] as const).map(
    (state) => checksThat(state, checks).length,
  );
  if (failed > 0) return `${failed} of ${checks.length} failed`;
  if (unjudged > 0) return `${passed} passed, ${unjudged} could not be judged`;
  return `${checks.length > 1 ? 'all ' : ''}${checks.length} passed`;
}
