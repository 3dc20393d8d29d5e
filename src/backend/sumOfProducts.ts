import type { GraphBuilder } from '../graph/builder';
import type { Node, Value } from '../graph/graph';
import { isOp, swapsLast } from '../graph/graph';
import { sizeOf } from '../graph/tensor';
import type { Expansion, Surroundings } from './form';

/*
 * A·B + C·D = [A C]·[B; D]: one product with a longer inner axis writes a matrix once, instead of writing it twice, reading
 * it twice and writing it again. The tangent of a weight's gradient, Ẋᵀ·Ȳ + Xᵀ·Ȳ̇, has this form. If few samples meet wide
 * layers, the weights are most of the moved memory. Milliseconds of two threads, 197 rows:
 *
 *   768 × 3072   products 8.0 each, sum 5 to 13   at once 13.4
 *   768 × 768    products 2.1 each, sum 0.8       at once 4.2
 */

/**
 * Joining copies rows one by one, and for shorter rows this takes longer than a second product. 1,797 rows of 16 and 16
 * numbers times 24 columns, five vectors, one thread: 0.26 ms in two products and a sum, 0.4 at once.
 */
const SHORT_ROW = 24;

/** A sum of two products as one product, if nothing else reads them; null otherwise. */
export const sumOfProducts: Expansion<'Add'> = (g, inputs, node, surroundings) => {
  const { moving } = surroundings;
  const [first, second] = inputs.map((x, i) => productIn(x, node.inputs[i], surroundings));
  // A value that is computed once and kept must not be recomputed in each run.
  if (!first || !second || moving(inputs[0]) !== moving(inputs[1])) return null;
  const shape = commonShape(first, second);
  if (!shape) return null;
  const [m, n] = shape.slice(-2);
  const inner = innerAxis(first) + innerAxis(second);
  // Joining moves inner · (m + n) numbers and saves most of moving m · n three times.
  if (inner * (m + n) > 2 * m * n) return null;
  const lead = shape.slice(0, -2);
  const [[a, b], [c, d]] = [first, second].map((product) => operands(g, product, shape));
  const inRows = !transposedIn(a) || !transposedIn(c);
  if (inRows && Math.min(innerAxis(first), innerAxis(second)) < SHORT_ROW) return null;
  return g.reshape(g.matmul(joined(g, a, c, lead, 1), joined(g, b, d, lead, 0)), node.outputs[0].shape);
};

type Product = Value & { node: Node<'MatMul'> };

const innerAxis = ({ node }: Product) => node.inputs[0].shape.at(-1)!;

/** A common shape of two products with equally many rows: the shape of one, in which the other has its rows in order. */
function commonShape(first: Product, second: Product): readonly number[] | null {
  for (const [one, other] of [
    [first, second],
    [second, first],
  ]) {
    const alike = one.shape.at(-1) === other.shape.at(-1) && sizeOf(one.shape) === sizeOf(other.shape);
    if (String(one.shape) === String(other.shape) || (alike && isMatrix(other.node.inputs[1]))) return one.shape;
  }
  return null;
}

/** The operands of a product for another shape of the same rows. */
function operands(g: GraphBuilder, { node, shape: own }: Product, shape: readonly number[]): readonly Value[] {
  const [a, b] = node.inputs;
  return String(own) === String(shape) ? [a, b] : [g.reshape(a, [...shape.slice(0, -1), a.shape.at(-1)!]), b];
}

const isMatrix = ({ shape }: Value) => shape.length === 2;

/** The matrix product that computes a value, in the same shape or another, if nothing else reads it. */
function productIn(x: Value, original: Value, { alone }: Surroundings): Product | null {
  if (!alone(original) || (isOp(original, 'Reshape') && !alone((original.node as Node).inputs[0]))) return null;
  const source = isOp(x, 'Reshape') ? (x.node as Node).inputs[0] : x;
  return isOp(source, 'MatMul') && source.shape.length >= 2 ? (source as Product) : null;
}

/**
 * Two matrices side by side (`axis` 1) or one on top of the other (0), repeated over leading axes. Transposed ones are joined
 * before the transpose, because a product reads a transposed operand directly.
 */
function joined(g: GraphBuilder, a: Value, b: Value, lead: readonly number[], axis: 0 | 1): Value {
  const [under, beneath] = [transposedIn(a), transposedIn(b)];
  if (under && beneath) return g.swapLast(joined(g, under, beneath, lead, axis === 0 ? 1 : 0));
  const whole = (x: Value) => {
    const shape = [...lead, ...x.shape.slice(-2)];
    return sizeOf(x.shape) === sizeOf(shape) ? g.reshape(x, shape) : g.expand(x, shape);
  };
  return g.concat([whole(a), whole(b)], lead.length + axis);
}

/** The matrix of which this one is the transpose. */
const transposedIn = (x: Value): Value | null => (swapsLast(x) ? (x.node as Node).inputs[0] : null);
