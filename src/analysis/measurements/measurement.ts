import type { Objective } from '../../objective/objective';
import type { AnalysisOptions, Part } from '../../options/options';
import type { ResolvedOptions } from '../../options/presets';
import type { Results } from '../answers';
import type { Directions } from '../directions';
import type { Draft } from '../draft';
import type { ObjectiveFacts } from '../facts';
import type { Pictures } from '../pictures';
import type { StageReport } from '../progress';

/** The facts about a model that are known before anything is measured. */
export interface Measurable {
  dim: number;
  canDifferentiate: boolean;
  batches: number;
}

/** Kinds of graphs. Each graph is built once and run many times. */
export type GraphKind = 'loss' | 'gradient' | 'points' | 'hvp' | 'ggnvp' | 'samples' | 'single';

/** The expected cost of a measurement. Progress, the time estimate and the size of the journal are computed from it. */
export interface Cost {
  /** Cost in evaluations of the loss over all data. `LOSSES` gives the cost of a derivative in this unit. */
  losses: number;
  /** Largest number of products with H and G. */
  products?: number;
  graphs?: readonly GraphKind[];
}

/**
 * Cost of each operation in evaluations of the loss over all data. A product costs less when several vectors are
 * multiplied in one pass.
 */
export const LOSSES = { gradient: 3, hvp: 6, ggnvp: 4, planePoint: 1.5 };

/** Everything a measurement may use. It writes its sections of the report into the draft. */
export interface Context {
  objective: Objective;
  facts: ObjectiveFacts;
  options: ResolvedOptions;
  draft: Draft;
  directions: Directions;
  pictures: Pictures;
  /** Memory for Krylov vectors, in bytes. */
  basisBytes: number;
  signal?: AbortSignal;
  report: StageReport;
  /** What other processes have measured. */
  results: Results;
  /** Returns what another measurement found, or null if it was not made. Measurements in `needs` run first. */
  found<Found>(measurement: Measurement<Found>): Found | null;
}

/** A way to leave out part of a measurement that would take too long. */
export interface Saving {
  /** Savings apply in ascending order. The one that costs the user least comes first. */
  order: number;
  /** Names what is left out, e.g. "the plane". */
  left: string;
  /** The `left` texts of earlier savings that this one includes, so that they are not listed twice. */
  covers?: readonly string[];
  /** @param asked options that the user set; they stay unchanged */
  apply(options: ResolvedOptions, asked: AnalysisOptions, model: Measurable): ResolvedOptions;
}

/** How several machines share a measurement: in pieces that each can be measured on its own, and in any order. */
export interface Split {
  /** Measurements whose findings the pieces read. */
  needs?(options: ResolvedOptions): readonly Measurement[];
  /** Expected cost of each piece, in evaluations of the loss over all data. Neighbours may be measured together. */
  pieces(options: ResolvedOptions, model: Measurable): readonly number[];
  /** Measures the pieces `first` ≤ i < `end`, whose answers and results `measure` then finds. */
  measure(context: Omit<Context, 'report'>, first: number, end: number): Promise<void>;
}

/** One step of an analysis: what it needs, what it costs, and how it is measured. */
export interface Measurement<Found = unknown> {
  id: string;
  /** The name shown in progress messages. */
  title: string;
  /** The part of an analysis (`--only`) that includes this measurement, or `always` if every analysis does. */
  part: Part | 'always';
  /** The entry of the report's timings that its time is added to. */
  timedAs: string;
  /** Whether it works for models with an operator that has no derivative. */
  withoutDerivatives?: boolean;
  /** Whether it is made even where the loss is NaN or ∞. */
  whereNotFinite?: boolean;
  /** Whether these options ask for it. The part must be asked for as well. */
  applies?(options: ResolvedOptions): boolean;
  /** Measurements whose findings it reads. They run even if the user did not ask for them. */
  needs?(options: ResolvedOptions): readonly Measurement[];
  cost(options: ResolvedOptions, model: Measurable): Cost;
  savings?: readonly Saving[];
  split?: Split;
  measure(context: Context): Promise<Found>;
}

/** Declares a measurement. Other measurements read the result of `measure` through `found`. */
export function defineMeasurement<Found>(measurement: Measurement<Found>): Measurement<Found> {
  return measurement;
}
