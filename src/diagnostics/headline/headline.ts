import type { Report } from '../../report/report';
import type { Headline } from '../../report/sections/headline';
import { levelOf } from '../../report/text/level';
import { checksThat } from '../../report/checkState';
import { LIMITS } from '../limits';
import type { Limits } from '../limits';
import { measurementsOf } from '../measurements';
import { causeOf } from './causes';
import { comparisonHeadline } from './comparisonHeadline';
import { pathHeadline } from './pathHeadline';
import { standingOf } from './standing';

/**
 * Says in two plain sentences where the training stands and what to do next, from all verdicts and figures. A pure
 * function of a finished report; null for a partial one, whose verdicts may still change.
 */
export function headlineOf(report: Report, limits: Limits = LIMITS): Headline | null {
  if (!report.complete) return null;
  const doubt = doubtOf(report);
  if (doubt) return doubt;
  if (report.comparison) return comparisonHeadline(report.comparison);
  if (report.path) return pathHeadline(report, limits);
  const read = measurementsOf(report);
  const find = (id: string) => report.diagnostics.find((finding) => finding.id === id);
  const { state, next, level, tells } = standingOf(report, read, find, limits);
  if (tells.includes('numerical-trouble')) return { state, next, level };
  const acute = report.diagnostics.filter((finding) => levelOf(finding) === 'action');
  const cause = causeOf(acute, read, tells);
  return cause ? { state, next: cause.next, level: 'action' } : { state, next, level };
}

/** The report with the headline that its verdicts and figures allow. */
export function withHeadline(report: Report): Report {
  const rest = { ...report };
  delete rest.headline;
  const headline = headlineOf(rest);
  return headline ? { ...rest, headline } : rest;
}

/** What puts every figure in doubt. */
function doubtOf({ checks = [], objective }: Report): Headline | null {
  const failed = checksThat('failed', checks).length;
  if (failed > 0) {
    return {
      state: `These figures may be wrong: ${failed} of ${checks.length} self-checks failed.`,
      next: 'See which check failed before you trust any verdict.',
      level: 'action',
    };
  }
  if (objective?.generated) {
    return {
      state: 'The inputs are random and the targets are the model’s own answers: no figure here speaks about training.',
      next: 'Choose real data to learn where the training stands.',
      level: 'open',
    };
  }
  return null;
}
