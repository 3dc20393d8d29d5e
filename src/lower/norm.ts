import type { GraphBuilder } from '../graph/builder';
import type { Value } from '../graph/graph';

/** |x|ᵖ element by element, for Σ |x|ᵖ, with products instead of powers if possible. */
export function absPower(g: GraphBuilder, x: Value, p: number): Value {
  if (p === 1) return g.unary('Abs', x);
  if (p % 2 === 0) return g.pow(x, g.like(x, p));
  return g.pow(g.unary('Abs', x), g.like(x, p));
}

/**
 * s^(1/p) of a sum of p-th powers. Where the sum is 0, the root has no slope, and the result has value 0 and slope 0: the
 * subgradient that PyTorch uses for the norm of a zero vector.
 */
export function root(g: GraphBuilder, sum: Value, p: number): Value {
  if (p === 1) return sum;
  const zero = g.like(sum, 0);
  const positive = g.greater(sum, zero);
  const safe = g.where(positive, sum, g.like(sum, 1));
  return g.where(positive, g.pow(safe, g.like(sum, 1 / p)), zero);
}
