import type { GraphBuilder } from '../graph/builder';
import type { Node, Value } from '../graph/graph';
import { isOp } from '../graph/graph';
import { isFloat } from '../graph/tensor';
import type { LossRequest } from './head';

/**
 * What the softmax is taken of. Where the graph ends in probabilities it is what lies below them, which is exact where
 * these have already been rounded to 0 or 1: below a Softmax, the pair [1 − σ(z), σ(z)], or numbers over their sum.
 */
export function logitsOf(
  g: GraphBuilder,
  { output, outputName, classAxis }: LossRequest,
): { source: Value; name: string } {
  const pair = logitPair(g, output);
  if (pair) return { source: pair, name: `logits below the two probabilities of «${outputName}»` };
  if (isOp(output, 'Softmax') && (output.node as Node<'Softmax'>).attributes.axis === classAxis) {
    return { source: (output.node as Node).inputs[0], name: `logits below the final Softmax of «${outputName}»` };
  }
  const shares = sharesOf(output, classAxis);
  if (shares) return { source: logOf(g, shares), name: `logarithms of the probabilities «${outputName}»` };
  return { source: output, name: `logits of «${outputName}»` };
}

/** Of [1 − σ(z), σ(z)], as scikit-learn writes two classes: [0, z], whose softmax it is. */
function logitPair(g: GraphBuilder, output: Value): Value | null {
  if (!isOp(output, 'Concat')) return null;
  const { inputs, attributes } = output.node as Node<'Concat'>;
  const [no, yes] = inputs;
  if (inputs.length !== 2 || !isOp(yes, 'Sigmoid') || !isOp(no, 'Sub')) return null;
  const [one, subtracted] = (no.node as Node).inputs;
  if (subtracted !== yes || g.splatOf(one) !== 1) return null;
  const [z] = (yes.node as Node).inputs;
  return g.concat([g.expand(g.like(z, 0), z.shape), z], attributes.axis);
}

/** x of x/Σx over the classes, as one against the rest writes probabilities: softmax(log x) is just that. */
function sharesOf(output: Value, classAxis: number): Value | null {
  if (!isOp(output, 'Div')) return null;
  const [x, whole] = (output.node as Node).inputs;
  const addends = isOp(whole, 'Add') ? (whole.node as Node).inputs : [whole];
  const isSum = (value: Value) => {
    if (!isOp(value, 'ReduceSum')) return false;
    const { inputs, attributes } = value.node as Node<'ReduceSum'>;
    const summed = isOp(inputs[0], 'Abs') ? (inputs[0].node as Node).inputs[0] : inputs[0];
    return summed === x && attributes.axes.length === 1 && attributes.axes[0] === classAxis && attributes.keepdims;
  };
  // A sum of zero is made one, by adding what a comparison says.
  const isGuard = (value: Value) => isOp(value, 'Cast') && !isFloat((value.node as Node).inputs[0].dtype);
  return addends.some(isSum) && addends.every((value) => isSum(value) || isGuard(value)) && isProbability(x) ? x : null;
}

/** Only of what cannot be negative is there a logarithm. */
const isProbability = (x: Value): boolean =>
  isOp(x, 'Sigmoid') ||
  isOp(x, 'Exp') ||
  isOp(x, 'Softmax') ||
  (isOp(x, 'Concat') && (x.node as Node).inputs.every(isProbability)) ||
  (isOp(x, 'Slice') && isProbability((x.node as Node).inputs[0]));

/** log x; of σ(z) it is −log(1 + e⁻ᶻ), also where σ(z) is rounded to 0. */
function logOf(g: GraphBuilder, x: Value): Value {
  const [below] = (x.node as Node).inputs;
  if (isOp(x, 'Exp')) return below;
  return isOp(x, 'Sigmoid') ? g.neg(g.unary('Softplus', g.neg(below))) : g.log(x);
}
