/** What a forward pass over the data has to do. */
export interface PassWork {
  flops: number;
  /** Intermediate results, in bytes. */
  bytes: number;
  /** Operators of the graph, times batches. */
  runs: number;
}

/** Of products on two cores of a server processor; a laptop's are about as fast. */
const FLOPS_PER_SECOND = 6e10;
/** Written and read again: ResNet-50 and MobileNetV3 at 224 × 224 take what this rate and the one above say, within a half. */
const BYTES_PER_SECOND = 4e9;
const SECONDS_PER_RUN = 1e-5;

/**
 * Seconds that a forward pass is expected to take, from sizes alone: what an analysis measures depends on it, and has to be
 * the same when it is continued on a busier machine. The clock may well show half or three times as much.
 */
export function expectedSeconds({ flops, bytes, runs }: PassWork): number {
  return flops / FLOPS_PER_SECOND + bytes / BYTES_PER_SECOND + runs * SECONDS_PER_RUN;
}
