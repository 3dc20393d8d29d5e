import { NonFiniteError } from '../../spectrum/operator';
import type { Draft } from '../draft';

/**
 * Turns a non-finite result of `measure` into a warning. Measurements that do not need the curvature can then continue
 * when it overflows.
 * @returns the result of `measure`, or `otherwise` if it was not finite
 */
export async function unlessNonFinite<T>(draft: Draft, otherwise: T, measure: () => Promise<T>): Promise<T> {
  try {
    return await measure();
  } catch (error) {
    if (!(error instanceof NonFiniteError)) throw error;
    draft.warn(`${error.what} (${error.where.join(', ')}) ${error.action ?? ''}`.trim());
    return otherwise;
  }
}
