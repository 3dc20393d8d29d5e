import type { GraphBuilder } from '../graph/builder';
import type { Value } from '../graph/graph';

/** log p is cut at −100, as torch.nn.BCELoss does. */
const FLOOR = -100;
/**
 * Smaller numbers count as 0. Above it 1/p is finite in float32, in which the model reads it. Where the loss itself is
 * float32, 1/p² has to be finite too.
 */
const SMALLEST = { float64: 2 ** -126, float32: 2 ** -62 };

/**
 * max(log p, −100) with derivatives that are finite everywhere: where p is 0 the slope is 0, in every mode. The
 * logarithm is taken of what is never 0, because 0 · ∞ would be NaN in the branch that is not chosen.
 */
export function safeLog(g: GraphBuilder, p: Value): Value {
  const smallest = SMALLEST[p.dtype === 'float64' ? 'float64' : 'float32'];
  const isSafe = g.greater(p, g.like(p, smallest));
  return g.where(isSafe, g.log(g.where(isSafe, p, g.like(p, 1))), g.like(p, FLOOR));
}
