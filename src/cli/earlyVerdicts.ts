import type { Finding, Report } from '../report/report';
import { withShownNames } from '../report/text/shownNames';
import type { Paint } from './paint';
import { verdictLine } from './summary';

/**
 * Returns one line for each verdict of a partial report that is new or has changed. An inconclusive verdict waits,
 * since the measurement that would decide it may still come.
 */
export function earlyVerdicts(paint: Paint): (report: Report) => string[] {
  const told = new Map<string, Finding['verdict']>();
  return (measured) => {
    const { diagnostics, complete } = withShownNames(measured);
    // The summary of a complete report lists all verdicts.
    if (complete) return [];
    return diagnostics.flatMap((finding) => {
      const { id, verdict } = finding;
      if (told.get(id) === verdict || (verdict === 'inconclusive' && !told.has(id))) return [];
      told.set(id, verdict);
      return [verdictLine(finding, paint)];
    });
  };
}
