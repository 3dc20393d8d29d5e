import { UserError } from '../errors';
import type { Displacement, Objective, ProductKind } from '../objective/objective';

/** A symmetric linear map on ℝ^dim, known only by its products. Several vectors per call share the work. */
export interface SymmetricOperator {
  readonly dim: number;
  /** The most vectors per call that memory allows, see `Objective.block`. */
  readonly block?: number;
  /** See `Objective.overlapping`. */
  readonly overlapping?: boolean;
  /** @param nudge seed of random changes of the operator, as large as its rounding: see `ProductsAsked` */
  apply(vectors: readonly Float32Array[], signal?: AbortSignal, nudge?: number): Promise<Float32Array[]>;
}

/** H, the Hessian of the loss, at θ or at a point beside it. */
export function hessianOf(objective: Objective, at?: Displacement): SymmetricOperator {
  return operatorOf(objective, 'hessian', at);
}

/** G, the Gauss-Newton matrix of the loss, at θ or at a point beside it. */
export function gaussNewtonOf(objective: Objective, at?: Displacement): SymmetricOperator {
  return operatorOf(objective, 'gaussNewton', at);
}

function operatorOf(objective: Objective, kind: ProductKind, at?: Displacement): SymmetricOperator {
  const { dim, block, overlapping, products } = objective;
  return {
    dim,
    block,
    overlapping,
    apply: (vectors, signal, nudge) => products(kind, vectors, { signal, at, nudge }),
  };
}

/** A product returned NaN or ∞: the loss has no finite curvature there, and no spectrum. */
export class NonFiniteError extends UserError {
  constructor(where: string) {
    super({
      what: 'A curvature product is not finite (NaN or ∞).',
      where: [where],
      action:
        'Check the weights and the data for NaN, ∞ and very large values. The loss may still be drawn: --only loss,lines,plane.',
    });
  }
}

/**
 * `op.apply` that stops on abort and refuses non-finite products.
 * @param where names vector i for the error: "probe 3, step 12"
 * @throws NonFiniteError
 */
export async function applyChecked(
  op: SymmetricOperator,
  vectors: readonly Float32Array[],
  where: (index: number) => string,
  signal?: AbortSignal,
  nudge?: number,
): Promise<Float32Array[]> {
  signal?.throwIfAborted();
  const products = await op.apply(vectors, signal, nudge);
  products.forEach((product, i) => {
    if (!allFinite(product)) throw new NonFiniteError(where(i));
  });
  return products;
}

/** v · 0 is 0 for finite v and NaN otherwise, so one sum tells, without a branch per element. */
function allFinite(vector: Float32Array): boolean {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += vector[i] * 0;
  return sum === 0;
}
