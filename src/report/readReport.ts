import { UserError } from '../errors';
import { report } from './report';
import type { Report } from './report';
import { Mismatch } from './schema';

/** A field of the report is missing or has a value of the wrong kind. */
class ReportFormatError extends UserError {}

/**
 * Reads a report from parsed JSON, and turns "NaN" and "±Infinity" back into numbers where the report has numbers.
 * @throws ReportFormatError that names the first wrong field
 */
export function readReport(value: unknown): Report {
  try {
    return report.read(value);
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    const { path, expected, found } = error;
    throw new ReportFormatError({
      what: `This is not a Ridgeline report: ${path === '' ? 'the document' : `"${path}"`} should be ${expected}, but is ${describe(found)}.`,
      action: 'Choose a report written by "ridgeline analyze MODEL --output FILE.json".',
    });
  }
}

function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : JSON.stringify(value).slice(0, 40);
}
