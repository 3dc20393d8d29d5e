import type { InsideFigures } from '../inside/insideFigures';

export type { ActivationFigures, DepthFigures, InsideFigures, SequenceFigures } from '../inside/insideFigures';
export type { NetworkStructure, UnitScaling, UnitSet, UnitSlices } from '../model/layers/structure';
export type { IndexPlace, UnitIndex, UnitIndices } from '../model/layers/indices';
export type { WeightRole } from '../model/layers/weights';

/** One trainable tensor, as a slice of the flat parameter vector θ. */
export interface ParameterTensor {
  name: string;
  /** Name to show, where an exporter generated that of the file. */
  label?: string;
  shape: readonly number[];
  /** First element in θ. */
  offset: number;
  count: number;
  /**
   * How filter normalization cuts the tensor: `outer` slices of `filters` filters, each filter a strided set of
   * elements (index = ((o · filters) + f) · inner + i). `null` for one-dimensional tensors (bias, norm scale), which
   * filter normalization leaves unchanged.
   */
  filters: { outer: number; filters: number; inner: number } | null;
  /**
   * Whether it holds running statistics of BatchNormalization, which a wide objective counts among what may move.
   * Training moves them without a gradient, so norms, distances, random directions and weight decay leave them out.
   */
  statistic?: true;
}

/** The elements of a tensor, by its name. */
export interface NamedValues {
  name: string;
  values: Float32Array;
}

export interface LossValue {
  loss: number;
  /** Fraction of samples that are classified correctly; NaN where the targets are not classes. */
  accuracy: number;
  /**
   * Coefficient of determination, 1 − Σ(prediction − target)²/Σ(target − mean)², each sum over all elements, with the
   * mean of each output; without weight decay. Absent unless the targets are numbers that vary.
   */
  rSquared?: number;
}

/** The matrix that a product or a second-order quantity is computed with. */
export type ProductKind = 'hessian' | 'gaussNewton';

/** The coefficients α and β of a point θ + α·d₁ + β·d₂. */
export interface PlanePoint {
  alpha: number;
  beta: number;
}

/** The point θ + α·d₁ + β·d₂; without d₂, θ + α·d₁. */
export interface Displacement extends PlanePoint {
  d1: Float32Array;
  d2: Float32Array | null;
}

/** Options that every question about a point accepts. */
export interface Asked {
  /** Aborting it stops the computation before the next run of the graph, with an AbortError. */
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
   * Seed of random perturbations of the point, each of a few float32 roundings. The products then differ by the
   * rounding error in them, amplified by depth and kinks as the network amplifies it.
   */
  nudge?: number;
}

export interface PlaneAsked {
  signal?: AbortSignal;
  /** Receives each point as it is measured. */
  onPoint?: (index: number, value: LossValue) => void;
  /**
   * Whether to stay on the smooth piece of the loss that θ lies on. Relu, MaxPool and the ends of a quantizer's range
   * then choose the same branch at every point as they do at θ. The derivatives at θ belong to that piece. The accuracy
   * is not computed.
   */
  piece?: boolean;
}

/**
 * The loss along a direction d, sample by sample. The plain means over the samples are those of L, gᵀd and dᵀHd, with
 * standard error √(Σ(cᵢ − c̄)²/(N(N − 1))). Where samples have weights, cᵢ stands for c̄ + N·wᵢ·(cᵢ − c̄), so that the
 * same formulas hold.
 */
export interface SampleCurvature {
  /** gᵢᵀd, [samples] */
  slopes: Float64Array;
  /** dᵀHᵢd, or dᵀGᵢd for the Gauss-Newton matrix, [samples] */
  curvatures: Float64Array;
  /** Absent where the loss is not a logarithm: its rounding error is then relative to the loss itself. */
  lossRounding?: LossRounding;
}

/**
 * Absolute rounding errors of a mean loss that is a logarithm of probabilities, and of its derivatives along d. Let u
 * be the unit roundoff of the type it is computed in. ℓᵢ and its first and second derivatives by each logit are off by
 * about u, however small they are. So the loss of a sample is off by u, its slope by u·|ż| and its curvature by
 * u·(ż² + |z̈|), where ż and z̈ are the largest first and second derivatives of any of its logits along d.
 */
export interface LossRounding {
  loss: number;
  slope: number;
  curvature: number;
}

