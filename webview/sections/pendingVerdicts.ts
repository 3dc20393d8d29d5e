import type { PendingQuestion } from '../../src/report/sections/pending';
import { formatEvidence } from '../../src/text/numbers';
import { h } from '../dom';
import { keepFiguresWhole } from '../format';

/** Figures of a question that its line shows. */
const SHOWN_FIGURES = 3;

/** The questions that have no verdict yet, each in one line: its figures so far, and what it waits for. No advice. */
export function pendingList(pending: readonly PendingQuestion[], running: boolean): HTMLElement {
  return h(
    'section',
    { class: 'pending-verdicts', 'aria-label': running ? 'Still being measured' : 'Not answered' },
    h('h3', {}, running ? 'Still being measured' : 'Not answered: the analysis stopped before'),
    h('ul', {}, ...pending.map((question) => line(question, running))),
  );
}

function line({ title, waitsFor, evidence }: PendingQuestion, running: boolean): HTMLElement {
  const figures = evidence
    .slice(0, SHOWN_FIGURES)
    .map(({ name, value, error }) => `${name}: ${formatEvidence(value, error)}`);
  const [next, ...later] = waitsFor;
  const rest = later.length > 0 ? ` and ${later.length} more` : '';
  return h(
    'li',
    { title: waitsFor.join(', ') },
    h('span', { class: 'pending-title' }, title),
    h('span', { class: 'pending-state' }, running ? 'measuring…' : 'not measured'),
    h('span', { class: 'pending-figures' }, figures.map(keepFiguresWhole).join(' · ')),
    h('span', { class: 'pending-next' }, `${running ? 'waits for' : 'lacks'} «${next}»${rest}`),
  );
}
