import type { ParameterTensor } from '../objective/objective';
import { dot, norm } from '../numerics/vectors';

export type Normalization = 'filter' | 'layer' | 'weight' | 'none';

export interface NormalizedDirection {
  /** [dim], a new vector. */
  vector: Float32Array;
  /** Tensors that do not move: one-dimensional ones (bias, norm scale) where these are left out, and tensors of zeros. */
  heldStill: string[];
  /** Filters of moving tensors that do not move because their weights are zero. */
  zeroFilters: number;
}

/**
 * Scales a random direction d to the weights θ it perturbs:
 *   'filter'  d_f ← d_f · ‖θ_f‖/‖d_f‖ for each filter f
 *   'layer'   d_t ← d_t · ‖θ_t‖/‖d_t‖ for each tensor t
 *   'weight'  d_i ← d_i · |θ_i| for each weight i
 *   'none'    unchanged
 * so that the picture does not depend on how the network spreads its scale over layers. If rectifiers allow the network
 * to multiply one layer by ten and divide the next by ten, an unscaled direction would see another landscape.
 * A filter holds the weights of one output (`ParameterTensor.filters`); a zero filter stays zero. Running statistics
 * never move.
 * @param biases whether one-dimensional tensors (biases, scales and shifts of normalizations) move; 'filter' then scales
 *   each as a whole, since every element is the only one of its output. By default only 'none' moves them.
 * @see Li et al. 2018, arXiv:1712.09913, section 4; 'weight' is from the code of that paper
 */
export function normalizeDirection(
  direction: Float32Array,
  theta: Float32Array,
  parameters: readonly ParameterTensor[],
  normalization: Normalization,
  biases = normalization === 'none',
): NormalizedDirection {
  const vector = Float32Array.from(direction);
  const heldStill: string[] = [];
  let zeroFilters = 0;
  for (const tensor of parameters) {
    const { name, offset, count, filters, statistic } = tensor;
    const d = vector.subarray(offset, offset + count);
    const weights = theta.subarray(offset, offset + count);
    if (statistic) d.fill(0);
    else if ((!filters && !biases) || (normalization !== 'none' && dot(weights, weights) === 0)) {
      d.fill(0);
      heldStill.push(name);
    } else if (normalization === 'weight') {
      for (let i = 0; i < count; i++) d[i] *= Math.abs(weights[i]);
    } else if (normalization === 'filter' && filters) {
      zeroFilters += normalizeFilters(d, weights, filters);
    } else if (normalization !== 'none') {
      rescale(d, norm(weights) / norm(d));
    }
  }
  return { vector, heldStill, zeroFilters };
}

/** Whether a filter-normalized direction leaves a tensor unchanged, because there is nothing to scale to. */
export function holdsStill({ filters, offset, count }: ParameterTensor, theta: Float32Array): boolean {
  const weights = theta.subarray(offset, offset + count);
  return !filters || dot(weights, weights) === 0;
}

/** @returns how many filters are zero */
function normalizeFilters(
  d: Float32Array,
  weights: Float32Array,
  { outer, filters, inner }: NonNullable<ParameterTensor['filters']>,
): number {
  let zero = 0;
  for (let f = 0; f < filters; f++) {
    let weightSquare = 0;
    let directionSquare = 0;
    for (let o = 0; o < outer; o++) {
      const start = (o * filters + f) * inner;
      for (let i = start; i < start + inner; i++) {
        weightSquare += weights[i] ** 2;
        directionSquare += d[i] ** 2;
      }
    }
    if (weightSquare === 0) zero++;
    const factor = directionSquare === 0 ? 0 : Math.sqrt(weightSquare / directionSquare);
    for (let o = 0; o < outer; o++) {
      const start = (o * filters + f) * inner;
      rescale(d.subarray(start, start + inner), factor);
    }
  }
  return zero;
}

/** A meaningless factor (0/0, or a zero direction) becomes 0 and not NaN. */
function rescale(d: Float32Array, factor: number): void {
  if (factor > 0 && Number.isFinite(factor)) for (let i = 0; i < d.length; i++) d[i] = d[i] * factor;
  else d.fill(0);
}
