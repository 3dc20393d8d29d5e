import { optionsFromSettings, settingsSchema } from '../options/schema';
import type { AnalysisOptions } from '../options/options';

/** The section of all settings, as in `ridgeline.samples`. */
export const SECTION = 'ridgeline';

/** The user's settings in the editor, read once per command. */
export interface Settings {
  /** Options of an analysis that depend on the machine or the user's taste. The sidecar file overrides them. */
  options: AnalysisOptions;
  /** Number of reports that each workspace keeps. */
  keptReports: number;
}

const KEPT_REPORTS = {
  type: 'integer',
  description: 'Number of reports to keep for each workspace. Older ones are deleted.',
  default: 50,
  minimum: 1,
  maximum: 10_000,
} as const;

/** Settings of what the editor shows beside models and code. */
const SHOWN = {
  'codeLens.enabled': {
    type: 'boolean',
    description: 'Offer analysis and inspection above the calls in Python that have written an ONNX file.',
    default: true,
  },
  'problems.enabled': {
    type: 'boolean',
    description: 'Show the verdicts that need action or are worth knowing in the Problems panel, at the model file.',
    default: true,
  },
} as const;

/**
 * Settings of the cluster. They belong to the machine: a workspace, which may come from a stranger, cannot say what is
 * handed to Slurm.
 */
const CLUSTER = {
  'cluster.jobs': {
    type: ['integer', 'null'],
    description: 'Most tasks of the cluster at once. By default, as many as it gives.',
    default: null,
    minimum: 1,
  },
  'cluster.sbatch': {
    type: 'string',
    description:
      'Arguments of sbatch for every task, such as --partition=gpu --gres=gpu:1 --time=1:00:00. "Analyze on Cluster…" shows them before it submits.',
    default: '',
  },
  'cluster.folder': {
    type: 'string',
    description:
      'Folder in which runs on the cluster keep what they measure. All machines of the cluster must share it. By default, a folder of the extension.',
    default: '',
  },
} as const;

/** How runs are handed to the cluster. */
export interface ClusterSettings {
  jobs: number | null;
  sbatch: string;
  folder: string;
}

/** @param read returns a setting by its name without the section */
export function readClusterSettings(read: (name: string) => unknown): ClusterSettings {
  const [jobs, sbatch, folder] = ['cluster.jobs', 'cluster.sbatch', 'cluster.folder'].map(read);
  return {
    jobs: typeof jobs === 'number' && jobs >= 1 ? Math.floor(jobs) : null,
    sbatch: typeof sbatch === 'string' ? sbatch : '',
    folder: typeof folder === 'string' ? folder : '',
  };
}

/**
 * @param read returns a setting by its name without the section, as `WorkspaceConfiguration.get` does
 * @throws UserError that names the wrong setting
 */
export function readSettings(read: (name: string) => unknown): Settings {
  return { options: optionsFromSettings(read), keptReports: keptReports(read) };
}

export function keptReports(read: (name: string) => unknown): number {
  const kept = read('keptReports');
  return typeof kept === 'number' && kept >= 1 ? Math.floor(kept) : KEPT_REPORTS.default;
}

/** Builds `contributes.configuration.properties` of package.json. A test compares the two. */
export function settingsContribution(): Record<string, object> {
  const own = Object.fromEntries(
    Object.entries({ keptReports: KEPT_REPORTS, ...SHOWN }).map(([name, schema]) => [`${SECTION}.${name}`, schema]),
  );
  const schemas = Object.entries({ ...settingsSchema(), ...own });
  const ofMachine = Object.entries(CLUSTER).map(([name, schema]): [string, object] => [`${SECTION}.${name}`, schema]);
  return Object.fromEntries([
    ...schemas.map(([id, schema]): [string, object] => [id, { ...schema, scope: 'resource' }]),
    ...ofMachine.map(([id, schema]): [string, object] => [id, { ...schema, scope: 'machine' }]),
  ]);
}
