import type { Verification } from '../../src/protocol/measured';
import { checksThat, stateOf } from '../../src/report/checkState';
import type { CheckState } from '../../src/report/checkState';
import type { Check } from '../../src/report/sections/checks';
import { comparedBy, reasonOf } from '../../src/report/text/checkReason';
import { counted } from '../../src/text/counts';
import { formatNumber } from '../../src/text/numbers';
import { checkRuler } from '../checkRuler';
import { h } from '../dom';
import type { Child } from '../dom';
import { keepFiguresWhole } from '../format';
import type { MeasuredWords } from './measuredWords';

export const VERIFICATION_WORDS: MeasuredWords = {
  heading: (model) => `${model}: self-checks of the derivatives`,
  first: 'Verify',
  again: 'Verify again',
  running: 'Verifying',
  nothing: 'The derivatives of this model have not been verified yet.',
};

const STATES: Record<CheckState, { sign: string; word: string }> = {
  failed: { sign: '✗', word: 'failed' },
  unjudged: { sign: '?', word: 'not judged' },
  passed: { sign: '✓', word: 'passed' },
};

/** Shows how the self-checks ended, and each in a row: those that failed first. */
export function verificationPart({ checks, data }: Verification): Child[] {
  const sorted = (['failed', 'unjudged', 'passed'] as const).flatMap((state) => checksThat(state, checks));
  return [summary(checks, data), table(sorted)];
}

function summary(checks: readonly Check[], data: string): HTMLElement {
  const [failed, unjudged, passed] = (['failed', 'unjudged', 'passed'] as const).map(
    (state) => checksThat(state, checks).length,
  ) as [number, number, number];
  const where = data === '' ? '' : ` Data: ${data.split(/[\\/]/).at(-1)}.`;
  if (failed > 0) {
    return h(
      'div',
      { class: 'banner error', role: 'status' },
      h(
        'p',
        {},
        h('strong', {}, `${failed} of ${counted(checks.length, 'check')} failed. `),
        `Two ways to the same figure disagree here, so do not rely on derivatives of this model.${where}`,
      ),
    );
  }
  const open = unjudged === 0 ? '' : `, ${unjudged} could not be judged`;
  return h(
    'p',
    { class: 'passed-line', role: 'status' },
    h('span', { class: 'check-sign', 'aria-hidden': 'true' }, '✓ '),
    `${unjudged === 0 ? 'All ' : ''}${counted(passed, 'check')} passed${open}.${where}`,
  );
}

function table(checks: readonly Check[]): HTMLElement {
  const column = (text: string, kind?: string): HTMLElement => h('th', { scope: 'col', class: kind }, text);
  return h(
    'table',
    { class: 'data stacked checks-table', 'aria-label': 'Self-checks' },
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        column('Result'),
        column('What is compared'),
        column('Disagreement', 'number'),
        column('Bound', 'number'),
        column('Reason'),
      ),
    ),
    h('tbody', {}, ...checks.map(row)),
  );
}

function row(check: Check): HTMLElement {
  const state = stateOf(check);
  const { sign, word } = STATES[state];
  const compared = comparedBy(check);
  return h(
    'tr',
    { class: `check ${state}` },
    h('td', { class: 'result' }, h('span', { class: `check-sign ${state}`, 'aria-hidden': 'true' }, sign), ` ${word}`),
    h('th', { scope: 'row' }, h('strong', {}, check.name), compared !== '' && h('span', { class: 'note' }, compared)),
    h('td', { class: 'number', 'data-label': 'Disagreement' }, formatNumber(check.value, 2), checkRuler(check)),
    h('td', { class: 'number', 'data-label': 'Bound' }, formatNumber(check.limit, 2)),
    h('td', { class: 'reason' }, keepFiguresWhole(reasonOf(check))),
  );
}
