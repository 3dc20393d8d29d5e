import { norm } from '../../numerics/vectors';
import type { ParameterTensor } from '../../objective/objective';

/** Lower bounds, from a few products, on how much a symmetric H = Jᵀ·D·J lengthens vectors. */
export interface Stretch {
  /** The largest known |λ|. */
  largest: number;
  parameters: readonly ParameterTensor[];
  /** √‖Hₜₜ‖ of each tensor's diagonal block, which says how strongly a change of that tensor affects J·d. */
  tensors: readonly number[];
}

/**
 * Estimates the stretch from products Hv:  λ_max ≥ ‖Hv‖/‖v‖, and ‖(Hv)ₜ‖ ≤ √(‖Hₜₜ‖·λ_max)·‖v‖ for the entries of
 * tensor t.
 * @param known a |λ| found by another measurement
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

/** Returns Σₜ √‖Hₜₜ‖·‖dₜ‖, the size of the terms that J·d sums. */
export function termsOf({ parameters, tensors }: Stretch, d: Float32Array): number {
  return parameters.reduce((sum, tensor, t) => sum + tensors[t] * norm(part(d, tensor)), 0);
}

/** Returns Σₜ ‖xₜ‖·‖yₜ‖, the size of the terms of x·y. The rounding of an entry depends on its own tensor only. */
export function termsOfDot(parameters: readonly ParameterTensor[], x: Float32Array, y: Float32Array): number {
  return parameters.reduce((sum, tensor) => sum + norm(part(x, tensor)) * norm(part(y, tensor)), 0);
}

const part = (x: Float32Array, { offset, count }: ParameterTensor) => x.subarray(offset, offset + count);
