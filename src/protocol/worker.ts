import { NotificationType, RequestType } from 'vscode-jsonrpc';
import type { AnalysisOptions, LossName, Precision, Preset } from '../options/options';
import type { Check } from '../report/sections/checks';
import type { Finding, Report } from '../report/report';
import type { PlanePointFigures } from '../report/sections/planePoint';
import type { ExpectedTime } from './configure';
import type { DataPreview } from './dataPreview';
import type { ProvidersFound } from './measured';
import type { TensorStatistics } from './tensorStatistics';

/** A failure as shown to the user. `log` holds the stack for the output channel. */
export interface Failure {
  kind: 'user' | 'internal' | 'cancelled';
  /** Class of the error if it has one, such as `DataError`. It determines which buttons the message has. */
  name?: string;
  what: string;
  where: string[];
  action?: string;
  /** Inputs of the model for which the user has to give a value. */
  inputs?: { name: string; dtype: string }[];
  log?: string;
}

export interface AnalyzeParams {
  model: string;
  options: AnalysisOptions;
  /** Folder for finished reports and for the results from which stopped runs continue. Without it nothing is kept. */
  cache?: string;
}

/**
 * Extension → worker: analyse and return the finished report. Cancelling it stops the analysis between two graph runs.
 */
export const Analyze = new RequestType<AnalyzeParams, Report, Failure>('analyze');

/** A question that is answered by the few measurements it needs. */
export type QuestionId = 'saddle' | 'flatRegion' | 'conditioning' | 'layerGradients';

/** The answer to a question, as true as that of a whole analysis. */
export interface QuestionAnswer {
  /** The verdicts on the question, the most telling one first. Empty if the question cannot be judged here. */
  findings: Finding[];
  /** The report with the figures behind them. */
  report: Report;
  /** Whether the report is that of a whole analysis, which was finished earlier. */
  whole: boolean;
}

/**
 * Extension → worker: answer one question. Starts with few samples drawn at random, and takes more until the answer does
 * not depend on the draw. Reports progress as `Analyze` does; an earlier answer or finished report is used again.
 */
export const Ask = new RequestType<AnalyzeParams & { question: QuestionId }, QuestionAnswer, Failure>('ask');

/**
 * Extension → worker: start what every analysis with these options begins with, while the user still chooses data.
 */
export const Prepare = new RequestType<{ options: AnalysisOptions }, null, Failure>('prepare');

export interface CompareParams extends Omit<AnalyzeParams, 'model'> {
  /** Two or more models. Differences are taken from the first. */
  models: string[];
}

/** Extension → worker: compare models on the same data. Reports progress and parts of the report as `Analyze` does. */
export const Compare = new RequestType<CompareParams, Report, Failure>('compare');

export interface FollowParams extends Omit<AnalyzeParams, 'model'> {
  /** A folder of checkpoints, or the files. */
  places: string[];
}

/** Extension → worker: follow the checkpoints of a training run. Reports progress and parts of the report as `Analyze` does. */
export const Follow = new RequestType<FollowParams, Report, Failure>('follow');

export interface MeasurePointParams {
  /** The finished or partial report in which the plane lies: its model, data and options are opened again. */
  report: PlaneOwner;
  /** Names of the directions d₁ and d₂ of the plane. */
  directions: { x: string; y: string };
  /** The point θ + x·d₁ + y·d₂. */
  at: { x: number; y: number };
  /** See `AnalyzeParams`. */
  cache?: string;
}

/** What identifies the plane of a report: where it was measured. */
export interface PlaneOwner {
  model: string;
  sha256: string;
  /** SHA-256 of the data. */
  data: string;
  options: AnalysisOptions;
  /** The checkpoints of a path, of which those with coordinates span its plane. */
  checkpoints?: { file: string; isFinite: boolean }[];
}

/** Extension → worker: measure loss, gradient and extreme eigenvalues at one point of a plane. Reports progress. */
export const MeasurePoint = new RequestType<MeasurePointParams, PlanePointFigures, Failure>('measurePoint');

/** Extension → worker: list the checkpoints that these places hold, in the order of the training. Reads no file. */
export const FindCheckpoints = new RequestType<{ places: string[] }, { files: string[] }, Failure>('findCheckpoints');

export interface Progress {
  /** Text for the notification, such as "Hessian spectrum". */
  stage: string;
  /** Text such as "12 of 80 products". */
  detail?: string;
  /** Completed part of the whole analysis, 0 to 1. */
  fraction: number;
  /** Present once enough has been measured to estimate it. */
  secondsLeft?: number;
}

/** Worker → extension, several times a second while a request runs. */
export const AnalyzeProgress = new NotificationType<Progress>('analyze/progress');
/** Worker → extension, whenever a section of the report has been measured. `complete` is false in this report. */
export const AnalyzePartial = new NotificationType<Report>('analyze/partial');

/** Information for the user about how a report is produced, although nothing is wrong with it. */
export interface AnalysisNote {
  /**
   * - `found`: the report was finished earlier and is returned again
   * - `continued`: some of the numbers were measured by a run that was stopped
   * - `told`: facts that are known before anything is measured: memory, nodes without a derivative
   * - `unkept`: from here on nothing is kept, so a run that is stopped cannot continue from there
   */
  kind: 'found' | 'continued' | 'told' | 'unkept';
  /** The text, in one sentence. */
  text: string;
}

