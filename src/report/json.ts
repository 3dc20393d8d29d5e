import { UserError } from '../errors';
import { SCHEMA_VERSION } from './report';
import type { Report } from './report';
import { readReport } from './readReport';

/**
 * Writes a report as JSON. The numbers that JSON lacks become the strings "NaN", "Infinity" and "-Infinity", and typed
 * arrays become plain lists.
 */
export function reportToJson(report: Report): string {
  return `${JSON.stringify(report, spellOut, 1)}\n`;
}

/**
 * Reads a report from `text` and checks it field by field.
 * @throws UserError if the text is not JSON, is not a report, or was written by a newer version than this one
 */
export function reportFromJson(text: string): Report {
  const value = parse(text);
  const version = typeof value === 'object' && value !== null && 'schemaVersion' in value ? value.schemaVersion : null;
  if (typeof version === 'number' && version > SCHEMA_VERSION) {
    throw new UserError({
      what: `This report has schema version ${version}; this version of Ridgeline reads up to ${SCHEMA_VERSION}.`,
      action: 'Update Ridgeline, or analyse the model again.',
    });
  }
  return readReport(value);
}

function spellOut(_key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return Array.from(value as Float32Array | Float64Array | Int32Array);
  }
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UserError(
      {
        what: `The report is not valid JSON: ${cause instanceof Error ? cause.message : String(cause)}.`,
        action: 'The file may have been cut short while it was written; analyse the model again.',
      },
      { cause },
    );
  }
}
