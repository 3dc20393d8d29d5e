import { checksThat } from '../../src/report/checkState';
import type { Report } from '../../src/report/report';
import type { Check } from '../../src/report/sections/checks';
import { comparison } from '../../src/report/text/checks';
import { h } from '../dom';

export function failedChecks(report: Pick<Report, 'checks'> | undefined): Check[] {
  return checksThat('failed', report?.checks);
}

/** Makes the banner above the verdicts that names the failed checks, since the figures below may be wrong. */
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
  const open = checksThat('unjudged', checks).length;
  const passed = checks.length - open;
  const text =
    open > 0
      ? `Of ${checks.length} self-checks, ${passed} passed and ${open} could not be judged`
      : checks.length === 1
        ? 'The self-check passed'
        : `All ${checks.length} self-checks passed`;
  return h(
    'p',
    { class: 'passed-line' },
    h('span', { class: 'check-sign', 'aria-hidden': 'true' }, '✓'),
    ` ${text} on this model, data and device. `,
    h('button', { type: 'button', class: 'link', click: () => show('checks') }, 'Show'),
  );
}
