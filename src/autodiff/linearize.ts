import type { Node, Value } from '../graph/graph';
import { dependents, folded, isOp, nodesOf, swapsLast } from '../graph/graph';

/** A function split at fixed inputs: one part is computed once, the other runs for every tangent. */
export interface Linearization {
  /** Values of the primal graph that the tangent graph reads. */
  residuals: Value[];
  /** The outputs; given the residuals, they depend on the tangents only. */
  outputs: readonly Value[];
}

/**
 * Splits a tangent graph. At fixed parameters and data, everything that does not depend on the tangents is the same in each
 * run, so it is computed once and kept (the residuals).
 * @param given values that are available in every run without being kept: data, parameters
 * @param constants those of them that never change; what depends on them only is folded into the session and not kept
 */
export function linearize(
  outputs: readonly Value[],
  tangents: readonly Value[],
  given: ReadonlySet<Value>,
  constants: ReadonlySet<Value>,
): Linearization {
  const moving = dependents(outputs, tangents);
  const residuals = new Set<Value>();
  const fixed = folded(outputs, constants);
  const keep = (value: Value): void => {
    if (given.has(value) || moving.has(value) || fixed.has(value)) return;
    const source = cheapSource(value);
    if (source) keep(source);
    else residuals.add(value);
  };
  for (const node of nodesOf(outputs)) {
    if (node.outputs.some((output) => moving.has(output))) node.inputs.forEach(keep);
  }
  outputs.forEach((output) => {
    if (!moving.has(output)) keep(output);
  });
  return { residuals: [...residuals].sort((a, b) => a.id - b.id), outputs };
}

/**
 * The tensor behind a view. Repeating the view costs less than keeping a second copy. A product reads an operand with its
 * last two axes swapped directly; any other permutation would be copied in each run.
 */
function cheapSource(value: Value): Value | null {
  const view = isOp(value, 'Expand') || isOp(value, 'Reshape') || swapsLast(value);
  return view ? (value.node as Node).inputs[0] : null;
}
