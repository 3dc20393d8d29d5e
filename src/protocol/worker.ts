import { NotificationType, RequestType } from 'vscode-jsonrpc';
import type { AnalysisOptions, LossName } from '../options/options';
import type { Check } from '../report/sections/checks';
import type { Report } from '../report/report';

/** What failed, as shown to a person; `log` holds the stack for the output channel. */
export interface Failure {
  kind: 'user' | 'internal' | 'cancelled';
  /** Class of the error, where there is one: `DataError`. Picks the button that helps. */
  name?: string;
  what: string;
  where: string[];
  action?: string;
  /** Inputs of the model that a person has to give a value. */
  inputs?: { name: string; dtype: string }[];
  log?: string;
}

export interface AnalyzeParams {
  model: string;
  options: AnalysisOptions;
  /** Folder where finished reports are found again and a stopped analysis continues from; without it nothing is kept. */
  cache?: string;
}

/** Extension → worker: analyse; the answer is the finished report. Cancelling the request stops between two runs of the graph. */
export const Analyze = new RequestType<AnalyzeParams, Report, Failure>('analyze');

export interface Progress {
  /** "Hessian spectrum", for the notification. */
  stage: string;
  /** "12 of 80 products" */
  detail?: string;
  /** Over the whole analysis, 0 to 1. */
  fraction: number;
  /** Told once enough has been measured to tell. */
  secondsLeft?: number;
}

/** Worker → extension, several times a second while a request runs. */
export const AnalyzeProgress = new NotificationType<Progress>('analyze/progress');
/** Worker → extension, whenever a section of the report was measured: the report so far (`complete` is false). */
export const AnalyzePartial = new NotificationType<Report>('analyze/partial');

/** What a person should know of how a report comes about, though nothing is wrong with it. */
export interface AnalysisNote {
  /**
   * - `found`: the report was finished before, and is given again
   * - `continued`: some of the figures were measured by a run that was stopped
   * - `told`: what is known before anything is measured: memory, nodes without a derivative
   * - `unkept`: from here on nothing is kept; stopped, the run could not continue from there
   */
  kind: 'found' | 'continued' | 'told' | 'unkept';
  /** One sentence. */
  text: string;
}

/** Worker → extension, at most once of each kind while an analysis runs. */
export const AnalyzeNote = new NotificationType<AnalysisNote>('analyze/note');

export interface InspectParams {
  model: string;
  options: AnalysisOptions;
}

/** What can be said of a model, and of the data found for it, without running the analysis. */
export interface Inspection {
  path: string;
  opset: number;
  irVersion: number;
  producer: string;
  inputs: { name: string; type: string; shape: string }[];
  outputs: { name: string; type: string; shape: string }[];
  parameterCount: number;
  parameters: { name: string; shape: number[]; count: number; reason: string }[];
  /** Floating initializers that are not parameters, and why. */
  constants: { name: string; shape: number[]; reason: string }[];
  operators: { operator: string; count: number; derivative: 'yes' | 'flat' | 'no'; note?: string }[];
  /** Nodes that cannot be differentiated, by name. Empty when gradients and Hessian products work. */
  unsupported: { node: string; operator: string; reason: string }[];
  /** What can be measured in spite of them, in sentences. */
  stillWorks: string[];
  /** Why nothing of it can be measured as it is; null where its graph can be computed. */
  refused: string | null;
  /** Rough cost: graph nodes, floating-point operations of a forward pass per sample, bytes of parameters. */
  cost: { nodes: number; flopsPerSample: number | null; parameterBytes: number };
  /** Bytes that an analysis is expected to take: at its largest with as many batches as run side by side, what for, and per further batch. */
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
  /** How long an analysis is expected to take, as a sentence; null where nothing can be measured. */
  time: string | null;
  /** Loss guessed from the graph alone (its last operators), and why. */
  loss: LossGuess | null;
  warnings: string[];
}

export interface LossGuess {
  loss: LossName;
  reason: string;
}

/** Extension → worker: look at the model only. */
export const Inspect = new RequestType<InspectParams, Inspection, Failure>('inspect');

/** One place where data for a model was found. */
export interface DataCandidate {
  path: string;
  /** "1000 samples: input [1000, 1, 28, 28] float32, target [1000] int64", or why they do not fit. */
  description: string;
  samples: number;
  fits: boolean;
  loss: LossGuess | null;
}

/** Extension → worker: data files beside the model (sidecar, MODEL.npz, data.npz, test_data_set_0/), each read far enough to describe it. */
export const FindData = new RequestType<{ model: string; also?: string[] }, DataCandidate[], Failure>('findData');

/** Extension → worker: self-checks of the derivatives on this model. */
export const Verify = new RequestType<AnalyzeParams, { checks: Check[] }, Failure>('verify');

export interface ProviderProbe {
  name: string;
  available: boolean;
  /** Adapter or "CPU, 2 threads"; or why it is not available. */
  device: string;
  /** Measured matrix-product rate in GFLOP/s; 0 when unavailable. */
  gflops: number;
  /** Largest relative difference from the CPU provider on the probe. */
  error: number;
  /** Significant bits it keeps of the factors of a product: 24 in float32, 11 in TF32. */
  bits: number;
}

/** Extension → worker: the execution providers of this machine. */
export const Providers = new RequestType<
  Record<string, never>,
  { providers: ProviderProbe[]; chosen: string; reason: string },
  Failure
>('providers');

/** What installing the libraries of a provider fetches, from where and to which folder: confirmed before it happens. */
export interface InstallPlan {
  /** Of the feed, and its version. */
  package: string;
  version: string;
  url: string;
  bytes: number;
  /** Of the package, in base 64: nothing is kept where it differs. */
  sha512: string;
  folder: string;
  files: readonly string[];
}

export type InstallState = { kind: 'installed'; folder: string } | { kind: 'missing'; plan: InstallPlan };

/** Extension → worker: are the CUDA libraries there, and if not, what would be fetched? Asks the feed; fetches nothing. */
export const CudaState = new RequestType<Record<string, never>, InstallState, Failure>('cuda/state');

/** Extension → worker: fetch and check what the person confirmed. Cancelling the request leaves nothing behind. */
export const InstallCuda = new RequestType<{ plan: InstallPlan }, null, Failure>('cuda/install');

/** Extension → worker: take the CUDA libraries away again. */
export const RemoveCuda = new RequestType<Record<string, never>, { folder: string; removed: string[] }, Failure>(
  'cuda/remove',
);
