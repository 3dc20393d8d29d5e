/**
 * Where the judges draw their lines. Each is a ratio of two measured figures, so that it does not depend on the size
 * of the model or on the unit of the loss.
 */
export interface Limits {
  /**
   * Below this relative decrease of the loss by the best gradient step, the point counts as critical. Optimisers stop
   * at relative decreases of this order (ftol; Gill, Murray & Wright 1981, Practical Optimization, section 8.2.3).
   */
  stationaryDecrease: number;
  /** Above this relative decrease the point is not critical: fifty such steps would more than halve the loss. */
  descendingDecrease: number;
  /**
   * Below this fraction of the chance loss the data are interpolated. Decreases are then measured against this loss,
   * because relative to a loss that goes to 0 every decrease is large. The value is ours: one percent of what is to learn.
   */
  interpolatedLoss: number;
  /** ‖g‖² over its squared standard error below which chance explains half of it or more (McCandlish et al. 2018, arXiv:1812.06162: noise scale above the number of samples). */
  gradientSignal: number;
  /** How far the quadratic model is trusted, in units of ‖θ‖. Beyond it the weights would be others altogether. */
  trustRadius: number;
  /** |λ_min|/λ_max above which a descent direction opens as fast as training converges elsewhere (Dauphin et al. 2014, arXiv:1406.2572, index against loss). */
  strongNegativeCurvature: number;
  /** |λ_min|/λ_max below which negative curvature is weak: seen at every trained network (Sagun et al. 2016, arXiv:1611.07476). */
  weakNegativeCurvature: number;
  /** At or above this fraction of the chance loss, the model knows next to nothing about its input. */
  chanceLoss: number;
  /** A step has to bring the loss this far below chance, as a fraction of it, to count as learning from the input. */
  learningStep: number;
  /** Below this fraction of the chance loss there is little left to reach: flat ground is a minimum, not a plateau. */
  reachedLoss: number;
  /** The gradient of a layer has vanished when ‖gₗ‖·‖Wₗ‖ is below this fraction of the largest (Glorot & Bengio 2010, figure 7). */
  vanishingRatio: number;
  /** Smallest number of depths that make "several layers": three factors between them. Ours. */
  severalLayers: number;
  /** A rate is beyond its error from so many standard errors on: 95 % of a normal distribution. */
  standardErrors: number;
  /** Factor of the gradient over all layers, or over a sequence, from which it has vanished (Glorot & Bengio 2010, figure 7; Bengio, Simard & Frasconi 1994). */
  vanishedFactor: number;
  /** … and from which nothing arrives: the weights' own rounding hides it in float32. */
  lostFactor: number;
  /**
   * Growth of the gradient over all layers, or over a sequence, from which it explodes if it is geometric: a step that
   * suits one end is ten times too long for the other. Ours.
   */
  explodingFactor: number;
  /** … and per layer. Ours: networks of 13 layers that train well grow by up to 1.16, those of tanh units at three times Glorot scale by 1.43. */
  explodingRate: number;
  /** Growth from which it explodes, geometric or not (the same factor as for vanishing). */
  explodedFactor: number;
  /** Share of a layer's units that are dead, or of its elements that are saturated, from which it is named. Ours. */
  flatShare: number;
  /** … from which gates and attention count as saturated: they may be closed on purpose (Karpathy et al. 2015, arXiv:1506.02078, figure 2). */
  saturatedGates: number;
  /** A unit that was never active counts as dead where it is active on at most this share of all data, with 95 % confidence (rule of three). Ours. */
  deadActivity: number;
  /** Share of the parameters behind vanished gradients that makes the whole model sit still. */
  vanishedShare: number;
  /**
   * Largest distance between the gradients of two equal units, relative to the gradient of one unit. By symmetry they are
   * the same; the value is ours, and leaves room for float32 sums.
   */
  gradientAgreement: number;
  /**
   * Ratio of the norms on both sides of units that may be rescaled, beyond that of unequal widths. Sharpness and
   * gradients of the two layers then differ by its square. The value is ours: trained networks stay within a few units,
   * since gradient flow keeps the difference of the squared norms (Du, Hu & Lee 2018, arXiv:1806.00900).
   */
  imbalance: number;
  severeImbalance: number;
  /**
   * Factor between the scale of weights and that of He's or Glorot's rule. The value is ours: usual recipes (PyTorch's
   * default, LeCun's rule, 0.02 in transformers) stay within a factor of 4.
   */
  initialScale: number;
  /** Factor by which the mean square of the signal may change over depth; it is 1 by the rules. The value is ours. */
  signalOverDepth: number;
  /** Fewer weights than these do not tell the scale that they were drawn with: ours, an error of a fifth. */
  fewestWeights: number;
  /** Standardizing the features is advised where it lowers the condition number of what the first layer reads by this factor: ours. */
  featureGain: number;
  /** Condition number from which plain gradient descent takes thousands of steps per decimal digit (Nocedal & Wright 2006, section 3.3). */
  conditionNumber: number;
  /**
   * λ_max/median |λ| from which the spectrum counts as spread. Lower than for κ, because half of all directions lie
   * behind it and not just the flattest one.
   */
  medianRatio: number;
  /** … from which it is a main obstacle, and from which plain gradient descent is hopeless. */
  severeConditionNumber: number;
  hopelessConditionNumber: number;
  /** Share of the largest stable λ_max·η from which training is at the edge of stability (Cohen et al. 2021, arXiv:2103.00065, where it hovers slightly around 1); the 10 % are ours. */
  edgeOfStability: number;
  /** Number of standard errors from which a difference between training and test data is taken as real, about 95 %. */
  testStandardErrors: number;
  /** Share of the chance loss that a difference of training and test loss has to stay below to be called absent although it cannot be told from zero. Ours. */
  unresolvedGap: number;
  /** Share of the loss from which the worst samples dominate it: more than all others together. Ours. */
  dominatingLossShare: number;
  /**
   * Growth of the slope at twice the distance from which a wall is a cliff: no polynomial up to the fourth degree
   * reaches it (Chebyshev's inequality: T₃(3) = 99).
   */
  cliffGrowth: number;
  /** A wall has to change the loss by this share of its scale: a staircase has steep steps too. Ours. */
  cliffRise: number;
  /** A loss elsewhere counts as lower from this fraction of the chance loss on. Ours. */
  lowerElsewhere: number;
  /** A way climbs if the loss rises by more than rounding and this fraction of the chance loss. Ours. */
  climb: number;
  /**
   * A result that could overflow if it were this many times larger has too little headroom: one step of training moves
   * weights by less, but a few do not. The figure is ours. The result counts and not the operand: eˣ may grow tenfold as
   * long as x is below 86.4 in float32, whereas x = 9 is within a factor 10 of 88.7 and has 34 decades left.
   */
  leastHeadroom: number;
  /** Growth of λ_max along a path from which training sharpens. Ours: λ_max of neighbouring checkpoints varies by less. */
  sharpening: number;
  /** Share of the pairs of checkpoints between which λ_max has to rise. Ours: three quarters, where half is chance. */
  risingShare: number;
  /** Share of its first value from which ‖g‖ has not vanished along a path: any order of magnitude. Ours. */
  heldGradient: number;
  /** … and up to which it has. Ours. */
  vanishedAlongPath: number;
}

