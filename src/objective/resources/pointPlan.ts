/** How points of lines and planes are measured where each is computed on one thread. */
export interface PointPlan {
  /** Number of points that are computed at once. */
  lanes: number;
  /** Number of points after which the lanes are started. */
  startAfter: number;
}

/**
 * Operations of a forward pass over the data up to which its operators are too small for a second thread. Measured on
 * perceptrons: one point took 0.40 ms on one thread and 0.40 to 0.55 ms on two with 8 million operations.
 */
const MOST_FLOPS = 2e7;
/** More lanes would wait for this thread, which sends them their points. A lane takes 18 MiB. */
const MOST_LANES = 8;
/** Time that starting the lanes and compiling their programs takes. */
const SECONDS_TO_START = 0.1;

interface PointFacts {
  provider: string;
  /** Number of batches that are computed at once. */
  lanes: number;
  /** Number of threads that lanes may share. */
  threads: number;
  /** Operations of a forward pass over the data. */
  flops: number;
  /** Seconds that such a pass is expected to take. */
  passSeconds: number;
}

/**
 * Decides whether the points of lines and planes are computed side by side, one on each thread.
 * @returns null where threads or lanes share the work of each point
 */
export function pointPlan({ provider, lanes, threads, flops, passSeconds }: PointFacts): PointPlan | null {
  if (provider !== 'cpu' || lanes > 1 || threads === 1 || flops > MOST_FLOPS) return null;
  return { lanes: Math.min(threads, MOST_LANES), startAfter: Math.ceil(SECONDS_TO_START / passSeconds) };
}
