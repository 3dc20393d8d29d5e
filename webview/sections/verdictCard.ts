import type { Finding } from '../../src/report/report';
import { levelOf } from '../../src/report/text/level';
import { h } from '../dom';
import type { Child } from '../dom';
import { keepFiguresWhole } from '../format';
import { evidenceList } from './evidence';
import { LEVEL_SIGN, verdictWords } from './verdictWords';

const SECTION_NAME: Record<NonNullable<Finding['shownIn']>, string> = {
  plane: 'loss plane',
  lines: 'loss lines',
  descent: 'section on steps',
  spectrum: 'spectrum',
  layers: 'gradient by layer',
  loss: 'loss',
  scans: 'wide scans',
  inside: 'section on the inside of the network',
  weights: 'section on the weights',
  samples: 'section on single samples',
  numerics: 'section on the numbers of the graph',
  path: 'training path',
};

/** One line for a verdict that is fine, which unfolds to its evidence. */
export function fineLine(finding: Finding, show: (id: string) => void): HTMLElement {
  const { id, title, summary, evidence, advice } = finding;
  return h(
    'details',
    { class: 'fine-verdict level-fine' },
    h(
      'summary',
      {},
      h('span', { class: 'verdict', 'aria-hidden': 'true' }, LEVEL_SIGN.fine),
      h('h3', { id: `finding-${id}` }, title, h('span', { class: 'visually-hidden' }, `: ${verdictWords(finding)}`)),
      h('span', { class: 'verdict-state', 'aria-hidden': 'true' }, finding.verdict),
      h('span', { class: 'reason' }, keepFiguresWhole(summary)),
    ),
    h(
      'div',
      { class: 'fine-verdict-body' },
      adviceList(advice),
      evidence.length > 0 && h('div', { class: 'evidence' }, evidenceList(evidence)),
      ...origin(finding, show),
    ),
  );
}

/** Number of entries of evidence that a card shows. It folds the others away. */
const SHOWN_EVIDENCE = 3;

/** The card of a verdict: what follows from it, why, and what to do. */
export function card(finding: Finding, show: (id: string) => void): HTMLElement {
  const { id, title, summary, evidence, advice } = finding;
  const level = levelOf(finding);
  const titleId = `finding-${id}`;
  return h(
    'article',
    { class: `card level-${level}`, 'aria-labelledby': titleId },
    h(
      'header',
      {},
      h('h3', { id: titleId }, title),
      h(
        'span',
        { class: 'verdict' },
        h('span', { class: 'sign', 'aria-hidden': 'true' }, LEVEL_SIGN[level]),
        ` ${verdictWords(finding)}`,
      ),
    ),
    h(
      'div',
      { class: 'card-body' },
      h('div', { class: 'words' }, h('p', { class: 'summary' }, keepFiguresWhole(summary)), adviceList(advice)),
      evidence.length > 0 &&
        h(
          'div',
          { class: 'evidence' },
          evidenceList(evidence.slice(0, SHOWN_EVIDENCE)),
          evidence.length > SHOWN_EVIDENCE &&
            h(
              'details',
              {},
              h('summary', {}, `${evidence.length - SHOWN_EVIDENCE} more`),
              evidenceList(evidence.slice(SHOWN_EVIDENCE)),
            ),
        ),
    ),
    ...origin(finding, show),
  );
}

function adviceList(advice: Finding['advice']): HTMLElement | false {
  return (
    advice.length > 0 && h('ul', { class: 'advice' }, ...advice.map((text) => h('li', {}, keepFiguresWhole(text))))
  );
}

/** How a verdict is judged, where its evidence is shown, and the source of its criterion. */
function origin({ shownIn, criterion, source }: Finding, show: (id: string) => void): Child[] {
  return [
    criterion !== undefined &&
      h(
        'details',
        { class: 'criterion' },
        h('summary', {}, 'How it is judged'),
        h('p', {}, keepFiguresWhole(criterion)),
      ),
    (shownIn !== undefined || source !== undefined) &&
      h(
        'footer',
        {},
        shownIn !== undefined &&
          h(
            'button',
            { type: 'button', class: 'link', click: () => show(shownIn) },
            `Show evidence in the ${SECTION_NAME[shownIn]}`,
          ),
        source !== undefined && h('span', { class: 'source' }, source),
      ),
  ];
}
