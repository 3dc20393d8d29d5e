import { MEANINGS } from './meanings';
import { CLUSTERS, LOSSES, PARTS, PRECISIONS, PRESETS, PROVIDERS, VERDICTS } from './options';
import type { AnalysisOptions } from './options';

/**
 * How a value is written:
 * - `text`, `path`: a string; a relative path starts at the folder of the file that names it
 * - `integer`, `number`: with bounds
 * - `choice`: one of `choices`; `choices`: a list of them
 * - `list`: strings; `map`: string → string, number, boolean or lists of these; `flag`: true or false
 */
export type OptionKind = 'text' | 'path' | 'integer' | 'number' | 'choice' | 'choices' | 'list' | 'map' | 'flag';

export interface OptionRow {
  name: keyof AnalysisOptions;
  kind: OptionKind;
  /** Stands for the value in help texts. */
  placeholder: string;
  help: string;
  choices?: readonly string[];
  /** What each choice means. */
  meanings?: Record<string, string>;
  /** Values that the editor offers where any text is allowed. */
  examples?: readonly string[];
  min?: number;
  max?: number;
  /** Help texts and schema state the default; `presets.ts` applies it. */
  default?: string | number | boolean | readonly string[];
  /** True if the flag is repeated for each value, because a value of the list may contain commas. */
  repeated?: boolean;
  /** True if the editor offers the option as a setting, because it depends on the machine or on taste and not on one model. */
  setting?: boolean;
  /**
   * False if a sidecar file may not set the option. A sidecar comes with a model, perhaps from a stranger: it may describe
   * the model, but not say where to write or how the command behaves.
   */
  sidecar?: false;
  /** The commands that take the option, where `analyze` is none of them. */
  commands?: readonly string[];
}