/** What the model answers to each sample, in the order of the data. */
export interface SampleAnswers {
  /** Loss of each sample, [samples], without weight decay, which belongs to no sample. */
  losses: Float64Array;
  /** Share of each sample in the mean loss, [samples]; they sum to 1. */
  shares: Float64Array;
  /** Null where the targets are not classes. */
  classes: ClassedAnswers | null;
}

/** The answers of a model that predicts classes. A sample may have many: one per token, pixel or label. */
export interface ClassedAnswers {
  /**
   * Wrong answers of each sample over the mean number of answers per sample, [samples]: 0 or 1 where a sample has one
   * answer. Their mean, weighted by the shares, is the 0–1 error.
   */
  errors: Float64Array;
  /** Mean probability of the predicted class, [samples]. */
  confidence: Float64Array;
  bins: ConfidenceBins;
}

/**
 * All answers, sorted by the probability p of the predicted class into M bins (m/M, (m + 1)/M]. A sum weighs each
 * answer with the share of its sample.
 */
export interface ConfidenceBins {
  /** Number of answers. */
  counts: Float64Array;
  /** Σ w */
  weights: Float64Array;
  /** Σ w·p */
  confidence: Float64Array;
  /** Σ w over the right answers. */
  right: Float64Array;
  /** Σ w·(right − p)², right being 1 or 0. */
  squares: Float64Array;
}

/**
 * The questions that an objective answers. Each is a function that needs no `this`, so that a layer passes a question
 * on by naming it. Vectors are flat, [dim], float32; sums over batches accumulate in float64.
 */
export interface Questions {
  /** L with the standard error of its mean over the samples. */
  readonly value: (asked?: Asked) => Promise<LossValue & { standardError: number }>;
  /** ∇L, [dim] */
  readonly gradient: (asked?: GradientAsked) => Promise<Float32Array>;
  /** Products H·v or G·v, one per vector. Several vectors share part of the work. */
  readonly products: (
    kind: ProductKind,
    vectors: readonly Float32Array[],
    asked?: ProductsAsked,
  ) => Promise<Float32Array[]>;
  /**
   * Slope and curvature of every sample along each vector, in the order of the data. They are computed forward over
   * forward, without transposes, so their means are an independent check of gradient and products. Where samples affect
   * each other inside the model (BatchNormalization in training mode), the means are right but the values of single
   * samples are not.
   */
  readonly curvatures: (
    kind: ProductKind,
    vectors: readonly Float32Array[],
    asked?: Asked,
  ) => Promise<SampleCurvature[]>;
  /**
   * Loss and answer of every sample; null where the graph has one loss for the whole batch. Where samples affect each
   * other inside the model, the values hold for these batches.
   */
  readonly perSample: (asked?: Asked) => Promise<SampleAnswers | null>;
  /**
   * ‖gᵢ − g‖² for the gradients gᵢ of at most `most` samples, spread evenly over the data, and g = ∇L, which the caller
   * passes. Where samples have weights, gᵢ − g stands for N·wᵢ·(gᵢ − g), so that tr Σ/N is the squared standard error of
   * g in both cases. Null where samples cannot run one at a time, or have no gradient of their own.
   */
  readonly deviations: (gradient: Float32Array, most: number, signal?: AbortSignal) => Promise<Float64Array | null>;
  /** The signal and its gradient through depth and time at θ; null where the objective has no network inside. */
  readonly inside: (asked?: Pick<Asked, 'signal'>) => Promise<InsideFigures | null>;
  /** L(θ + α·d₁ + β·d₂) at each point, computed in the graph. */
  readonly plane: (
    d1: Float32Array,
    d2: Float32Array | null,
    points: readonly PlanePoint[],
    asked?: PlaneAsked,
  ) => Promise<LossValue[]>;
  /**
   * The mean loss over the samples of the first `batches` batches, for early estimates; null where the data have no
   * more batches than that. It shares programs and kept data with the full objective, which also disposes of it.
   */
  readonly preview: (batches: number) => Objective | null;
}

/**
 * L(θ), the mean loss over the data, with its derivatives at θ and at points around it. Code above this interface does
 * not know about ONNX; code below it does not know about Lanczos.
 */
export interface Objective extends Questions {
  /** Length of θ. */
  readonly dim: number;
  readonly parameters: readonly ParameterTensor[];
  readonly theta: Float32Array;
  readonly samples: number;
  /** Number of vectors that one product run takes at once. More vectors are computed one block after another. */
  readonly block: number;
  /** Whether concurrent calls for products of one kind use processors that would otherwise be idle. */
  readonly overlapping: boolean;
  readonly dispose: () => Promise<void>;
}
