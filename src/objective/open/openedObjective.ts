import type { Engine } from '../../engine/engine';
import type { Profile } from '../../engine/profile';
import type { CurvatureKind } from '../../loss/head';
import type { LossName } from '../../options/options';
import type { ModelSummary, ProviderSummary } from '../../report/report';
import type { Objective } from '../objective';
import type { MemoryNeed } from '../resources/memory';
import type { ThreadChoice } from '../resources/threadSearch';
import type { NonFiniteFigure } from '../run/nonFiniteText';
import type { OnnxObjective } from '../run/onnxObjective';

/** A model and its data, compiled and ready to be measured, with what a report says about them. */
export interface OpenedObjective {
  objective: Objective;
  model: ModelSummary;
  function: LossName;
  /** "logits of «output»" */
  reads: string;
  /** What the Gauss-Newton matrix of this loss and output is. */
  curvature: CurvatureKind;
  classes?: number;
  chanceLoss?: number;
  chanceAccuracy?: number;
  batchSize: number;
  /** Batches that are computed side by side. */
  lanes: number;
  provider: ProviderSummary;
  dataSha256: string;
  generated: boolean;
  /** Sentences about the choices made and about what limits the figures. */
  notes: readonly string[];
  /** False where an operator on the way has no derivative. The notes name it; only losses can be measured. */
  canDifferentiate: boolean;
  /** The model's operators, each kind once. */
  operators: string[];
  /** Why raw eigenvalues are a matter of scale, where weights can be rescaled and the network stays the same. */
  symmetry?: string;
  /** Finds the sample and the operator that make loss or gradient NaN or ∞. */
  whyNotFinite: (figure: 'loss' | 'gradient') => Promise<NonFiniteFigure | null>;
  /** ‖Hg − (Hg)′‖/‖Hg‖ between the CPU and a device that rounds the factors of its products; null in float32. */
  productError: number | null;
  /** The note that names operators without a derivative; null where there are none. */
  unsupported: string | null;
  memory: MemoryNeed;
  /** Seconds that a forward pass over the data is expected to take, from sizes alone. */
  passSeconds: number;
  /** Seconds that making the graph of a Hessian product is expected to take. */
  graphSeconds: number;
  batches: number;
  /** Bytes that the plan gives a Krylov basis. */
  basisBytes: number;
  /** The number of threads that a search found best; undefined where nothing was searched. */
  threads?: ThreadChoice;
  seconds: { load: number; compile: number };
  /** Where the time of all runs so far went; null unless the options ask for a profile. */
  profile(): Promise<Profile | null>;
}

/** An objective opened on one engine, which can be opened on another. */
export interface OpenedOnEngine extends OpenedObjective {
  objective: OnnxObjective;
  /** Makes the same objective on another engine. */
  on(engine: Engine): OnnxObjective;
}
