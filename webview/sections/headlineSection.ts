import type { Report } from '../../src/report/report';
import { LEVEL_TEXT } from '../../src/report/text/level';
import { fill, h } from '../dom';
import { keepFiguresWhole } from '../format';
import type { Section } from './section';
import { LEVEL_SIGN } from './verdictWords';

/** The report in two plain sentences: where the training stands, and what to do next. */
export function headlineSection(): Section {
  const element = h('section', { id: 'headline', 'aria-label': 'In short', hidden: true });
  let shown = '';
  return {
    element,
    update(report: Report | undefined, running: boolean) {
      const headline = running ? undefined : report?.headline;
      const key = JSON.stringify(headline ?? null);
      if (key === shown) return;
      shown = key;
      element.hidden = headline === undefined;
      element.className = headline ? `headline level-${headline.level}` : '';
      fill(
        element,
        headline &&
          h(
            'span',
            { class: 'sign', title: LEVEL_TEXT[headline.level], 'aria-hidden': 'true' },
            LEVEL_SIGN[headline.level],
          ),
        headline &&
          h(
            'div',
            {},
            h(
              'p',
              { class: 'state' },
              h('span', { class: 'visually-hidden' }, `${LEVEL_TEXT[headline.level]}: `),
              keepFiguresWhole(headline.state),
            ),
            h('p', {}, keepFiguresWhole(headline.next)),
          ),
      );
    },
    retheme: () => undefined,
  };
}
