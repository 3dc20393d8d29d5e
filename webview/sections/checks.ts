import type { Check } from '../../src/report/curvature';
import type { Report } from '../../src/report/report';
import { h, svg } from '../dom';
import { formatNumber, keepFiguresWhole } from '../format';
import { checkMark } from '../checkMark';
import { chartSection } from './section';
import type { PageContext, Section } from './section';

/** One way to a figure held against another: each check with its measured disagreement and its limit, failed ones first. */
export function checksSection(context: PageContext): Section {
  return chartSection<Check[]>(context, {
    id: 'checks',
    title: 'Self-checks',
    hint: 'Derivatives and estimates held against another way to the same figure, on this model, data and device.',
    part: 'gradient',
    select: ({ checks }) => (checks && checks.length > 0 ? checks : undefined),
    badge: (checks) => (failedChecks({ checks }).length > 0 ? null : `all ${checks.length} passed`),
    render(checks, draw) {
      const sorted = [...failedChecks({ checks }), ...checks.filter(({ passed }) => passed)];
      draw.body(h('ul', { class: 'checks' }, ...sorted.map(checkItem)));
    },
  });
}

export function failedChecks(report: Pick<Report, 'checks'> | undefined): Check[] {
  return report?.checks?.filter(({ passed }) => !passed) ?? [];
}

/** Stands above the verdicts: no figure below can be trusted before it is read. */
export function failedBanner(failed: readonly Check[], show: (id: string) => void): HTMLElement {
  return h(
    'div',
    { class: 'banner error', role: 'alert' },
    h(
      'p',
      {},
      h('strong', {}, failed.length === 1 ? 'A self-check failed. ' : `${failed.length} self-checks failed. `),
      'Two ways to the same figure disagree on this model, so the figures and verdicts below may be wrong.',
    ),
    h(
      'ul',
      { class: 'failed-checks' },
      ...failed.map((check) => h('li', {}, h('strong', {}, check.name), `: ${comparison(check)}.`)),
    ),
    h('p', {}, h('button', { type: 'button', class: 'link', click: () => show('checks') }, 'Show all self-checks')),
  );
}

export function passedLine(checks: readonly Check[], show: (id: string) => void): HTMLElement {
  const text = checks.length === 1 ? 'The self-check passed' : `All ${checks.length} self-checks passed`;
  return h(
    'p',
    { class: 'passed-line' },
    h('span', { class: 'check-sign', 'aria-hidden': 'true' }, '✓'),
    ` ${text} on this model, data and device. `,
    h('button', { type: 'button', class: 'link', click: () => show('checks') }, 'Show'),
  );
}

function checkItem(check: Check): HTMLElement {
  const { name, passed, detail } = check;
  return h(
    'li',
    { class: passed ? 'passed' : 'failed' },
    h('span', { class: 'check-sign', role: 'img', 'aria-label': passed ? 'passed' : 'failed' }, passed ? '✓' : '✗'),
    h('span', { class: 'check-name' }, h('strong', {}, name), passed ? null : ' failed'),
    h('span', { class: 'check-figure' }, ruler(check), h('span', { class: 'number' }, comparison(check))),
    detail !== '' && h('span', { class: 'note' }, keepFiguresWhole(detail)),
  );
}

function comparison({ value, limit, passed }: Check): string {
  return `${formatNumber(value, 2)} ${passed ? '≤' : 'exceeds'} ${formatNumber(limit, 2)}`;
}

const RULER_WIDTH = 96;

/** How far from the limit, in decades: the line is the limit, the dot what was measured. */
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
