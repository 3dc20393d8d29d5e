import type { Finding, Report } from '../report/report';
import type { Paint } from './paint';
import { verdictLine } from './summary';

/**
 * The verdicts that a report brings for the first time, and those that have changed since, one line each. A verdict is
 * told once it is decided: while it is inconclusive, what would decide it may not have been measured yet.
 */
export function earlyVerdicts(paint: Paint): (report: Report) => string[] {
  const told = new Map<string, Finding['verdict']>();
  return ({ diagnostics, complete }) => {
    // The summary has them all.
    if (complete) return [];
    return diagnostics.flatMap((finding) => {
      const { id, verdict } = finding;
      if (told.get(id) === verdict || (verdict === 'inconclusive' && !told.has(id))) return [];
      told.set(id, verdict);
      return [verdictLine(finding, paint)];
    });
  };
}
