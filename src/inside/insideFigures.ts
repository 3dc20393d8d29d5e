/** The signal and the gradient at one depth of the network, over all samples. */
export interface DepthFigures {
  /** The node of the user's model. */
  layer: string;
  /** Parameters between it and the values before it, in the order of the network; left out by older journals. */
  parameters?: string[];
  /** Number of layers with weights from the data to it. */
  depth: number;
  units: number;
  /** Mean of h² over samples and elements. */
  meanSquare: number;
  /** Variance over samples and positions, averaged over the units. */
  variance: number;
  /** ‖∂L/∂h‖, over all samples. */
  gradientNorm: number;
  /**
   * √(Σⱼ mean hⱼ²·‖∂L/∂hⱼ‖²) over the units j: the standard deviation of the loss when every element moves at random by
   * the root mean square of its unit. It stays the same when a unit is scaled and its outgoing weights are divided by the
   * same factor.
   */
  relativeGradient: number;
}

/** How much of an activation is on its flat part. */
export interface ActivationFigures {
  layer: string;
  parameters?: string[];
  kind: 'rectifier' | 'gated' | 'bounded' | 'attention';
  /** What people call it: "ReLU". */
  operator: string;
  /** Number of units, and of those that never left the flat part; null where that is not asked of this kind. */
  units: number | null;
  dead: number | null;
  /** Largest value of each unit over all samples and positions, where that is asked of this kind. */
  largest?: readonly number[];
  /** Share of all elements on the flat part; of attention, share of the rows that choose a single key. */
  flat: number;
}

/** The gradient by the states of a recurrent layer or a loop, at each step in the order of computation. */
export interface SequenceFigures {
  layer: string;
  steps: readonly number[];
  /** ‖∂L/∂h_t‖; null where nothing depends on a step. */
  norms: readonly (number | null)[];
  /**
   * Size of the gradient that comes back from the last step alone, relative to the last step: (∂h_T/∂h_t)ᵀ·∂L/∂h_T.
   * Null where the loss does not read the last step.
   */
  carried: readonly number[] | null;
  /** The square matrix, row by row, that multiplies the state at each step, if there is a single one. */
  matrix: { size: number; values: Float32Array } | null;
}

/** What happens inside the network on all samples. */
export interface InsideFigures {
  /** In the order of depth. */
  depths: readonly DepthFigures[];
  /** Whether the whole signal passes through each of `depths`; otherwise several share a depth. */
  trunk: boolean;
  activations: readonly ActivationFigures[];
  sequences: readonly SequenceFigures[];
}
