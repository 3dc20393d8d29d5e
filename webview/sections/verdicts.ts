import type { Finding, Report } from '../../src/report/report';
import { byLevel, levelOf } from '../../src/report/text/level';
import { formatCount } from '../../src/text/counts';
import { formatCompact, formatWithError } from '../../src/text/numbers';
import { fill, h, svg } from '../dom';
import type { Child } from '../dom';
import { errorBarGeometry } from '../errorBar';
import { keepFiguresWhole } from '../format';
import { notMeasured } from '../../src/report/text/notMeasured';
import { LEVEL_SIGN, verdictWords } from './verdictWords';
import { failedBanner, failedChecks, passedLine } from './checks';
import type { Section } from './section';

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

/** Shows the verdicts, the most pressing first. */
export function verdictsSection(show: (id: string) => void): Section {
  const cards = h('div', { class: 'card-groups' });
  const alarm = h('div', {});
  const missing = h('div', { class: 'not-measured' });
  const element = h(
    'section',
    { id: 'verdicts', 'aria-labelledby': 'verdicts-title' },
    h('h2', { id: 'verdicts-title', class: 'visually-hidden' }, 'Verdicts'),
    alarm,
    cards,
    missing,
  );
  let shown = '';
  let alarmShown = '';
  return {
    element,
    update(report: Report | undefined, running: boolean) {
      const findings = report?.diagnostics ?? [];
      const failed = failedChecks(report);
      element.hidden = findings.length === 0 && failed.length === 0 && !running;
      const preliminary = findings.length > 0 ? report?.spectrum?.hessian?.preliminary : undefined;
      const checks = report?.checks ?? [];
      const alarmKey = JSON.stringify([failed, checks.length, findings.length > 0, preliminary]);
      if (alarmKey !== alarmShown) {
        alarmShown = alarmKey;
        fill(
          alarm,
          failed.length > 0
            ? failedBanner(failed, show)
            : checks.length > 0 && findings.length > 0 && passedLine(checks, show),
          preliminary &&
            h(
              'p',
              { class: 'banner info', role: 'note' },
              h('strong', {}, 'First estimate. '),
              `The curvature behind these verdicts is that of ${formatCount(preliminary.samples)} samples so far.`,
            ),
        );
      }
      const lacking = report ? notMeasured(report) : [];
      fill(missing, ...lacking.map((sentence) => h('p', {}, sentence)));
      const key = JSON.stringify(findings);
      if (key === shown && findings.length > 0) return;
      shown = key;
      if (findings.length === 0) {
        fill(
          cards,
          running && h('div', { class: 'cards' }, ...[1, 2, 3].map(() => h('div', { class: 'card skeleton' }))),
        );
        return;
      }
      const sorted = byLevel(findings);
      const pressing = sorted.filter((finding) => levelOf(finding) !== 'fine');
      const fine = sorted.filter((finding) => levelOf(finding) === 'fine');
      fill(
        cards,
        pressing.length > 0 && h('div', { class: 'cards' }, ...pressing.map((finding) => card(finding, show))),
        // What is fine needs one line, which unfolds to the same evidence.
        fine.length > 0 && h('div', { class: 'fine-verdicts' }, ...fine.map((finding) => fineLine(finding, show))),
      );
    },
    retheme: () => undefined,
  };
}

function fineLine(finding: Finding, show: (id: string) => void): HTMLElement {
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

function card(finding: Finding, show: (id: string) => void): HTMLElement {
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

function evidenceList(evidence: Finding['evidence']): HTMLElement {
  return h(
    'dl',
    {},
    ...evidence.map(({ name, value, error, threshold }) =>
      h(
        'div',
        {},
        h(
          'dt',
          {},
          name,
          threshold !== undefined && h('span', { class: 'threshold' }, `threshold ${formatCompact(threshold, 0)}`),
        ),
        h(
          'dd',
          { title: formatWithError(value, error) },
          errorBar(value, error),
          h('span', { class: 'number' }, formatCompact(value, error)),
        ),
      ),
    ),
  );
}

const BAR_WIDTH = 72;

/** Draws the value, its interval and zero. Screen readers skip it, since the number stands beside it. */
function errorBar(value: number, error: number): Node | null {
  const bar = errorBarGeometry(value, error);
  if (!bar) return null;
  const x = (place: number): number => Number((place * BAR_WIDTH).toFixed(2));
  return svg(
    'svg',
    { width: BAR_WIDTH, height: 16, viewBox: `0 0 ${BAR_WIDTH} 16`, 'aria-hidden': 'true' },
    svg('line', { class: 'base', x1: 0, x2: BAR_WIDTH, y1: 8, y2: 8 }),
    svg('line', { class: 'zero', x1: x(bar.zero), x2: x(bar.zero), y1: 2, y2: 14 }),
    svg('line', { class: 'span', x1: x(bar.from), x2: x(bar.to), y1: 8, y2: 8 }),
    svg('circle', { class: 'dot', cx: x(bar.value), cy: 8, r: 3.5 }),
  );
}
