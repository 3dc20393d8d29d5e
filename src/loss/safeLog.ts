import type { GraphBuilder } from '../graph/builder';
import type { Value } from '../graph/graph';

/** log p is clipped at −100, as in torch.nn.BCELoss. */
const FLOOR = -100;
/**
 * Smaller numbers count as 0. Above it, 1/p is finite in float32, the type in which the model reads it. If the loss itself
 * is float32, 1/p² must also be finite.
 */
const SMALLEST = { float64: 2 ** -126, float32: 2 ** -62 };

/**
 * max(log p, −100) with finite derivatives everywhere: the slope at p = 0 is 0, in every mode. The argument of the logarithm
 * is never 0, because 0 · ∞ would be NaN in the branch not taken.
 */
export function safeLog(g: GraphBuilder, p: Value): Value {
  const smallest = SMALLEST[p.dtype === 'float64' ? 'float64' : 'float32'];
  const isSafe = g.greater(p, g.like(p, smallest));
  return g.where(isSafe, g.log(g.where(isSafe, p, g.like(p, 1))), g.like(p, FLOOR));
}
