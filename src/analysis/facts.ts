import type { CurvatureKind } from '../loss/head';
import type { FeatureValues } from '../objective/open/features';
import type { NetworkStructure } from '../model/layers/structure';
import type { NumericsAsked, NumericsFound } from '../ownGraph/numericsFound';
import type { Objective, UnitIndices } from '../objective/objective';
import type { ModelSummary, Provenance, ProviderSummary, Report } from '../report/report';
import type { ReadOther } from './directions';

/** Finds which sample and operator make a figure NaN or ∞, and what to do. Returns null if the cause is unknown. */
export type WhyNotFinite = (
  figure: 'loss' | 'gradient',
) => Promise<{ what: string; where: string[]; action: string } | null>;

/** The loss as a function of parameters and running statistics, without weight decay. */
export interface WideLoss {
  objective: Objective;
  /** The same over the test data; null where there are none. */
  test: Objective | null;
}

/** A loss whose units may be re-ordered. */
export interface MatchableLoss extends WideLoss {
  /** Which units may be exchanged in all that moves. */
  indices: () => UnitIndices;
}

/** The facts about an objective that a report needs and that are known before anything is measured. */
export interface ObjectiveFacts {
  model: ModelSummary;
  function: NonNullable<Report['objective']>['function'];
  reads: string;
  /** Which matrix G is for this loss and output. Default `gaussNewton`, which claims nothing further. */
  curvature?: CurvatureKind;
  classes?: number;
  chanceLoss?: number;
  chanceAccuracy?: number;
  batchSize: number;
  /** Number of samples in the data, where the samples were drawn from more at random. */
  drawnFrom?: number;
  /** The same loss over data that the model was not trained on, without weight decay. */
  test?: Objective | null;
  /** The path of the test data. */
  testSource?: string;
  provider: ProviderSummary;
  generated: boolean;
  /** Sentences about what limits the figures. */
  notes: readonly string[];
  /** Sentences that change no figure. */
  remarks?: readonly string[];
  /** False if an operator has no derivative rule. Only the loss can then be drawn. */
  canDifferentiate: boolean;
  /** The kinds of operators in the model. Operators with kinks limit what finite differences can check. */
  operators: readonly string[];
  /** Relative error of products on a device that is allowed to round them. It adds to the noise floor. */
  productError?: number | null;
  /** Memory for a Krylov basis, in bytes. By default the memory plan decides from the number of parameters. */
  basisBytes?: number;
  /** Explains why raw eigenvalues depend on the scale of the weights; null if they do not. */
  symmetry?: () => string | null;
  /** Which weights belong to which units of the network, and what may be exchanged or rescaled. */
  structure?: () => NetworkStructure;
  /** The inputs whose features a dense layer reads as they are. */
  features?: () => readonly FeatureValues[];
  /** Called if the loss or the gradient is NaN or ∞. */
  whyNotFinite?: WhyNotFinite;
  /** Runs the user's own graph and looks at every value; answers a reason where that cannot be done. */
  numerics?: (asked: NumericsAsked) => Promise<NumericsFound | string>;
  seconds: { load: number; compile: number };
  provenance: Provenance;
  readOther: ReadOther;
  /** Opens the loss with running statistics among what may move, for directions that change them. */
  wide?: () => Promise<WideLoss>;
}
