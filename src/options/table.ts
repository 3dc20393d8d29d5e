import { LOSSES, PARTS, PRECISIONS, PRESETS, PROVIDERS } from './options';
import type { AnalysisOptions } from './options';

/**
 * How a value is written:
 * - `text`, `path`: a string; paths are resolved against the file they stand in
 * - `integer`, `number`: with bounds
 * - `choice`: one of `choices`; `choices`: a list of them
 * - `list`: strings; `map`: string → string, number, boolean or lists of these; `flag`: true or false
 */
export type OptionKind = 'text' | 'path' | 'integer' | 'number' | 'choice' | 'choices' | 'list' | 'map' | 'flag';

export interface OptionRow {
  name: keyof AnalysisOptions;
  kind: OptionKind;
  /** What stands for the value in help texts. */
  placeholder: string;
  help: string;
  choices?: readonly string[];
  min?: number;
  max?: number;
  /** Said in help texts and schema; `presets.ts` applies it. */
  default?: string | number | boolean | readonly string[];
  /** `list` values that may hold commas are repeated on the command line instead of separated by commas. */
  repeated?: boolean;
  /** True when the editor offers it as a setting: what belongs to the machine or to taste, not to one model. */
  setting?: boolean;
  /**
   * False when a sidecar file may not say it. That file comes with a model, perhaps from a stranger: it says what belongs to
   * the model, never where to write or how the command behaves.
   */
  sidecar?: false;
}

