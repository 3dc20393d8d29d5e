import { norm } from '../../numerics/vectors';
import type { ParameterTensor } from '../../objective/objective';

/** How far products with a symmetric H = Jᵀ·D·J lengthen vectors, as far as some products tell. */
export interface Stretch {
  /** The largest |λ| that is known of. */
  largest: number;
  parameters: readonly ParameterTensor[];
  /** √‖Hₜₜ‖ of each tensor's diagonal block: how far J·d can be moved by a change of that tensor. */
  tensors: readonly number[];
}

/**
 * From products Hv:  λ_max ≥ ‖Hv‖/‖v‖, and ‖(Hv)ₜ‖ ≤ √(‖Hₜₜ‖·λ_max)·‖v‖ for the entries of tensor t.
 * @param known a |λ| known from elsewhere
 */
export function stretchOf(
  parameters: readonly ParameterTensor[],
  vectors: readonly Float32Array[],
  products: readonly Float32Array[],
  known = 0,
): Stretch {
  const lengths = vectors.map(norm);
  const most = (length: (product: Float32Array) => number) =>
    products.reduce((largest, product, i) => Math.max(largest, length(product) / lengths[i] || 0), 0);
  const largest = Math.max(known, most(norm));
  const tensors = parameters.map((tensor) =>
    largest > 0 ? most((hv) => norm(part(hv, tensor))) / Math.sqrt(largest) : 0,
  );
  return { largest, parameters, tensors };
}

/** Σₜ √‖Hₜₜ‖·‖dₜ‖: how large the terms are that J·d adds up. */
export function termsOf({ parameters, tensors }: Stretch, d: Float32Array): number {
  return parameters.reduce((sum, tensor, t) => sum + tensors[t] * norm(part(d, tensor)), 0);
}

/** Σₜ ‖xₜ‖·‖yₜ‖: how large the terms of x·y are. An entry is rounded as its tensor is large, not as others are. */
export function termsOfDot(parameters: readonly ParameterTensor[], x: Float32Array, y: Float32Array): number {
  return parameters.reduce((sum, tensor) => sum + norm(part(x, tensor)) * norm(part(y, tensor)), 0);
}

const part = (x: Float32Array, { offset, count }: ParameterTensor) => x.subarray(offset, offset + count);