/** Every option. The command line, the sidecar schema, the settings, the validation and docs/options.md derive from this table. */
export const OPTIONS: readonly OptionRow[] = [
  {
    name: 'data',
    kind: 'path',
    placeholder: 'FILE|FOLDER',
    help: 'Data: a .npz, .csv or .parquet file, a .npy pair, an IDX pair, an ONNX test_data_set folder or an image folder; "generated" draws random inputs.',
  },
  {
    name: 'testData',
    kind: 'path',
    placeholder: 'FILE|FOLDER',
    help: 'Data that the model was not trained on, in the same form as the data: loss, accuracy, gradient, lines and planes are measured on both.',
    setting: true,
  },
  {
    name: 'input',
    kind: 'map',
    placeholder: 'NAME=KEY|VALUE',
    help: 'Feed the graph input NAME from the array or column KEY, or give it one VALUE for all samples: 2, true, 1,2,3 or [[1,2],[3,4]].',
  },
  { name: 'target', kind: 'text', placeholder: 'KEY', help: 'Array or column of the data that holds the targets.' },
  {
    name: 'scale',
    kind: 'number',
    min: 1e-9,
    placeholder: 'N',
    // There is no default, because pictures and tables are scaled differently.
    help: 'Divide inputs of whole numbers by N; 1 leaves them unchanged. By default, Ridgeline divides pixels by 255 (by 65535 for 16-bit images) and nothing else.',
  },
  {
    name: 'sampleWeights',
    kind: 'text',
    placeholder: 'KEY',
    help: 'Array or column that holds one weight per sample. The loss becomes Σ w·ℓ / Σ w, and every figure follows it.',
  },
  {
    name: 'loss',
    kind: 'choice',
    placeholder: 'NAME',
    choices: LOSSES,
    meanings: MEANINGS.loss,
    help: 'Loss function. By default, Ridgeline guesses it from the graph and the targets.',
    // There is no default, because the loss is guessed; the report states the guess.
  },
  {
    name: 'lossOutput',
    kind: 'text',
    placeholder: 'NAME',
    help: 'Graph output that the loss reads. By default, Ridgeline picks one that fits the targets.',
  },
  {
    name: 'classAxis',
    kind: 'integer',
    placeholder: 'N',
    help: 'Axis of the output that holds the classes, counted as in the model; negative numbers count from the end. By default, Ridgeline infers it from the graph and the targets.',
  },
  {
    name: 'shiftLabels',
    kind: 'flag',
    placeholder: '',
    default: false,
    help: 'Language models: compare the prediction at each position with the next token.',
  },
  {
    name: 'ignoreIndex',
    kind: 'integer',
    placeholder: 'N',
    default: -100,
    help: 'Class index that marks positions without a target.',
  },
  { name: 'samples', kind: 'integer', min: 1, placeholder: 'N', help: 'Use the first N samples.', setting: true },
  { name: 'batch', kind: 'integer', min: 1, placeholder: 'N', help: 'Samples per run of the graph.', setting: true },
  {
    name: 'provider',
    kind: 'choice',
    placeholder: 'NAME',
    choices: PROVIDERS,
    meanings: MEANINGS.provider,
    default: 'auto',
    help: 'Execution provider. "auto" probes the providers of this machine and takes an accelerator only if it is faster than the CPU and agrees with it.',
    setting: true,
  },
  {
    name: 'precision',
    kind: 'choice',
    placeholder: 'NAME',
    choices: PRECISIONS,
    meanings: MEANINGS.precision,
    default: 'float32',
    help: 'Precision of products on the device. "reduced" lets the device round factors (TF32, float16) for speed; the report states the cost in accuracy.',
    setting: true,
  },
  {
    name: 'seed',
    kind: 'integer',
    min: 0,
    max: 2 ** 31 - 1,
    placeholder: 'N',
    default: 0,
    help: 'Seed of every random vector. The same seed gives the same figures.',
    setting: true,
  },
  {
    name: 'preset',
    kind: 'choice',
    placeholder: 'NAME',
    choices: PRESETS,
    meanings: MEANINGS.preset,
    default: 'standard',
    help: 'How much to measure. "quick" gives a first look; "thorough" measures more eigenvalues, probes and points.',
    setting: true,
  },
  {
    name: 'only',
    kind: 'choices',
    placeholder: 'PART,...',
    choices: PARTS,
    meanings: MEANINGS.only,
    help: 'Measure only these parts.',
    setting: true,
  },
  {
    name: 'parameters',
    kind: 'list',
    placeholder: 'GLOB,...',
    examples: ['*.weight', '*.bias'],
    help: 'Differentiate only the parameters whose names match; freeze the others.',
  },
  {
    name: 'weightDecay',
    kind: 'number',
    min: 0,
    placeholder: 'X',
    default: 0,
    help: 'Add X/2·‖θ‖² to the loss.',
  },
  {
    name: 'learningRate',
    kind: 'number',
    min: 1e-12,
    placeholder: 'X',
    // There is no default: only the user knows how the model is trained.
    help: 'Learning rate of the training, by gradient descent or SGD: the report says whether its steps are stable.',
    setting: true,
  },
  {
    name: 'momentum',
    kind: 'number',
    min: 0,
    max: 0.9999,
    placeholder: 'M',
    // There is no default value, because a momentum without a learning rate is a mistake.
    help: 'Heavy-ball momentum of the training, with the learning rate. By default, none.',
    setting: true,
  },
  {
    name: 'line',
    kind: 'list',
    repeated: true,
    placeholder: 'DIRECTION[:FROM:TO:STEPS]',
    examples: ['gradient', 'parameters', 'random', 'top/1', 'bottom/1', 'gradient:-1:1:41', 'to/other.onnx'],
    help: 'Measure the loss along a direction: gradient, parameters, random, random/layer, random/weight, random/none, top/K, bottom/K, to/PATH.',
    setting: true,
  },
  {
    name: 'plane',
    kind: 'list',
    repeated: true,
    placeholder: 'DIRECTION,DIRECTION[:FROM:TO:STEPS]',
    examples: ['random,random', 'gradient,random', 'top/1,top/2', 'top/1,bottom/1:-1:1:25'],
    help: 'Measure the loss over the plane of two directions.',
    setting: true,
  },
  {
    name: 'keepStatistics',
    kind: 'flag',
    placeholder: '',
    default: false,
    help: 'Leave the running statistics of BatchNormalization as they are along directions to other models. By default they move along, so that the line ends at the other model.',
  },
  {
    name: 'exact',
    kind: 'flag',
    placeholder: '',
    default: false,
    help: 'Measure every point of lines and planes; interpolate none.',
  },
  {
    name: 'planeError',
    kind: 'number',
    min: 0,
    max: 1,
    placeholder: 'X',
    // There is no default value, because lines and planes that name their STEPS are exact without one.
    help: 'Largest interpolation error of lines and planes, as a fraction of the range of the loss. By default, lines and planes given with STEPS are exact and all others may be off by 0.01.',
    setting: true,
  },
  {
    name: 'planeCurvature',
    kind: 'integer',
    min: 2,
    max: 101,
    placeholder: 'K',
    help: 'Measure the largest and the smallest eigenvalue of the Hessian on a grid of K × K points over each plane.',
  },
  {
    name: 'basin',
    kind: 'flag',
    placeholder: '',
    default: false,
    help: 'Measure how far the loss stays below twice its value: along every line, along random directions and along the sharpest direction.',
  },
  {
    name: 'top',
    kind: 'integer',
    min: 0,
    max: 1000,
    placeholder: 'K',
    help: 'Number of largest eigenvalues to find.',
    setting: true,
  },
  {
    name: 'bottom',
    kind: 'integer',
    min: 0,
    max: 1000,
    placeholder: 'K',
    help: 'Number of smallest eigenvalues to find.',
    setting: true,
  },
  {
    name: 'lanczosSteps',
    kind: 'integer',
    min: 2,
    placeholder: 'N',
    help: 'Lanczos steps per probe of the spectral density. If given, N also limits the search for the extreme eigenvalues.',
    setting: true,
  },
  {
    name: 'probes',
    kind: 'integer',
    min: 1,
    placeholder: 'N',
    help: 'Number of random vectors for the density and the trace.',
    setting: true,
  },
  {
    name: 'threads',
    kind: 'integer',
    min: 1,
    max: 1024,
    placeholder: 'N',
    help: 'CPU threads. By default, all cores, or fewer if this model ran faster on fewer.',
    setting: true,
  },
  {
    name: 'memory',
    kind: 'number',
    min: 0.25,
    placeholder: 'GIB',
    help: 'Memory that an analysis may take, in GiB. By default, a quarter of the machine, or more if the model needs it.',
    setting: true,
  },
  {
    name: 'profile',
    kind: 'flag',
    placeholder: '',
    default: false,
    help: 'Report how the time was spent, by operator type and by node of the model.',
  },
  {
    name: 'about',
    kind: 'text',
    placeholder: 'TEXT',
    help: 'Text about the model, shown above the verdicts. It changes no figure.',
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
    name: 'markdown',
    kind: 'path',
    placeholder: 'FILE.md',
    help: 'Write verdicts and figures as Markdown, for a pull request or an issue.',
    sidecar: false,
  },
  {
    name: 'saveBest',
    kind: 'path',
    placeholder: 'FILE.onnx',
    help: 'Write the best weights that the optimizers found as a new model with the same graph. Implies the part optimizers, and measures again.',
    sidecar: false,
  },
  {
    name: 'match',
    kind: 'flag',
    placeholder: '',
    default: false,
    help: 'Match the units of the other models to those of the first, and measure the line to the re-ordered model as well.',
    sidecar: false,
    commands: ['compare'],
  },
  {
    name: 'saveMatched',
    kind: 'path',
    placeholder: 'FILE.onnx',
    help: 'Write the second model with its units in the order of the first. Implies --match.',
    sidecar: false,
    commands: ['compare'],
  },
  {
    name: 'failOn',
    kind: 'choices',
    placeholder: 'ID,...',
    choices: VERDICTS,
    meanings: MEANINGS.failOn,
    help: 'Exit with code 3 if one of these verdicts is present.',
  },
  {
    name: 'quiet',
    kind: 'flag',
    placeholder: '',
    default: false,
    help: 'Print neither progress nor a summary.',
    sidecar: false,
  },
  {
    name: 'cluster',
    kind: 'choice',
    placeholder: 'NAME',
    choices: CLUSTERS,
    meanings: MEANINGS.cluster,
    help: 'Hand the work to a cluster, in parts: docs/cluster.md.',
    sidecar: false,
    commands: ['analyze', 'compare', 'path'],
  },
  {
    name: 'jobs',
    kind: 'integer',
    min: 1,
    placeholder: 'N',
    help: 'Most tasks of the cluster at once. By default, as many as it gives.',
    sidecar: false,
    commands: ['analyze', 'compare', 'path'],
  },
  {
    name: 'shards',
    kind: 'integer',
    min: 1,
    placeholder: 'N',
    help: 'Cut the data into N shards, which --jobs ranks of the cluster keep between them in one job that runs on all at once: for data or products too large for one machine.',
    sidecar: false,
    commands: ['analyze'],
  },
  {
    name: 'sbatch',
    kind: 'text',
    placeholder: '"ARGUMENTS"',
    help: 'Further arguments of Slurm\'s sbatch for every task, such as "--partition=gpu --gres=gpu:1 --time=1:00:00".',
    sidecar: false,
    commands: ['analyze', 'compare', 'path'],
  },
  {
    name: 'cache',
    kind: 'path',
    placeholder: 'DIR',
    help: 'Folder for finished reports and stopped analyses. By default, a folder of the system for caches.',
    sidecar: false,
  },
  {
    name: 'fresh',
    kind: 'flag',
    placeholder: '',
    default: false,
    help: 'Measure everything again: reuse no finished report, stopped analysis or prepared graph. The new report replaces the stored one.',
    sidecar: false,
  },
];

/** The options that a sidecar file may set. */
export const SIDECAR_OPTIONS: readonly OptionRow[] = OPTIONS.filter((row) => row.sidecar !== false);

const byName = new Map(OPTIONS.map((row) => [row.name as string, row]));

export function optionNamed(name: string): OptionRow | undefined {
  return byName.get(name);
}

/** `lanczosSteps` → `lanczos-steps` */
export function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