/** Worker → extension, at most once of each kind while an analysis runs. */
export const AnalyzeNote = new NotificationType<AnalysisNote>('analyze/note');

export interface InspectParams {
  model: string;
  options: AnalysisOptions;
}

/** Everything that can be said about a model without an analysis. */
export interface Inspection {
  path: string;
  opset: number;
  irVersion: number;
  producer: string;
  inputs: { name: string; type: string; shape: string }[];
  outputs: { name: string; type: string; shape: string }[];
  parameterCount: number;
  /** `label` is the name to show where an exporter generated that of the file. */
  parameters: { name: string; label?: string; shape: number[]; count: number; reason: string }[];
  /** Floating-point initializers that are not parameters, and the reasons. */
  constants: { name: string; shape: number[]; reason: string }[];
  operators: { operator: string; count: number; derivative: 'yes' | 'flat' | 'no'; note?: string }[];
  /** Nodes that cannot be differentiated, by name. Empty if gradients and Hessian products work. */
  unsupported: { node: string; operator: string; reason: string }[];
  /** Sentences about what can be measured despite the unsupported nodes. */
  stillWorks: string[];
  /** The reason why nothing can be measured on this model; null if its graph can be computed. */
  refused: string | null;
  /** Rough cost: graph nodes, floating-point operations of a forward pass per sample, bytes of parameters. */
  cost: { nodes: number; flopsPerSample: number | null; parameterBytes: number };
  /**
   * Expected peak memory of an analysis that computes `lanes` batches at once, in bytes, by use. `residualsPerBatch`
   * are the bytes per batch of results kept between Hessian products.
   */
  memory: {
    total: number;
    weights: number;
    graphs: number;
    basis: number;
    lanes: number;
    residualsPerBatch: number;
    samplesPerBatch: number;
    machine: number;
  } | null;
  /** Expected seconds of an analysis of 1,000 samples, by preset; null if nothing can be measured. */
  expectedSeconds: Record<Preset, number> | null;
  /** The same in a sentence. */
  time: string | null;
  /** The loss that the options name, or that the last operators of the graph suggest, and the reason. */
  loss: LossGuess | null;
  warnings: string[];
}

export interface LossGuess {
  loss: LossName;
  reason: string;
}

/** Extension → worker: inspect the model without analysing it. */
export const Inspect = new RequestType<InspectParams, Inspection, Failure>('inspect');

/** Extension → worker: describe the numbers of some weights. Reads only these. */
export const DescribeWeights = new RequestType<
  { model: string; names: string[] },
  { tensors: TensorStatistics[]; missing: string[] },
  Failure
>('describeWeights');

/** One place where data for a model was found. */
export interface DataCandidate {
  path: string;
  /** Text such as "1000 samples: input [1000, 1, 28, 28] float32, target [1000] int64", or why the data do not fit. */
  description: string;
  samples: number;
  fits: boolean;
  loss: LossGuess | null;
}

/**
 * Extension → worker: find data files beside the model (sidecar, MODEL.npz, data.npz, test_data_set_0/), and read each
 * far enough to describe it.
 */
export const FindData = new RequestType<{ model: string; also?: string[] }, DataCandidate[], Failure>('findData');

/** Extension → worker: show the first samples of the data that the options name, as the model reads them. */
export const PreviewData = new RequestType<{ model: string; options: AnalysisOptions }, DataPreview, Failure>(
  'previewData',
);

/**
 * Extension → worker: estimate the time of an analysis with these options by each preset, from the graph alone.
 * `available` is the number of samples in the data.
 */
export const ExpectTime = new RequestType<
  { model: string; options: AnalysisOptions; available: number },
  { time: ExpectedTime | null },
  Failure
>('expectTime');

/** Extension → worker: run the self-checks of the derivatives on this model. */
export const Verify = new RequestType<AnalyzeParams, { checks: Check[] }, Failure>('verify');

/** Extension → worker: try the execution providers of this machine for analyses of a precision. Reports progress. */
export const Providers = new RequestType<{ precision?: Precision }, ProvidersFound, Failure>('providers');

/** A download that installs a provider's libraries: source, size, hash and folder. The user confirms it first. */
export interface InstallPlan {
  /** Name of the package in the feed. */
  package: string;
  version: string;
  url: string;
  bytes: number;
  /** Hash of the package in base64. If the download has another hash, nothing is kept. */
  sha512: string;
  folder: string;
  files: readonly string[];
}

export type InstallState = { kind: 'installed'; folder: string } | { kind: 'missing'; plan: InstallPlan };

/** Extension → worker: say whether the CUDA libraries are installed, or what to download. Downloads nothing itself. */
export const CudaState = new RequestType<Record<string, never>, InstallState, Failure>('cuda/state');

/** Extension → worker: download and check the libraries that the user confirmed. Cancelling leaves no files behind. */
export const InstallCuda = new RequestType<{ plan: InstallPlan }, null, Failure>('cuda/install');

/** Extension → worker: remove the CUDA libraries. */
export const RemoveCuda = new RequestType<Record<string, never>, { folder: string; removed: string[] }, Failure>(
  'cuda/remove',
);
