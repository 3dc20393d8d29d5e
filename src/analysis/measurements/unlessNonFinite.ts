import { NonFiniteError } from '../../spectrum/operator';
import type { Draft } from '../draft';

/**
 * Where the curvature overflows, measurements that do not need it are still worth making: the report says what happened.
 * @returns what `measure` gives, or `otherwise`
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
