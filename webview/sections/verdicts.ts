import type { Report } from '../../src/report/report';
import { byLevel, levelOf } from '../../src/report/text/level';
import { fill, h } from '../dom';
import { notMeasured } from '../../src/report/text/notMeasured';
import { failedBanner, failedChecks, passedLine } from './checks';
import { card, fineLine } from './verdictCard';
import { pendingList } from './pendingVerdicts';
import type { Section } from './section';

/** Up to this many cards share the width of the page; more are packed into columns. */
const FEW = 2;

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
      const asked = findings.length + (report?.pending ?? []).length;
      element.hidden = asked === 0 && failed.length === 0 && !running;
      const checks = report?.checks ?? [];
      const alarmKey = JSON.stringify([failed, checks.length, findings.length > 0]);
      if (alarmKey !== alarmShown) {
        alarmShown = alarmKey;
        fill(
          alarm,
          failed.length > 0
            ? failedBanner(failed, show)
            : checks.length > 0 && findings.length > 0 && passedLine(checks, show),
        );
      }
      const lacking = report ? notMeasured(report) : [];
      fill(missing, ...lacking.map((sentence) => h('p', {}, sentence)));
      const pending = report?.pending ?? [];
      const key = JSON.stringify([findings, pending, running]);
      if (key === shown) return;
      shown = key;
      if (findings.length + pending.length === 0) {
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
        pressing.length > 0 &&
          h(
            'div',
            { class: pressing.length > FEW ? 'cards packed' : 'cards' },
            ...pressing.map((finding) => card(finding, show)),
          ),
        pending.length > 0 && pendingList(pending, running),
        // What is fine needs one line, which unfolds to the same evidence.
        fine.length > 0 && h('div', { class: 'fine-verdicts' }, ...fine.map((finding) => fineLine(finding, show))),
      );
    },
    retheme: () => undefined,
  };
}
