import type { Value } from '../../graph/graph';
import { nodesOf } from '../../graph/graph';
import type { Op } from '../../graph/ops';
import { differentiable } from '../rule';

/** Step functions pass on no derivative. */
export const FLAT: ReadonlySet<Op> = new Set<Op>(['Sign', 'Floor', 'Ceil', 'Round']);

/**
 * Finds the values that have a derivative with respect to any of `wrt`. A mask made by a comparison may depend on
 * parameters, but has no derivative.
 */
export function withDerivative(outputs: readonly Value[], wrt: readonly Value[]): (value: Value) => boolean {
  const found = new Set(wrt);
  for (const { op, inputs, outputs: results } of nodesOf(outputs, found)) {
    if (FLAT.has(op) || !inputs.some((input) => found.has(input))) continue;
    for (const result of results) if (differentiable(result)) found.add(result);
  }
  return (value) => found.has(value);
}
