import { UserError } from '../../errors';
import { reportToJson } from '../../report/json';
import { reportMarkdown } from '../../report/markdown/reportMarkdown';
import type { Report } from '../../report/report';
import { brief } from './brief';

/** Longest answer in characters. */
const LONGEST = 60_000;

/**
 * What an agent reads of a report: verdicts and figures, or one section as JSON with the ends of long lists.
 * @throws UserError if the report has no such section
 */
export function reportText(report: Report, section?: string): string {
  if (section === undefined) return reportMarkdown(report);
  const content = (JSON.parse(reportToJson(report)) as Record<string, unknown>)[section];
  if (content === undefined) {
    throw new UserError({
      what: `This report has no section «${section}».`,
      action: `It has ${Object.keys(report).join(', ')}.`,
    });
  }
  const text = JSON.stringify(brief(content));
  if (text.length <= LONGEST) return text;
  return `${text.slice(0, LONGEST)}\n… cut after ${LONGEST} of ${text.length} characters. The whole report can be exported as JSON.`;
}
