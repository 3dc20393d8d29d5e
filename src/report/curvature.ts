/** The mean over random probes, or a function of it, with its standard error. */
export interface Estimate {
  value: number;
  /** 0 where the figure is exact. Left out where it is not known: a single probe does not tell how far another lies. */
  standardError?: number;
}

/** What the whole spectrum says beyond its ends: traces of functions of H, estimated over the density's probes. */
export interface SpectralSummary {
  /** ‖H‖_F = √(Σ λ²) */
  frobenius: Estimate;
  /** Σ λ⁺/(λ⁺ + c), λ⁺ = max(λ, 0): directions that the data determine, against a prior of curvature c (MacKay 1992). */
  effectiveRank: Estimate & { c: number };
  /** Fraction of the eigenvalues with |λ| ≤ bound: those that cannot be told from zero. */
  nearZero: Estimate & { bound: number };
  /** Number of eigenvalues below −noise floor, all of them: an estimate, where `certifiedNegative` is a proven bound. */
  negative: Estimate;
  outliers: Outliers;
}

/** Eigenvalues that stand apart from the bulk. */
export interface Outliers {
  /** Ritz values beyond `bound`, by magnitude, largest first. */
  values: number[];
  /** Five times the root mean square of the bulk. */
  bound: number;
  /** False where every Ritz value that was found lies beyond the bound: then there may be more. */
  complete: boolean;
}

/** Curvature of one part of the parameters: of its diagonal block of H. */
export interface PartCurvature {
  /** Name of the tensor, or what the names of its tensors begin with. */
  name: string;
  level: 'tensor' | 'layer' | 'block';
  /** Number of parameters. */
  count: number;
  /** Trace of the block; over `count`, the mean of its diagonal. */
  trace: Estimate;
  /** √(Σᵢ Σⱼ Hᵢⱼ²), i in the part, j everywhere: the length of its rows. */
  rowNorm: Estimate;
  /** Standard deviation of the diagonal's entries within the part, chance of the probes taken out. */
  diagonalSpread?: number;
}

/** H − G, the part of the Hessian that the Gauss-Newton matrix leaves out: residuals times the network's own curvature. */
export interface ResidualPart {
  trace: Estimate;
  /** ‖H − G‖_F / ‖H‖_F */
  relativeNorm: Estimate;
  probes: number;
}

/** One way to a figure held against another. */
export interface Check {
  name: string;
  /** Measured disagreement and its limit, in the same unit. */
  value: number;
  limit: number;
  /** Whether no fault was found. */
  passed: boolean;
  /**
   * False where the check could have found none: its own error is as large as the figure, or its own means gave no
   * number. `detail` then says why. Left out where the check could tell.
   */
  judged?: boolean;
  detail: string;
}
