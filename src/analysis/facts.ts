import type { CurvatureKind } from '../loss/head';
import type { ModelSummary, Provenance, ProviderSummary, Report } from '../report/report';
import type { OtherTheta } from './directions';

/** Which sample and operator make a figure NaN or ∞, and what to do; null where that cannot be told. */
export type WhyNotFinite = (
  figure: 'loss' | 'gradient',
) => Promise<{ what: string; where: string[]; action: string } | null>;

/** What is known of the objective before anything is measured: all a report needs that no product can tell. */
export interface ObjectiveFacts {
  model: ModelSummary;
  function: NonNullable<Report['objective']>['function'];
  reads: string;
  /** What G is of this loss and output; `gaussNewton` when left out, of which nothing is claimed. */
  curvature?: CurvatureKind;
  classes?: number;
  chanceLoss?: number;
  chanceAccuracy?: number;
  batchSize: number;
  provider: ProviderSummary;
  generated: boolean;
  notes: readonly string[];
  /** False where an operator has no derivative rule: then only the loss can be drawn. */
  canDifferentiate: boolean;
  /** Kinds of the model's operators: those with kinks limit what differences can check. */
  operators: readonly string[];
  /** Relative error of products on a device that was let round them: part of the noise floor. */
  productError?: number | null;
  /** What a Krylov basis may take; by default what a plan gives one for so many parameters. */
  basisBytes?: number;
  /** Why raw eigenvalues are a matter of scale, where they are. */
  symmetry?: string;
  /** Asked where loss or gradient is NaN or ∞. */
  whyNotFinite?: WhyNotFinite;
  seconds: { load: number; compile: number };
  provenance: Provenance;
  otherTheta: OtherTheta;
}
