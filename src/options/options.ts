/** The parts of an analysis that can be asked for separately (`--only`). */
export const PARTS = ['loss', 'gradient', 'spectrum', 'ggn', 'lines', 'plane', 'dynamics', 'optimizers'] as const;
export type Part = (typeof PARTS)[number];

export const LOSSES = ['cross_entropy', 'nll', 'bce', 'bce_with_logits', 'mse', 'mae', 'huber', 'output'] as const;
export type LossName = (typeof LOSSES)[number];

export const PROVIDERS = ['auto', 'cpu', 'webgpu', 'cuda', 'dml', 'coreml'] as const;
export type ProviderChoice = (typeof PROVIDERS)[number];

/** `reduced` lets a device round the factors of its products, for speed: TF32, float16, bfloat16. */
export const PRECISIONS = ['float32', 'reduced'] as const;
export type Precision = (typeof PRECISIONS)[number];

export const CLUSTERS = ['slurm'] as const;
export type Cluster = (typeof CLUSTERS)[number];

export const PRESETS = ['quick', 'standard', 'thorough'] as const;
export type Preset = (typeof PRESETS)[number];

/** The verdicts that an analysis may give, by their ids, in the order in which the page shows them. */
export const VERDICTS = [
  'progressive-sharpening',
  'edge-of-stability-path',
  'persistent-gradient',
  'numerical-trouble',
  'critical-point',
  'saddle',
  'minimum',
  'maximum',
  'flat-region',
  'gradient-noise',
  'vanishing-gradient',
  'exploding-gradient',
  'vanishing-over-time',
  'exploding-over-time',
  'dead-units',
  'saturation',
  'ill-conditioning',
  'sharpness',
  'edge-of-stability',
  'surrogate',
  'symmetry',
  'rescaling',
  'initialization',
  'cliff',
  'local-global',
  'overfitting',
] as const;
export type VerdictId = (typeof VERDICTS)[number];

/**
 * `data: 'generated'`: seeded random inputs, labelled by the model itself. For a first look only, and marked as such.
 */
export const GENERATED_DATA = 'generated';

/** A key of the data, or a value: a number, true, false, or lists of them. Text is a value where no such key exists. */
export type InputWish = string | number | boolean | readonly InputWish[];

/**
 * What the user may set for an analysis. The names are the same, in camelCase, in the sidecar file, the editor's
 * settings and the report's provenance; on the command line they are in kebab-case. Every option may be left out;
 * `presets.ts` fills in the rest.
 */
export interface AnalysisOptions {
  /** File, folder, or 'generated'. */
  data?: string;
  /** Data that the model was not trained on. */
  testData?: string;
  /** Graph input name → key (array, column, file) in the data, or the value that the input has for all samples. */
  input?: Record<string, InputWish>;
  /** Key of the targets in the data. */
  target?: string;
  scale?: number;
  /** Key of the weights of the samples in the data. */
  sampleWeights?: string;
  loss?: LossName;
  /** Which output of the graph the loss reads; guessed from the targets when left out. */
  lossOutput?: string;
  /** Axis of that output that holds the classes, as the model counts it; from the end where negative. */
  classAxis?: number;
  /** Language models: position t is judged on the token at t + 1. */
  shiftLabels?: boolean;
  /** Class that marks positions without a target; −100 when left out, as in PyTorch. */
  ignoreIndex?: number;
  /** Largest number of samples; the first ones of the data are used. */
  samples?: number;
  /** Samples per run of the graph. */
  batch?: number;
  provider?: ProviderChoice;
  precision?: Precision;
  seed?: number;
  preset?: Preset;
  only?: Part[];
  /** Globs over parameter names; parameters that match none are frozen. */
  parameters?: string[];
  weightDecay?: number;
  /** Learning rate of the training; without it nothing is said about the stability of its steps. */
  learningRate?: number;
  /** Heavy-ball momentum of the training. */
  momentum?: number;
  /** `DIRECTION[:FROM:TO:STEPS]` each. */
  line?: string[];
  /** `DIRECTION,DIRECTION[:FROM:TO:STEPS]` each. */
  plane?: string[];
  /** Whether running statistics stay as they are along directions to other models. */
  keepStatistics?: boolean;
  /** Whether every point of lines and planes is measured. */
  exact?: boolean;
  /**
   * Largest interpolation error of lines and planes as a fraction of the range; if given, it applies to all of them.
   */
  planeError?: number;
  /** Points per axis of a grid over each plane on which the extreme eigenvalues are measured. */
  planeCurvature?: number;
  /** Whether the width of the basin around the weights is measured. */
  basin?: boolean;
  /** Number of the largest eigenvalues. */
  top?: number;
  /** Number of the smallest (most negative) eigenvalues. */
  bottom?: number;
  lanczosSteps?: number;
  probes?: number;
  threads?: number;
  /** GiB that an analysis may take; a quarter of the machine when left out. */
  memory?: number;
  /** Whether the report says how much time each operator kind and each node of the model took. */
  profile?: boolean;
  /** Text about the model that the report shows. */
  about?: string;
  /** Report paths; relative to the sidecar file when read from there. */
  output?: string;
  html?: string;
  markdown?: string;
  /** Where the best weights that the optimizers found are written, as a model with the same graph. */
  saveBest?: string;
  /** Comparisons: whether the units of the other models are matched to those of the first. */
  match?: boolean;
  /** Comparisons: where the second model is written with its units in the order of the first. */
  saveMatched?: string;
  /** Diagnostic ids that make the command line exit with 3 when present. */
  failOn?: VerdictId[];
  quiet?: boolean;
  /** Hands the work to a cluster. */
  cluster?: Cluster;
  /** Most tasks of a cluster at once. */
  jobs?: number;
  /** Number of shards of the data, which the ranks of a cluster hold between them. */
  shards?: number;
  /** Further arguments of Slurm's sbatch. */
  sbatch?: string;
  /** Folder of finished reports and of the measurements of stopped analyses. */
  cache?: string;
  /** Whether to measure everything again, even if the cache has a report. */
  fresh?: boolean;
}
