import type { Node, Value } from '../graph/graph';
import { isOp } from '../graph/graph';
import { sizeOf, tensor } from '../graph/tensor';
import type { LowerContext, LoweringTable } from './context';

/** Operators of the domain `ai.onnx.ml` that scikit-learn's exporter writes around a network. */
export const classicalLowerings: LoweringTable = {
  /** Probabilities by class name: the probabilities. */
  ZipMap: ({ x }) => x,
  /** x·Wᵀ + b */
  LinearRegressor: (c) => transformed(c, affine(c)),
  /** Labels, and x·Wᵀ + b as probabilities. */
  LinearClassifier(c) {
    const scores = linearScores(c);
    const labels = c.node.attributes.classlabels_ints;
    if (labels?.kind !== 'ints' || labels.value.length === 0) return [null, scores];
    const best = c.g.apply('ArgMax', [scores], { axis: 1 });
    return [c.g.gather(c.g.indices([...labels.value]), best, 0), scores];
  },
  /** Replaces missing numbers. */
  Imputer(c) {
    const { g } = c;
    const x = real(c);
    const missing = c.float('replaced_value_float', 0);
    const absent = Number.isNaN(missing) ? g.unary('IsNaN', x) : g.equal(x, g.like(x, missing));
    return g.where(absent, list(c, 'imputed_value_floats'), x);
  },
  /** 1 above the threshold, else 0. */
  Binarizer(c) {
    const x = real(c);
    return c.g.cast(c.g.greater(x, c.g.like(x, c.float('threshold', 0))), x.dtype);
  },
  /** Columns of x by their index: [N,C] → [N,K]; a vector is one row. */
  ArrayFeatureExtractor({ g, x, input }) {
    const table = x.shape.length === 1 ? g.unsqueeze(x, [0]) : x;
    const indices = g.cast(input(1), 'int64');
    return g.gather(table, g.reshape(indices, [sizeOf(indices.shape)]), table.shape.length - 1);
  },
  /** (x − offset)·scale */
  Scaler(c) {
    const shifted = c.g.sub(real(c), list(c, 'offset'));
    return c.g.mul(shifted, list(c, 'scale'));
  },
  /** x over its norm, each row for itself. */
  Normalizer(c) {
    const { g } = c;
    const x = real(c);
    const axes = [x.shape.length - 1];
    const size = g.unary('Abs', x);
    switch (c.string('norm', 'MAX')) {
      case 'MAX':
        return g.div(x, g.apply('ReduceMax', [x], { axes, keepdims: true }));
      case 'L1':
        // Probabilities have the sum 1, up to rounding: scikit-learn's exporter makes sure of it.
        return isOp(x, 'Softmax') && (x.node as Node<'Softmax'>).attributes.axis === axes[0]
          ? x
          : g.div(x, g.sum(size, axes, true));
      default:
        return g.div(x, g.sqrt(g.sum(g.square(x), axes, true)));
    }
  },
};

/** x·Wᵀ + b of the weights that `weightsOfAttributes` made inputs: [N, rows] */
function affine(c: LowerContext): Value {
  const { g } = c;
  const x = g.cast(c.x, 'float32');
  const weights = c.has(1) ? c.input(1) : c.fail(`${c.node.op} without coefficients of one length for each row.`);
  if (x.shape.length !== 2 || x.shape[1] !== weights.shape[1]) {
    c.fail(`${c.node.op} of [${c.x.shape.join(', ')}], but its coefficients are [${weights.shape.join(', ')}].`);
  }
  const product = g.matmul(x, g.swapLast(weights));
  return c.has(2) ? g.add(product, c.input(2)) : product;
}

/** One row for two classes: [1 − σ(z), σ(z)]. */
function linearScores(c: LowerContext): Value {
  const { g } = c;
  const scores = transformed(c, affine(c));
  const labels = ['classlabels_ints', 'classlabels_strings'].map((key) => c.node.attributes[key]?.value as unknown[]);
  const classes = Math.max(...labels.map((each) => each?.length ?? 0));
  if (scores.shape[1] === classes) return scores;
  if (scores.shape[1] !== 1 || classes !== 2)
    c.fail(`${c.node.op} of ${scores.shape[1]} scores for ${classes} classes.`);
  return g.concat([g.sub(g.like(scores, 1), scores), scores], 1);
}

function transformed(c: LowerContext, scores: Value): Value {
  const { g } = c;
  const transform = c.string('post_transform', 'NONE');
  switch (transform) {
    case 'NONE':
      return scores;
    case 'LOGISTIC':
      return g.sigmoid(scores);
    case 'SOFTMAX':
      return g.apply('Softmax', [scores], { axis: 1 });
    default:
      return c.fail(`Ridgeline does not support ${c.node.op} with the transform ${transform}.`);
  }
}

/** These operators take integers too. */
const real = ({ g, x }: LowerContext): Value => (x.dtype === 'float64' ? x : g.cast(x, 'float32'));

function list({ g, x, node }: LowerContext, name: string): Value {
  const values = node.attributes[name]?.value as readonly number[];
  return g.constant(tensor(x.dtype === 'float64' ? 'float64' : 'float32', [values.length], values));
}
