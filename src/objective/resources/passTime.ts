/** The work of a forward pass over the data. */
export interface PassWork {
  flops: number;
  /** Intermediate results, in bytes. */
  bytes: number;
  /** Number of operators in the graph, times batches. */
  runs: number;
  threads: number;
}

/** Speed of products on two cores of a server processor; a laptop's cores are about as fast. */
const FLOPS_PER_SECOND = 8e10;
/** Speed of writing intermediate results and reading them again. */
const BYTES_PER_SECOND = 1e10;
const SECONDS_PER_RUN = 5e-6;
/** Time of one thread against two: products take twice as long, but operations that move memory do not. */
const ONE_THREAD = 1.7;

/**
 * Seconds that a forward pass is expected to take, computed from sizes alone. What an analysis measures depends on this
 * number, so it has to be the same when the analysis is continued on a busier machine. The real time may well be a third
 * or twice as long. Measured on two cores at 16 samples of 224 × 224, and as expected here: ResNet-50 2.1 and 1.8 s,
 * DenseNet-121 1.4 and 1.6, ShuffleNet 0.33 and 0.24. From whole analyses of small networks: LeNet 15 and 21 ms, a ResNet
 * of 28 × 28 pixels 7.8 and 11, a transformer 11 and 20, an LSTM of 28 steps 5 and 13.
 */
export function expectedSeconds({ flops, bytes, runs, threads }: PassWork): number {
  const seconds = flops / FLOPS_PER_SECOND + bytes / BYTES_PER_SECOND + runs * SECONDS_PER_RUN;
  return threads === 1 ? ONE_THREAD * seconds : seconds;
}

/** Time per operator, for our own work and most of the runtime's. */
const SECONDS_PER_OPERATOR = 1e-3;
/** Time per pair of operators: to plan memory, the runtime searches all free blocks for each operator. */
const SECONDS_PER_PAIR = 4.5e-6;

/**
 * Seconds to differentiate, write and open the graph of a Hessian product for a model of `operators` operators,
 * computed from sizes alone. Measured: ResNet-50 (714 operators) 4.4 s, DenseNet-121 (2,138) 22 s; as expected here 3.0
 * and 22.7.
 */
export function expectedGraphSeconds(operators: number): number {
  return operators * SECONDS_PER_OPERATOR + operators ** 2 * SECONDS_PER_PAIR;
}
