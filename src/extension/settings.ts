import { optionsFromSettings, settingsSchema } from '../options/schema';
import type { AnalysisOptions } from '../options/options';

/** Section of every setting: `ridgeline.samples`. */
export const SECTION = 'ridgeline';

/** What a person set in the editor, read once per command. */
export interface Settings {
  /** Options of an analysis that belong to the machine or to taste; what the sidecar file says comes before them. */
  options: AnalysisOptions;
  /** How many reports of a workspace are kept. */
  keptReports: number;
}

const KEPT_REPORTS = {
  type: 'integer',
  description: 'Number of reports to keep for each workspace. Older ones are deleted.',
  default: 50,
  minimum: 1,
  maximum: 10_000,
} as const;

/**
 * @param read a setting by its name without the section, as `WorkspaceConfiguration.get` does
 * @throws UserError naming the setting that is wrong
 */
export function readSettings(read: (name: string) => unknown): Settings {
  return { options: optionsFromSettings(read), keptReports: keptReports(read) };
}

export function keptReports(read: (name: string) => unknown): number {
  const kept = read('keptReports');
  return typeof kept === 'number' && kept >= 1 ? Math.floor(kept) : KEPT_REPORTS.default;
}

/** `contributes.configuration.properties` of package.json, which a test compares with this. */
export function settingsContribution(): Record<string, object> {
  const own = { [`${SECTION}.keptReports`]: KEPT_REPORTS };
  const schemas = Object.entries({ ...settingsSchema(), ...own });
  return Object.fromEntries(schemas.map(([id, schema]) => [id, { ...schema, scope: 'resource' }]));
}