/** Every option there is. Command line, sidecar schema, settings and validation are read off this table. */
export const OPTIONS: readonly OptionRow[] = [
  {
    name: 'data',
    kind: 'path',
    placeholder: 'FILE|FOLDER',
    help: 'Data: .npz, .npy pair, .csv, .parquet, IDX pair, ONNX test_data_set folder, image folder; or "generated".',
  },
  {
    name: 'input',
    kind: 'map',
    placeholder: 'NAME=KEY|VALUE',
    help: 'Which array or column of the data feeds the graph input NAME, or its value for all samples: 2, true, 1,2,3 or [[1,2],[3,4]].',
  },
  { name: 'target', kind: 'text', placeholder: 'KEY', help: 'Which array or column of the data holds the targets.' },
  {
    name: 'scale',
    kind: 'number',
    min: 1e-9,
    placeholder: 'N',
    // No default: pictures and tables differ.
    help: 'Divide inputs of whole numbers by N; 1 leaves them as they are. Left out, pixels are divided by 255 (65535 for 16 bits), and nothing else.',
  },
  {
    name: 'sampleWeights',
    kind: 'text',
    placeholder: 'KEY',
    help: 'Which array or column holds a weight for each sample: the loss is Σ w·ℓ / Σ w, and so is every figure.',
  },
  {
    name: 'loss',
    kind: 'choice',
    placeholder: 'NAME',
    choices: LOSSES,
    help: 'Loss function; guessed from the graph and the targets when left out.',
    // No default: the guess is told in the report.
  },
  {
    name: 'lossOutput',
    kind: 'text',
    placeholder: 'NAME',
    help: 'Graph output that the loss reads; guessed from the targets when left out.',
  },
  {
    name: 'classAxis',
    kind: 'integer',
    placeholder: 'N',
    help: 'Axis of the output that holds the classes, as the model counts it; negative from the end. Told from graph and targets when left out.',
  },
  {
    name: 'shiftLabels',
    kind: 'flag',
    placeholder: '',
    default: false,
    help: 'Language models: judge the answer at each position by the next token.',
  },
  {
    name: 'ignoreIndex',
    kind: 'integer',
    placeholder: 'N',
    default: -100,
    help: 'Class that marks positions without a target.',
  },
  { name: 'samples', kind: 'integer', min: 1, placeholder: 'N', help: 'Use the first N samples.', setting: true },
  { name: 'batch', kind: 'integer', min: 1, placeholder: 'N', help: 'Samples per run of the graph.', setting: true },
  {
    name: 'provider',
    kind: 'choice',
    placeholder: 'NAME',
    choices: PROVIDERS,
    default: 'auto',
    help: 'Execution provider; "auto" probes what this machine has.',
    setting: true,
  },
  {
    name: 'precision',
    kind: 'choice',
    placeholder: 'NAME',
    choices: PRECISIONS,
    default: 'float32',
    help: 'Of products on the device; "reduced" lets it round them (TF32, float16) for speed, and says what that costs.',
    setting: true,
  },
  {
    name: 'seed',
    kind: 'integer',
    min: 0,
    max: 2 ** 31 - 1,
    placeholder: 'N',
    default: 0,
    help: 'Seed of every random vector.',
    setting: true,
  },
  {
    name: 'preset',
    kind: 'choice',
    placeholder: 'NAME',
    choices: PRESETS,
    default: 'standard',
    help: 'How much to measure.',
    setting: true,
  },
  {
    name: 'only',
    kind: 'choices',
    placeholder: 'PART,...',
    choices: PARTS,
    help: 'Measure only these parts.',
    setting: true,
  },
  {
    name: 'parameters',
    kind: 'list',
    placeholder: 'GLOB,...',
    help: 'Differentiate only parameters whose names match; the others are frozen.',
  },
  {
    name: 'weightDecay',
    kind: 'number',
    min: 0,
    placeholder: 'X',
    default: 0,
    help: 'Adds X/2·‖θ‖² to the loss.',
  },
  {
    name: 'line',
    kind: 'list',
    repeated: true,
    placeholder: 'DIRECTION[:FROM:TO:STEPS]',
    help: 'Loss along a direction: gradient, parameters, random, random/layer, random/none, top/K, bottom/K, to/PATH.',
    setting: true,
  },
  {
    name: 'plane',
    kind: 'list',
    repeated: true,
    placeholder: 'DIRECTION,DIRECTION[:FROM:TO:STEPS]',
    help: 'Loss over the plane of two directions.',
    setting: true,
  },
  {
    name: 'exact',
    kind: 'flag',
    placeholder: '',
    default: false,
    help: 'Measure every point of lines and planes; none is interpolated.',
  },
  {
    name: 'planeError',
    kind: 'number',
    min: 0,
    max: 1,
    placeholder: 'X',
    // No default: left out, lines and planes with STEPS of their own are exact.
    help: 'Largest interpolation error of lines and planes as a fraction of the range. Left out, those given with STEPS are exact and the others may be off by 0.01.',
    setting: true,
  },
  {
    name: 'top',
    kind: 'integer',
    min: 0,
    max: 1000,
    placeholder: 'K',
    help: 'How many of the largest eigenvalues.',
    setting: true,
  },
  {
    name: 'bottom',
    kind: 'integer',
    min: 0,
    max: 1000,
    placeholder: 'K',
    help: 'How many of the smallest eigenvalues.',
    setting: true,
  },
  {
    name: 'lanczosSteps',
    kind: 'integer',
    min: 2,
    placeholder: 'N',
    help: 'Lanczos steps per probe of the spectral density.',
    setting: true,
  },
  {
    name: 'probes',
    kind: 'integer',
    min: 1,
    placeholder: 'N',
    help: 'Random vectors for density and trace.',
    setting: true,
  },
  {
    name: 'threads',
    kind: 'integer',
    min: 1,
    max: 1024,
    placeholder: 'N',
    help: 'CPU threads; all cores when left out, or fewer where a model was found faster on them.',
    setting: true,
  },
  {
    name: 'memory',
    kind: 'number',
    min: 0.25,
    placeholder: 'GIB',
    help: 'GiB of memory that an analysis may take; a quarter of the machine when left out.',
    setting: true,
  },
  {
    name: 'profile',
    kind: 'flag',
    placeholder: '',
    default: false,
    help: 'Say where the time went: by operator kind and by node of the model.',
  },
  { name: 'output', kind: 'path', placeholder: 'FILE.json', help: 'Write the report as JSON.', sidecar: false },
  {
    name: 'html',
    kind: 'path',
    placeholder: 'FILE.html',
    help: 'Write the report as one self-contained page.',
    sidecar: false,
  },
  {
    name: 'failOn',
    kind: 'list',
    placeholder: 'ID,...',
    help: 'Exit with 3 when one of these verdicts is present.',
  },
  {
    name: 'quiet',
    kind: 'flag',
    placeholder: '',
    default: false,
    help: 'No progress, no summary.',
    sidecar: false,
  },
  {
    name: 'cache',
    kind: 'path',
    placeholder: 'DIR',
    help: 'Where finished reports are found again and a stopped analysis continues from; a folder of the system when left out.',
    sidecar: false,
  },
  {
    name: 'fresh',
    kind: 'flag',
    placeholder: '',
    default: false,
    help: 'Measure anew: no finished report is taken, no stopped analysis continued, no prepared graph read. The new report replaces the kept one.',
    sidecar: false,
  },
];

/** What a sidecar file may say. */
export const SIDECAR_OPTIONS: readonly OptionRow[] = OPTIONS.filter((row) => row.sidecar !== false);

const byName = new Map(OPTIONS.map((row) => [row.name as string, row]));

export function optionNamed(name: string): OptionRow | undefined {
  return byName.get(name);
}

/** `lanczosSteps` → `lanczos-steps` */
export function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
