import { checksThat, stateOf } from '../../src/report/checkState';
import type { Check } from '../../src/report/sections/checks';
import { comparison, tally } from '../../src/report/text/checks';
import { checkMark } from '../checkMark';
import { h, svg } from '../dom';
import { keepFiguresWhole } from '../format';
import { chartSection } from './section';
import type { PageContext, Section } from './section';

/** Shows each check with its measured disagreement and its limit, failed checks first. */
export function checksSection(context: PageContext): Section {
  return chartSection<Check[]>(context, {
    id: 'checks',
    title: 'Self-checks',
    hint: 'Derivatives and estimates held against another way to the same figure, on this model, data and device.',
    part: 'gradient',
    select: ({ checks }) => (checks && checks.length > 0 ? checks : undefined),
    badge: (checks) => (checksThat('failed', checks).length > 0 ? null : tally(checks)),
    render(checks, draw) {
      const sorted = (['failed', 'unjudged', 'passed'] as const).flatMap((state) => checksThat(state, checks));
      draw.body(h('ul', { class: 'checks' }, ...sorted.map(checkItem)));
    },
  });
}

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
      state === 'unjudged' ? null : ruler(check),
      h('span', { class: 'number' }, comparison(check)),
    ),
    detail !== '' && h('span', { class: 'note' }, keepFiguresWhole(detail)),
  );
}

const RULER_WIDTH = 96;

/** Draws how far the measured value is from the limit, in decades. A line marks the limit, and a dot the value. */
function ruler({ value, limit }: Check): Node | null {
  const mark = checkMark(value, limit);
  if (!mark) return null;
  const x = (place: number): number => Number((place * RULER_WIDTH).toFixed(2));
  return svg(
    'svg',
    { width: RULER_WIDTH, height: 16, viewBox: `0 0 ${RULER_WIDTH} 16`, 'aria-hidden': 'true' },
    svg('line', { class: 'base', x1: 0, x2: RULER_WIDTH, y1: 8, y2: 8 }),
    svg('line', { class: 'limit', x1: x(mark.limit), x2: x(mark.limit), y1: 1, y2: 15 }),
    svg('circle', { class: 'dot', cx: x(mark.value), cy: 8, r: 3.5 }),
  );
}
