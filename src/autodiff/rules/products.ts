import type { GraphBuilder } from '../../graph/builder';
import type { Value } from '../../graph/graph';
import { sizeOf } from '../../graph/tensor';
import type { RuleTable } from '../rule';
import { bilinear } from '../rule';

/** Matrix products and convolutions. */
export const productRules: RuleTable = {
  /** Y = A·B:  Ā = Ȳ·Bᵀ,  B̄ = Aᵀ·Ȳ, summed over batch axes that were broadcast. */
  MatMul: bilinear({
    aBar: ({ g, a, b, yBar }) => g.sumTo(g.matmul(yBar, g.swapLast(b)), a.shape),
    bBar({ g, a, b, yBar }) {
      if (b.shape.length === 2 && a.shape.length > 2) {
        // One long product replaces a batch of short ones and a sum over them.
        return g.matmul(g.swapLast(rows(g, a)), rows(g, yBar));
      }
      return g.sumTo(g.matmul(g.swapLast(a), yBar), b.shape);
    },
  }),
  /** Y = X∗W. The three convolutions are each other's transposes, so the family is closed. */
  Conv: bilinear({
    aBar: ({ g, a, b, attributes, yBar }) =>
      g.apply('ConvInput', [yBar, b], { ...attributes, input: a.shape.slice(2) }),
    bBar: ({ g, a, b, attributes, yBar }) =>
      g.apply('ConvWeight', [a, yBar], { ...attributes, kernel: b.shape.slice(2) }),
  }),
  /** X = Convᵀ(Y, W) */
  ConvInput: bilinear({
    aBar: ({ g, b, attributes: { input: _, ...attributes }, yBar }) => g.apply('Conv', [yBar, b], attributes),
    bBar: ({ g, a, b, attributes: { input: _, ...attributes }, yBar }) =>
      g.apply('ConvWeight', [yBar, a], { ...attributes, kernel: b.shape.slice(2) }),
  }),
  /** W = Σ over samples and places of X ⊗ Y */
  ConvWeight: bilinear({
    aBar: ({ g, a, b, attributes: { kernel: _, ...attributes }, yBar }) =>
      g.apply('ConvInput', [b, yBar], { ...attributes, input: a.shape.slice(2) }),
    bBar: ({ g, a, attributes: { kernel: _, ...attributes }, yBar }) => g.apply('Conv', [a, yBar], attributes),
  }),
};

/** [..., n] → [rows, n] */
function rows(g: GraphBuilder, x: Value): Value {
  return g.reshape(x, [sizeOf(x.shape.slice(0, -1)), x.shape[x.shape.length - 1]]);
}
