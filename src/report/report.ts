import type { AnalysisOptions, LossName, ProviderChoice } from '../options/options';
import type { Check, Estimate, PartCurvature, ResidualPart, SpectralSummary } from './curvature';

/** Raised when a field changes meaning; adding fields does not raise it. */
export const SCHEMA_VERSION = 1;

/**
 * The saved document (CONTRACT.md). While an analysis runs the same type carries what is measured so far: every
 * measured section is optional and `complete` is false. In saved JSON the non-finite numbers are the strings
 * "NaN", "Infinity", "-Infinity"; in memory they are numbers.
 */
export interface Report {
  schemaVersion: number;
  /** False while the analysis runs, or when it was cancelled. */
  complete: boolean;
  model: ModelSummary;
  objective?: ObjectiveSummary;
  provider?: ProviderSummary;
  gradient?: GradientMeasurement;
  parameters?: ParameterMeasurement;
  spectrum?: { hessian?: HessianSpectrum; ggn?: GgnSpectrum };
  lines: Line[];
  planes: Plane[];
  diagnostics: Finding[];
  /** Self-checks of the derivatives and estimates, on this model, data and device. */
  checks?: Check[];
  /** Plain sentences about what limits these figures: generated data, fallbacks, tied or split parameters, missing directions. */
  warnings: string[];
  timings: Timings;
  /** Where the time of the graphs' runs went, when it was asked for. */
  profile?: ProfileMeasurement;
  provenance: Provenance;
}

export interface ModelSummary {
  path: string;
  sha256: string;
  opset: number;
  producer: string;
  parameterCount: number;
  parameters: { name: string; shape: number[]; count: number }[];
}

export interface ObjectiveSummary {
  function: LossName;
  /** Mean loss, weight decay included when asked for. */
  loss: number;
  /** Fraction of right classes, where the targets are classes. */
  accuracy?: number;
  samples: number;
  batchSize: number;
  weightDecay: number;
  /** Standard error of the mean loss over samples: how far another draw of as many samples would move it. */
  standardError: number;
  /** Which graph output the loss reads, and how: "logits of output «output»". */
  reads?: string;
  /** True when inputs are random and targets are the model's own answers. */
  generated?: boolean;
  /** Number of classes, for classification losses: the spectrum's outliers are compared with it. */
  classes?: number;
  /** Loss of the best answer that ignores the input: the entropy of the class frequencies, the variance of the targets. */
  chanceLoss?: number;
  /** Accuracy of the best answer that ignores the input: the frequency of the most frequent class. */
  chanceAccuracy?: number;
}

export interface ProviderSummary {
  requested: ProviderChoice;
  used: string;
  /** "CPU, 2 threads", the adapter's name, … */
  device: string;
  fallbacks: { node: string; operator: string; reason: string }[];
}

export interface GradientMeasurement {
  norm: number;
  byParameter: { name: string; norm: number }[];
  /** gᵀHg */
  curvature?: number;
  /** ‖Hg‖ */
  hessianProductNorm?: number;
  /** gᵀGg, G the Gauss-Newton matrix */
  gaussNewtonCurvature?: number;
  /** mean over samples of ‖∇ℓᵢ‖², over the first `samplesUsed` samples */
  meanSquaredSampleNorm?: number;
  samplesUsed?: number;
  /** Standard error of the gradient as a vector, √(Σ var(gᵢ)/N): below it the gradient cannot be told from zero for the population. */
  samplingError?: number;
  /** θᵀg: how far the gradient points along the weights themselves, as that of weight decay does. */
  alongParameters?: number;
  /** Float32 error of ‖g‖, from repeated evaluation in another batch split. */
  noiseFloor?: number;
}

export interface ParameterMeasurement {
  /** ‖θ‖ */
  norm: number;
  /** θᵀHθ */
  curvature?: number;
  /** ‖Hθ‖ */
  hessianProductNorm?: number;
  /** `curvature` is θₗᵀHθₗ with the weights of one tensor alone: it stays the same when that tensor is scaled against others. */
  byParameter?: { name: string; norm: number; curvature?: Estimate }[];
  /** Mean dᵀHd over random filter-normalized directions d, and how many. */
  filterNormalizedCurvature?: Estimate & { directions: number };
  /** Why raw eigenvalues depend on how the weights are scaled, where they do. */
  symmetry?: string;
}

/** A Ritz value: |value − some eigenvalue| ≤ residual (+ the spectrum's noiseFloor). */
export interface Eigenvalue {
  value: number;
  residual: number;
  converged: boolean;
  /** Standard error over the data (jackknife over samples): how far λ of as many other samples would lie. */
  dataError?: number;
}

export interface TraceEstimate {
  value: number;
  standardError: number;
  /** 0 when the trace is exact. */
  probes: number;
}

export interface SpectralDensity {
  lambda: number[];
  density: number[];
  sigma: number;
}

