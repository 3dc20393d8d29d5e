import type { NetworkStructure } from './layers/structure';

/** Weights that can be rescaled without changing the network's function. */
export interface RescalingSymmetry {
  /** Pairs of weights of which the second cancels a factor of the first. */
  pairs: { first: string; second: string }[];
  /** Weights whose scale a normalization cancels. */
  normalized: string[];
}

/**
 * Weights that may be multiplied by c > 0 while the network stays the same function: others divide by c, or a
 * normalization follows. Such a rescaling does not change the loss, but it changes the eigenvalues of its Hessian.
 * @see Dinh, Pascanu, Bengio & Bengio 2017, arXiv:1703.04933
 */
export function rescalingSymmetry({
  scalings,
  weights,
}: Pick<NetworkStructure, 'scalings' | 'weights'>): RescalingSymmetry {
  return {
    pairs: scalings.map(({ first, second }) => ({ first: first[0].parameter, second: second[0].parameter })),
    normalized: weights.flatMap(({ parameter, end, activation }) =>
      end === 'normalization' && activation === null ? [parameter] : [],
    ),
  };
}

/** The consequence for raw eigenvalues, in a sentence or two; null without such a symmetry. */
export function rescalingSentence({ pairs, normalized }: RescalingSymmetry): string | null {
  const [pair] = pairs;
  const reasons = [
    ...(pair
      ? [
          `multiplying the weights of «${pair.first}» and dividing those of «${pair.second}» by the same factor does not change the network${others(pairs.length)}`,
        ]
      : []),
    ...(normalized.length
      ? [`the scale of «${normalized[0]}» is lost in the normalization that follows${others(normalized.length)}`]
      : []),
  ];
  if (reasons.length === 0) return null;
  return `Raw eigenvalues depend on how the weights are scaled: ${reasons.join('; and ')}, but changes λ_max (Dinh et al. 2017, arXiv:1703.04933). Compare models by the figures that stay the same: filter-normalized curvature and θᵀHθ of each tensor.`;
}

function others(count: number): string {
  return count > 1 ? ` (one of ${count} places)` : '';
}
