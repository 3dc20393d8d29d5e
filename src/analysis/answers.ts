import type { Objective } from '../objective/objective';

/** Returns a result that is known under this request, or measures it. */
export type Recall = <T>(request: readonly unknown[], measure: () => Promise<T>) => Promise<T>;

/** Wraps an objective of an analysis. @param name distinguishes the objectives of one analysis; '' is that of the data */
export type Wrap = (objective: Objective, name: string) => Objective;

/** What other processes have measured for this analysis. An analysis reads it before it measures anything itself. */
export interface Answers {
  /** Lays a layer over an objective that answers what is known. */
  over: Wrap;
  /** Recalls whole results that are not answers of an objective. */
  recall: Recall;
}

/** Measures everything here. */
export const NO_ANSWERS: Answers = { over: (objective) => objective, recall: (_, measure) => measure() };