export const LIMITS: Limits = {
  stationaryDecrease: 1e-3,
  descendingDecrease: 2e-2,
  interpolatedLoss: 1e-2,
  gradientSignal: 2,
  trustRadius: 1,
  strongNegativeCurvature: 0.1,
  weakNegativeCurvature: 0.01,
  chanceLoss: 0.9,
  learningStep: 0.02,
  reachedLoss: 0.1,
  vanishingRatio: 1e-3,
  vanishedShare: 0.5,
  gradientAgreement: 1e-3,
  imbalance: 100,
  severeImbalance: 1e4,
  initialScale: 10,
  signalOverDepth: 100,
  fewestWeights: 16,
  severalLayers: 4,
  standardErrors: 2,
  vanishedFactor: 1e-3,
  lostFactor: 1e-6,
  explodingFactor: 10,
  explodingRate: 1.2,
  explodedFactor: 1e3,
  flatShare: 0.1,
  saturatedGates: 0.5,
  deadActivity: 0.05,
  featureGain: 10,
  conditionNumber: 1e3,
  medianRatio: 100,
  severeConditionNumber: 1e4,
  hopelessConditionNumber: 1e6,
  edgeOfStability: 0.9,
  testStandardErrors: 2,
  unresolvedGap: 0.25,
  dominatingLossShare: 0.5,
  cliffGrowth: 100,
  cliffRise: 0.2,
  lowerElsewhere: 0.2,
  climb: 0.01,
  leastHeadroom: 10,
  sharpening: 1.2,
  risingShare: 0.75,
  heldGradient: 0.1,
  vanishedAlongPath: 0.01,
};
