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

export interface PlaneOptions {
  signal?: AbortSignal;
  /** Told each point as it is measured. */
  onPoint?: (index: number, value: LossValue) => void;
  /**
   * The smooth piece of the loss that θ lies on instead: whatever chooses (Relu, MaxPool, the ends of a quantizer's
   * range) chooses as at θ, at every point. What the derivatives at θ are derivatives of. Without accuracy.
   */
  piece?: boolean;
}

/** The matrix a second-order figure belongs to. */
export type ProductKind = 'hessian' | 'gaussNewton';

/**
 * The loss along a direction d, sample by sample. Plain means over the samples are the figures of L: gᵀd and dᵀHd, with
 * standard error √(Σ(cᵢ − c̄)²/(N(N − 1))). Where samples have weights, cᵢ stands for c̄ + N·wᵢ·(cᵢ − c̄), so that the same holds.
 */
export interface SampleCurvature {
  /** gᵢᵀd, [samples] */
  slopes: Float64Array;
  /** dᵀHᵢd, or dᵀGᵢd for the Gauss-Newton matrix, [samples] */
  curvatures: Float64Array;
  /** Left out where the loss is no logarithm: then its rounding is relative to itself. */
  lossRounding?: LossRounding;
}

/**
 * Absolute rounding errors of a mean loss that is a logarithm of probabilities, and of its derivatives along d. With u the
 * unit roundoff of its type, ℓᵢ and its first and second derivative by each logit are off by about u, however small they
 * are. So the loss of a sample is off by u, its slope by u·|ż| and its curvature by u·(ż² + |z̈|), with ż and z̈ the largest
 * change and bend of any of its logits along d.
 */
export interface LossRounding {
  loss: number;
  slope: number;
  curvature: number;
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
  /** Vectors that products take at once; of more, so many after each other. Beyond it more vectors only take memory. */
  readonly block: number;
  /** Whether products that are asked for while others of the same kind are under way keep busy what would else wait. */
  readonly overlapping: boolean;
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
  /**
   * Slope and curvature of every sample along each vector, in the order of the data. Forward over forward: no transpose
   * takes part, so that the means check gradient and products. Several vectors share the work. Where samples act on each
   * other inside the model (BatchNormalization in training mode), the means are right, their parts are not.
   */
  curvatures(vectors: readonly Float32Array[], signal?: AbortSignal, kind?: ProductKind): Promise<SampleCurvature[]>;
  /** L(θ + α·d₁ + β·d₂) at each point, computed in the graph. */
  plane(
    d1: Float32Array,
    d2: Float32Array | null,
    points: readonly PlanePoint[],
    options?: PlaneOptions,
  ): Promise<LossValue[]>;
  /**
   * The mean over the samples of the first `batches` batches, for early estimates; null where there are no more batches
   * than that. It shares the programs and what they keep, and ends with the whole.
   */
  preview(batches: number): Objective | null;
  dispose(): Promise<void>;
}
