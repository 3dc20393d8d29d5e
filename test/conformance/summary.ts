import type { Outcome } from './checkCase';

const STATUSES = ['passed', 'value', 'failed', 'refused'] as const;

/** Prints one line per operator, then the faults and refusals with their reasons, then the total. */
export function summary(outcomes: readonly Outcome[]): string {
  const byOperator = new Map<string, Outcome[]>();
  for (const outcome of outcomes)
    byOperator.set(outcome.operator, [...(byOperator.get(outcome.operator) ?? []), outcome]);
  const width = Math.max(...[...byOperator.keys()].map((name) => name.length));
  const lines = [`${'operator'.padEnd(width)}  ${STATUSES.map((status) => status.padStart(8)).join('')}     kinks`];
  for (const [operator, list] of [...byOperator].sort(([a], [b]) => a.localeCompare(b))) {
    const counts = STATUSES.map((status) => countOf(list, status));
    const kinks = list.reduce((sum, outcome) => sum + outcome.kinks, 0);
    lines.push(`${operator.padEnd(width)}  ${counts.map(cell).join('')}${cell(kinks).padStart(10)}`);
  }
  const shown = outcomes.filter(({ status }) => status === 'failed' || status === 'refused');
  lines.push('', ...shown.map((outcome) => lineOf(outcome)));
  const total = STATUSES.map((status) => `${countOf(outcomes, status)} ${status === 'value' ? 'value only' : status}`);
  const unknown = outcomes.filter(
    ({ runtime, status }) => !runtime && (status === 'passed' || status === 'value'),
  ).length;
  lines.push('', `${outcomes.length} cases of ${byOperator.size} operators: ${total.join(', ')}`);
  lines.push(
    `${unknown} of those right are not run by ONNX Runtime here and were compared with the case's answer alone`,
  );
  const disputed = outcomes.filter((outcome) => outcome.disputed).map(({ name }) => name);
  if (disputed.length > 0) {
    lines.push(
      `${disputed.length} where ONNX Runtime answers other than the case, and so do we: ${disputed.join(', ')}`,
    );
  }
  return lines.join('\n');
}

/** The line of one case. @param milliseconds processor time it took */
export function lineOf(outcome: Outcome, milliseconds?: number): string {
  const time = milliseconds === undefined ? '' : `${Math.round(milliseconds)} ms `.padStart(10);
  return `${time}${outcome.status.padEnd(8)} ${outcome.name}: ${outcome.reason ?? describe(outcome)}`;
}

const countOf = (list: readonly Outcome[], wanted: Outcome['status']) =>
  list.filter(({ status }) => status === wanted).length;

const cell = (count: number) => (count === 0 ? '·' : String(count)).padStart(8);

const describe = ({ precision, kinks, leftOut }: Outcome) =>
  [precision, kinks > 0 && `${kinks} kinks`, leftOut > 0 && `${leftOut} not finite`].filter(Boolean).join(', ');
