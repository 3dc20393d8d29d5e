import type { Value } from '../graph';
import { tensor } from '../tensor';
import type { LowerContext, LoweringTable } from './context';

/** What scikit-learn's exporter writes around a network, of the domain `ai.onnx.ml`. */
export const classicalLowerings: LoweringTable = {
  /** Probabilities by class name: the probabilities. */
  ZipMap: ({ x }) => x,
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
        return g.div(x, g.sum(size, axes, true));
      default:
        return g.div(x, g.sqrt(g.sum(g.square(x), axes, true)));
    }
  },
};

/** These operators take integers too. */
const real = ({ g, x }: LowerContext): Value => (x.dtype === 'float64' ? x : g.cast(x, 'float32'));

function list({ g, x, node }: LowerContext, name: string): Value {
  const values = node.attributes[name]?.value as readonly number[];
  return g.constant(tensor(x.dtype === 'float64' ? 'float64' : 'float32', [values.length], values));
}
