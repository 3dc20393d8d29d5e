import { report } from './report';
import type { Definitions } from './schema';

/** Builds the JSON schema of a saved report. `docs/report.schema.json` holds it for programs that read reports. */
export function reportJsonSchema(): object {
  const definitions: Definitions = {};
  const body = report.json(definitions);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Ridgeline report',
    description:
      'What "ridgeline analyze MODEL --output FILE.json" writes. Newer versions may add fields; `schemaVersion` rises when a field changes meaning.',
    ...body,
    $defs: definitions,
  };
}
