import type { Value } from '../graph/graph';
import type { LowerContext, LoweringTable } from './context';
import { upTo } from '../graph/limits';

/** Losses that are part of the model. */
export const lossLowerings: LoweringTable = {
  NegativeLogLikelihoodLoss: (c) => negativeLogLikelihood(c, c.x),
  /** The second output is log softmax of the scores. */
  SoftmaxCrossEntropyLoss(c) {
    const logP = c.g.apply('LogSoftmax', [c.x], { axis: 1 });
    return [negativeLogLikelihood(c, logP), logP];
  },
};

/**
 * ℓ = −w[t]·log p[t] for each element, 0 if the target is `ignore_index`; `mean` divides by the total weight of the counted
 * elements. Scores [N, C, …], targets [N, …], weights [C].
 */
function negativeLogLikelihood(c: LowerContext, logP: Value): Value {
  const { g } = c;
  const target = g.cast(c.input(1), 'int64');
  const classes = logP.shape[1];
  const perClass = [1, classes, ...logP.shape.slice(2).map(() => 1)];
  const ignored = c.node.attributes.ignore_index ? c.int('ignore_index') : null;
  const wanted = g.equal(g.unsqueeze(target, [1]), g.indices(upTo(classes), perClass));
  const isTarget =
    ignored === null
      ? wanted
      : g.binary('And', wanted, g.unary('Not', g.equal(g.unsqueeze(target, [1]), g.like(target, ignored))));
  const zero = g.like(logP, 0);
  const weights = c.has(2) ? g.reshape(c.input(2), perClass) : g.like(logP, 1);
  // A Where instead of a product with a one-hot mask, because 0 · log 0 would be NaN.
  const losses = g.neg(g.sum(g.mul(g.where(isTarget, logP, zero), weights), [1]));
  const reduction = c.string('reduction', 'mean');
  if (reduction === 'none') return losses;
  const total = g.sum(losses);
  if (reduction === 'sum') return total;
  return g.div(total, g.sum(g.where(isTarget, weights, zero)));
}
