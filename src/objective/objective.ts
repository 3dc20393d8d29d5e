/** One trainable tensor, as a slice of the flat parameter vector θ. */
export interface ParameterTensor {
  name: string;
  shape: readonly number[];
  /** First element in θ. */
  offset: number;
  count: number;
  /**
   * How filter normalization cuts it: `outer` slices of `filters` filters, each filter a strided set of elements
   * (index = ((o · filters) + f) · inner + i). `null` for one-dimensional tensors (bias, norm scale), which keep still.
   */
  filters: { outer: number; filters: number; inner: number } | null;
}

export interface LossValue {
  loss: number;
  /** Fraction of right classes; NaN where the targets are no classes. */
  accuracy: number;
}

/** α, β of θ + α·d₁ + β·d₂. */
export interface PlanePoint {
  alpha: number;
  beta: number;
}

/**
 * L(θ), the mean loss over the data, with its derivatives. Above this interface nobody knows ONNX, below it nobody
 * knows Lanczos. Vectors are flat, [dim], float32; sums over batches accumulate in float64.
 * Every method stops with an AbortError between two runs of the graph when `signal` aborts.
 */
export interface Objective {
  /** Length of θ. */
  readonly dim: number;
  readonly parameters: readonly ParameterTensor[];
  readonly theta: Float32Array;
  readonly samples: number;
  /** Loss at θ with the standard error of the mean over samples. */
  value(signal?: AbortSignal): Promise<LossValue & { standardError: number }>;
  /** ∇L; where the sum goes over batches, `onBatch` is told the mean gradient of each and how many samples it has. */
  gradient(signal?: AbortSignal, onBatch?: (gradient: Float32Array, samples: number) => void): Promise<Float32Array>;
  /**
   * Hessian products H·v, one per vector; several vectors share the work.
   * @param nudge seed of random changes of θ, each of a few float32 roundings: what the products then differ by is the
   *   error that rounding makes in them, amplified by depth and kinks as the network does
   */
  hvp(vectors: readonly Float32Array[], signal?: AbortSignal, nudge?: number): Promise<Float32Array[]>;
  /** Gauss-Newton products G·v; `nudge` as in `hvp`. */
  ggnvp(vectors: readonly Float32Array[], signal?: AbortSignal, nudge?: number): Promise<Float32Array[]>;
  /** L(θ + α·d₁ + β·d₂) at each point, computed in the graph; `onPoint` reports each as it is measured. */
  plane(
    d1: Float32Array,
    d2: Float32Array | null,
    points: readonly PlanePoint[],
    options?: { signal?: AbortSignal; onPoint?: (index: number, value: LossValue) => void },
  ): Promise<LossValue[]>;
  dispose(): Promise<void>;
}
