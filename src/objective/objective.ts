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

/** The matrix a second-order figure belongs to. */
export type ProductKind = 'hessian' | 'gaussNewton';

/** α, β of θ + α·d₁ + β·d₂. */
export interface PlanePoint {
  alpha: number;
  beta: number;
}

/** The point θ + α·d₁ + β·d₂; without d₂, θ + α·d₁. */
export interface Displacement extends PlanePoint {
  d1: Float32Array;
  d2: Float32Array | null;
}

/** What every question about a point takes. */
export interface Asked {
  /** Stops the answer between two runs of the graph, with an AbortError. */
  signal?: AbortSignal;
  /** The point that the question is about; θ itself when left out. */
  at?: Displacement;
}

export interface GradientAsked extends Asked {
  /** Receives the mean gradient and the number of samples of each batch, in the order of the batches. */
  onBatch?: (gradient: Float32Array, samples: number) => void;
}

export interface ProductsAsked extends Asked {
  /**
   * Seed of random changes of the point, each of a few float32 roundings. The products then differ by the error that
   * rounding makes in them, amplified by depth and kinks as the network amplifies it.
   */
  nudge?: number;
}

export interface PlaneAsked {
  signal?: AbortSignal;
  /** Receives each point as it is measured. */
  onPoint?: (index: number, value: LossValue) => void;
  /**
   * Whether to stay on the smooth piece of the loss that θ lies on: Relu, MaxPool and the ends of a quantizer's range then
   * choose at every point as they do at θ. The derivatives at θ belong to that piece. Without accuracy.
   */
  piece?: boolean;
}

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
 * The questions. Each is a function that needs no `this`, so that a layer hands a question on by naming it.
 * Vectors are flat, [dim], float32; sums over batches accumulate in float64.
 */
export interface Questions {
  /** L with the standard error of its mean over the samples. */
  readonly value: (asked?: Asked) => Promise<LossValue & { standardError: number }>;
  /** ∇L, [dim] */
  readonly gradient: (asked?: GradientAsked) => Promise<Float32Array>;
  /** Products H·v or G·v, one per vector. Several vectors share the work. */
  readonly products: (
    kind: ProductKind,
    vectors: readonly Float32Array[],
    asked?: ProductsAsked,
  ) => Promise<Float32Array[]>;
  /**
   * Slope and curvature of every sample along each vector, in the order of the data. Forward over forward: no transpose
   * takes part, so the means check gradient and products. Where samples act on each other inside the model
   * (BatchNormalization in training mode), the means are right and their attribution to samples is not.
   */
  readonly curvatures: (
    kind: ProductKind,
    vectors: readonly Float32Array[],
    asked?: Asked,
  ) => Promise<SampleCurvature[]>;
  /** L(θ + α·d₁ + β·d₂) at each point, computed in the graph. */
  readonly plane: (
    d1: Float32Array,
    d2: Float32Array | null,
    points: readonly PlanePoint[],
    asked?: PlaneAsked,
  ) => Promise<LossValue[]>;
  /**
   * The mean over the samples of the first `batches` batches, for early estimates; null where the data have no more
   * batches. It shares programs and kept data with the whole, and ends with the whole.
   */
  readonly preview: (batches: number) => Objective | null;
}

/**
 * L(θ), the mean loss over the data, with its derivatives at θ and at points around it. Code above this interface knows
 * nothing of ONNX; code below it knows nothing of Lanczos.
 */
export interface Objective extends Questions {
  /** Length of θ. */
  readonly dim: number;
  readonly parameters: readonly ParameterTensor[];
  readonly theta: Float32Array;
  readonly samples: number;
  /** Vectors that are pushed through a product at once. More vectors go one block after the other. */
  readonly block: number;
  /** Whether products of one kind that are asked for side by side use processors that would otherwise wait. */
  readonly overlapping: boolean;
  readonly dispose: () => Promise<void>;
}
