import type { Objective } from '../objective/objective';

/** Wraps an objective of an analysis. @param name distinguishes the objectives of one analysis; '' is that of the data */
export type Wrap = (objective: Objective, name: string) => Objective;

/** Results that other processes have measured, by request, where they are not answers of an objective. */
export interface Results {
  /** Returns the result of this request, or null if it is not known. */
  find<T>(request: readonly unknown[]): Promise<T | null>;
  /** Keeps a result for other processes. */
  keep(request: readonly unknown[], result: unknown): Promise<void>;
  /** Runs a measurement whose result is kept, so that the answers of objectives on the way to it are not. */
  towards<T>(measure: () => Promise<T>): Promise<T>;
  /** Pieces of a measurement that were asked of other processes and that none could measure. */
  lost(measurement: string): ReadonlySet<number>;
}

/** What other processes have measured for this analysis. An analysis reads it before it measures anything itself. */
export interface Answers {
  /** Lays a layer over an objective that answers what is known. */
  over: Wrap;
  results: Results;
}

/** Nothing is known, and all is measured here. */
export const NO_ANSWERS: Answers = {
  over: (objective) => objective,
  results: {
    find: () => Promise.resolve(null),
    keep: () => Promise.resolve(),
    towards: (measure) => measure(),
    lost: () => new Set(),
  },
};
