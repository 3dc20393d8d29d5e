import { checksThat, stateOf } from '../../src/report/checkState';
import type { Check } from '../../src/report/sections/checks';
import { counted } from '../../src/text/counts';
import { comparison, tally } from '../../src/report/text/checks';
import { checkRuler } from '../checkRuler';
import { h } from '../dom';
import { keepFiguresWhole } from '../format';
import { chartSection } from './section';
import type { PageContext, Section } from './section';

/**
 * Shows each check with its measured disagreement and its limit: the failed ones and those that cannot be judged. All
 * that passed are one line, which unfolds.
 */
export function checksSection(context: PageContext): Section {
  const { memory, remember } = context;
  return chartSection<Check[]>(context, {
    id: 'checks',
    title: 'Self-checks',
    hint: 'Derivatives and estimates held against another way to the same figure, on this model, data and device.',
    part: 'gradient',
    select: ({ checks }) => (checks && checks.length > 0 ? checks : undefined),
    // That all passed is all that the section itself says.
    badge: (checks) => (checks.every((check) => stateOf(check) === 'passed') ? null : tally(checks)),
    render(checks, draw) {
      const open = (['failed', 'unjudged'] as const).flatMap((state) => checksThat(state, checks));
      const passed = checksThat('passed', checks);
      const list = (items: readonly Check[]) => h('ul', { class: 'checks' }, ...items.map(checkItem));
      const unfold = ({ currentTarget }: Event): void => {
        const { open: isOpen } = currentTarget as HTMLDetailsElement;
        memory.open = [...memory.open.filter((id) => id !== PASSED), ...(isOpen ? [PASSED] : [])];
        remember();
      };
      draw.body(
        open.length > 0 && list(open),
        passed.length > 0 &&
          h(
            'details',
            { class: 'whole', open: memory.open.includes(PASSED), toggle: unfold },
            h(
              'summary',
              {},
              h('span', {}, h('span', { class: 'check-sign passed', 'aria-hidden': 'true' }, '✓ '), passedText(passed)),
            ),
            list(passed),
          ),
      );
    },
  });
}

/** Where the page's memory keeps whether the checks that passed are unfolded. */
const PASSED = 'passed-checks';

const passedText = ({ length }: readonly Check[]) => `${counted(length, 'self-check')} passed`;

const SIGNS = { passed: '✓', failed: '✗', unjudged: '?' };

function checkItem(check: Check): HTMLElement {
  const { name, detail } = check;
  const state = stateOf(check);
  return h(
    'li',
    { class: state },
    // Only that a check passed is said by no words beside its sign.
    h(
      'span',
      {
        class: 'check-sign',
        ...(state === 'passed' ? { role: 'img', 'aria-label': 'passed' } : { 'aria-hidden': 'true' }),
      },
      SIGNS[state],
    ),
    h('span', { class: 'check-name' }, h('strong', {}, name), state === 'failed' ? ' failed' : null),
    h(
      'span',
      { class: 'check-figure' },
      state === 'unjudged' ? null : checkRuler(check),
      h('span', { class: 'number' }, comparison(check)),
    ),
    detail !== '' && h('span', { class: 'note' }, keepFiguresWhole(detail)),
  );
}
