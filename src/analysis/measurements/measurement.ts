import type { Objective } from '../../objective/objective';
import type { AnalysisOptions, Part } from '../../options/options';
import type { ResolvedOptions } from '../../options/presets';
import type { Directions } from '../directions';
import type { Draft } from '../draft';
import type { ObjectiveFacts } from '../facts';
import type { Pictures } from '../pictures';
import type { StageReport } from '../progress';

/** What is known of a model before anything is measured. */
export interface Measurable {
  dim: number;
  canDifferentiate: boolean;
  batches: number;
}

/** Graphs that are made once and run again and again. */
export type GraphKind = 'loss' | 'gradient' | 'points' | 'hvp' | 'ggnvp' | 'samples';

/** What a measurement is expected to take. Progress, the time told beforehand and the size of a journal follow from it. */
export interface Cost {
  /** In losses over all of the data: `LOSSES` says how many a derivative is. */
  losses: number;
  /** Products with H and with G, at most. */
  products?: number;
  graphs?: readonly GraphKind[];
}

/** Losses over the data that take as long. A product takes fewer where several vectors are pushed at once. */
export const LOSSES = { gradient: 3, hvp: 6, ggnvp: 4, planePoint: 1.5 };

/** What a measurement may use. Sections of the report go into the draft. */
export interface Context {
  objective: Objective;
  facts: ObjectiveFacts;
  options: ResolvedOptions;
  draft: Draft;
  directions: Directions;
  pictures: Pictures;
  /** For Krylov vectors. */
  basisBytes: number;
  signal?: AbortSignal;
  report: StageReport;
  /** What another measurement found; null where it was not made. Those it `needs` come first. */
  found<Found>(measurement: Measurement<Found>): Found | null;
}

/** A way to leave part of a measurement out where it would take too long. */
export interface Saving {
  /** The least loss to the person comes first. */
  order: number;
  /** What is left out: "the plane". */
  left: string;
  /** What earlier savings left out and this one names as part of its own. */
  covers?: readonly string[];
  /** @param asked options that somebody named: they stay as they are */
  apply(options: ResolvedOptions, asked: AnalysisOptions, model: Measurable): ResolvedOptions;
}

/** One step of an analysis: what it needs, what it costs, and how it is measured. */
export interface Measurement<Found = unknown> {
  id: string;
  /** As progress names it. */
  title: string;
  /** The part of an analysis that asks for it (`--only`); `always` where nothing is without it. */
  part: Part | 'always';
  /** Under which its time is counted in the report. */
  timedAs: string;
  /** Whether it works where an operator has no derivative. */
  withoutDerivatives?: boolean;
  /** Whether these options ask for it, beside its part being asked for. */
  applies?(options: ResolvedOptions): boolean;
  /** Measurements whose findings it reads: they are made whether asked for or not. */
  needs?(options: ResolvedOptions): readonly Measurement[];
  cost(options: ResolvedOptions, model: Measurable): Cost;
  savings?: readonly Saving[];
  measure(context: Context): Promise<Found>;
}

/** Declares a measurement; what `measure` gives is what others find. */
export function defineMeasurement<Found>(measurement: Measurement<Found>): Measurement<Found> {
  return measurement;
}