export interface HessianSpectrum {
  /** Largest first. */
  top: Eigenvalue[];
  /** Smallest (most negative) first. */
  bottom: Eigenvalue[];
  trace?: TraceEstimate;
  density?: SpectralDensity;
  /** Quadrature nodes and weights of each probe, from which the density is drawn. */
  ritz?: { nodes: number[]; weights: number[] }[];
  /** Hessian-vector products spent. */
  products: number;
  /** Absolute float32 error of an eigenvalue, measured: below it no sign is certain. */
  noiseFloor: number;
  /** True when the whole matrix was formed and every eigenvalue is in `top` ∪ `bottom` or `all`. */
  exact?: boolean;
  /** All eigenvalues, ascending, when exact. */
  all?: number[];
  /** Number of eigenvalues certified negative: a lower bound of the saddle's index, equal to it when exact. */
  certifiedNegative?: number;
  summary?: SpectralSummary;
  /** Which parts of the model are sharp: every tensor, layers and blocks of several tensors. */
  parts?: PartCurvature[];
  /** Set while the figures are a first estimate over the first samples only. */
  preliminary?: { samples: number };
}

export interface GgnSpectrum {
  top: Eigenvalue[];
  trace?: TraceEstimate;
  density?: SpectralDensity;
  ritz?: { nodes: number[]; weights: number[] }[];
  products: number;
  noiseFloor: number;
  exact?: boolean;
  summary?: SpectralSummary;
  /**
   * True where G is the Fisher information matrix of the distribution that the model predicts, averaged as the loss is:
   * of losses that are −log of a probability, where its logits or logarithms are known, without weight decay.
   */
  isFisher?: boolean;
  residualPart?: ResidualPart;
}

/** 'gradient' | 'parameters' | 'random' | 'random/layer' | 'random/none' | 'top/1' | 'bottom/1' | 'to/PATH' */
export type DirectionName = string;

export interface Line {
  direction: DirectionName;
  alpha: number[];
  loss: number[];
  accuracy?: number[];
  /** Norm of the direction as used (1 for gradient and eigenvectors). */
  directionNorm?: number;
  /** Which points were measured; the others are interpolated. Left out where every point was measured. */
  evaluated?: boolean[];
  /** Estimated absolute error of each loss by interpolation, 0 where it was measured. */
  error?: number[];
  /** The largest of them. */
  interpolationError?: number;
  /** What the errors were to stay below, as a fraction of the range of losses (on a linear and on a log scale). */
  tolerance?: number;
}

export interface Plane {
  x: { direction: DirectionName; values: number[] };
  y: { direction: DirectionName; values: number[] };
  /** loss[y][x] */
  loss: number[][];
  accuracy?: number[][];
  /** Cosine between the two directions as used. */
  cosine?: number;
  /** Which points [y][x] were measured; the others are interpolated. Left out where every point was measured. */
  evaluated?: boolean[][];
  /** Estimated absolute error [y][x] of each loss by interpolation, 0 where it was measured. */
  error?: number[][];
  /** The largest of them. */
  interpolationError?: number;
  /** What the errors were to stay below, as a fraction of the range of losses (on a linear and on a log scale). */
  tolerance?: number;
}

export type Verdict = 'present' | 'absent' | 'inconclusive';
export type Severity = 'info' | 'low' | 'medium' | 'high';

export interface Finding {
  id: string;
  title: string;
  verdict: Verdict;
  severity: Severity;
  summary: string;
  evidence: { name: string; value: number; error: number }[];
  advice: string[];
  /** Section of the page that shows the evidence. */
  shownIn?: 'plane' | 'lines' | 'spectrum' | 'layers' | 'loss';
  /** Published source of the criterion. */
  source?: string;
}

export interface Timings {
  /** Seconds by part: load, compile, loss, gradient, spectrum, ggn, lines, plane, total, … */
  [part: string]: number | { count: number; seconds: number } | undefined;
  hvp?: { count: number; seconds: number };
  ggnvp?: { count: number; seconds: number };
}

/** From the runtime's own profiler; the longest first, and only those. */
export interface ProfileMeasurement {
  /** All runs of all graphs. */
  seconds: number;
  runs: number;
  /** Kinds of operators as the runtime executed them. */
  operators: ProfileEntry[];
  /** Nodes of the model, each with all that was derived from it; in brackets what came from none. */
  nodes: ProfileEntry[];
}

export interface ProfileEntry {
  name: string;
  seconds: number;
  /** How often an operator of it ran. */
  calls: number;
}

export interface Provenance {
  version: string;
  seed: number;
  options: AnalysisOptions;
  /** sha256 of the data as read. */
  data: string;
  /** ISO 8601. */
  started: string;
  machine: string;
  /** How many threads were taken and what they were chosen by, where that was searched for. */
  threads?: string;
}
