import type { Engine } from '../../engine/engine';
import type { Profile } from '../../engine/profile';
import type { CurvatureKind } from '../../loss/head';
import type { UnitIndices } from '../../model/layers/indices';
import type { NetworkStructure } from '../../model/layers/structure';
import type { LossName } from '../../options/options';
import type { ModelSummary, ProviderSummary } from '../../report/report';
import type { Objective } from '../objective';
import type { NumericsAsked, NumericsFound } from '../../ownGraph/numericsFound';
import type { FeatureValues } from './features';
import type { MemoryNeed } from '../resources/memory';
import type { ThreadChoice } from '../resources/threadSearch';
import type { NonFiniteFigure } from '../run/nonFiniteText';
import type { OnnxObjective } from '../run/onnxObjective';

/** A model and its data, compiled and ready to be measured, with facts for the report. */
export interface OpenedObjective {
  objective: OnnxObjective;
  /** The same loss over the test data; null where there are none. The objective disposes of it. */
  test: Objective | null;
  model: ModelSummary;
  function: LossName;
  /** "logits of «output»" */
  reads: string;
  /** What kind of matrix the Gauss-Newton matrix is for this loss and output. */
  curvature: CurvatureKind;
  classes?: number;
  chanceLoss?: number;
  chanceAccuracy?: number;
  batchSize: number;
  /** Number of samples in the data, where the samples were drawn from more at random. */
  drawnFrom?: number;
  /** Number of batches that are computed at once. */
  lanes: number;
  provider: ProviderSummary;
  dataSha256: string;
  /** The path of the test data. */
  testSource?: string;
  generated: boolean;
  /** Sentences about the choices made and about what limits the accuracy of the results. */
  notes: readonly string[];
  /** Sentences that change no figure. */
  remarks: readonly string[];
  /**
   * False where an operator between parameters and loss has no derivative. The notes name it; only losses work then.
   */
  canDifferentiate: boolean;
  /** The kinds of operators in the model. */
  operators: string[];
  /** Which weights belong to which units of the network, and what may be exchanged or rescaled. */
  structure: () => NetworkStructure;
  /** Which units may be exchanged in all tensors of θ at once. It follows the whole graph: ask once. */
  indices: () => UnitIndices;
  /** The inputs whose features a dense layer reads as they are. */
  features: () => readonly FeatureValues[];
  /** Why raw eigenvalues depend on the scale of the weights; null where rescaling weights always changes the network. */
  symmetry: () => string | null;
  /** Finds the sample and the operator that make loss or gradient NaN or ∞. */
  whyNotFinite: (figure: 'loss' | 'gradient') => Promise<NonFiniteFigure | null>;
  /** Runs the user's own graph and looks at every value; a reason where that cannot be done. */
  numerics: (asked: NumericsAsked) => Promise<NumericsFound | string>;
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
  /** The best number of threads that a search found; undefined where there was no search. */
  threads?: ThreadChoice;
  seconds: { load: number; compile: number };
  /** Where the time of all runs so far was spent; null unless the options ask for a profile. */
  profile(): Promise<Profile | null>;
}

/** An objective opened on one engine, with a way to open it on another. */
export interface OpenedOnEngine extends OpenedObjective {
  /** Makes the same objective on another engine. */
  on(engine: Engine): OnnxObjective;
  /** Makes the objective over the test data. */
  testOf(objective: OnnxObjective): OnnxObjective | null;
}
