import type { GraphBuilder } from '../graph/builder';
import type { Node, Value } from '../graph/graph';
import { isOp, swapsLast } from '../graph/graph';
import { sizeOf } from '../graph/tensor';
import type { Pass } from './pass';
import { rewriteMoving } from './pass';

/** From so many samples per input of a layer on, a longer copy of its weights costs little beside a pass over its output. */
const ROWS_PER_INPUT = 8;

type Product = Value & { node: Node<'MatMul'> };

/**
 * Treats a layer's bias as one more row of its weights, whose input is 1, in x·Ẇ + ḃ and in its transpose. x is fixed, and
 * Ẇ, ḃ, ȳ are linear in `tangents`:
 *   x·Ẇ + ḃ  →  [x 1]·[Ẇ; ḃ]              xᵀ·ȳ, 1ᵀ·ȳ  →  [x 1]ᵀ·ȳ, cut in two
 * Adding a row to each of K matrices, and summing their rows, takes the runtime as long as a small product.
 */
export function biases(g: GraphBuilder, outputs: readonly Value[], tangents: readonly Value[]): Value[] {
  return rewriteMoving(
    g,
    outputs,
    tangents,
    (pass, node) => withBias(pass, node) ?? weightRows(pass, node) ?? biasRow(pass, node),
  );
}

/** Rewrites a sum that contains a product x·Ẇ and a bias; null for any other node. */
function withBias(pass: Pass, node: Node): Value | null {
  if (node.op !== 'Add') return null;
  const [a, b] = node.inputs;
  return biased(pass, a, b) ?? biased(pass, b, a);
}

/** sum + bias, with the bias inside a product that is a term of the sum. */
function biased(pass: Pass, sum: Value, bias: Value): Value | null {
  const { g, moving, now, readers } = pass;
  const width = sum.shape.at(-1);
  if (!sum.node || !moving(bias) || !moving(sum) || readers(sum).length !== 1) return null;
  if (bias.shape.at(-1) !== width || sizeOf(bias.shape) !== width || bias.shape.length > sum.shape.length) return null;
  if (sum.node.op === 'Add') {
    const [a, b] = sum.node.inputs;
    if (String(a.shape) !== String(b.shape)) return null;
    const [left, right] = [biased(pass, a, bias), biased(pass, b, bias)];
    if (left) return g.add(left, now(b));
    return right && g.add(now(a), right);
  }
  if (!isOp(sum, 'MatMul')) return null;
  const [x, weights] = sum.node.inputs;
  if (moving(x) || weights.shape.length !== 2 || !isTall(x)) return null;
  return g.matmul(withOnes(g, x), withRow(g, now(weights), now(bias)));
}

/** The gradient of weights, xᵀ·ȳ, cut from one with the gradient of the bias below it; null for any other node. */
function weightRows(pass: Pass, { op, outputs: [output] }: Node): Value | null {
  const product = op === 'MatMul' ? (output as Product) : null;
  const x = product && inputOf(pass, product);
  if (!x || !readersOfRows(pass, product.node.inputs[1]).some(sumsRows)) return null;
  return pass.g.sliceAxis(wholeGradient(pass, product, x), 0, 0, output.shape[0]);
}

/** The gradient of a bias, a sum of ȳ over all axes but the last, as the last row of one with the weights'. */
function biasRow(pass: Pass, node: Node): Value | null {
  const [bar] = node.inputs;
  const [output] = node.outputs;
  if (!sumsRows(node) || !pass.moving(bar)) return null;
  for (const reader of readersOfRows(pass, bar)) {
    const product = reader.op === 'MatMul' ? (reader.outputs[0] as Product) : null;
    const x = product && inputOf(pass, product);
    if (!x) continue;
    const [inputs] = product.shape;
    const row = pass.g.sliceAxis(wholeGradient(pass, product, x), 0, inputs, inputs + 1);
    return pass.g.reshape(row, output.shape);
  }
  return null;
}

/** [x 1]ᵀ·ȳ */
function wholeGradient({ g, now }: Pass, { node }: Product, x: Value): Value {
  const [, bar] = node.inputs;
  // A view of a known value may come later in the graph than the sum that needs it here.
  return g.matmul(g.swapLast(withOnes(g, x)), g.reshape(now(rowsOf(bar)), bar.shape));
}

/** The fixed factor x of a product xᵀ·ȳ of two matrices; null if x is not fixed. */
function inputOf({ moving }: Pass, { node, shape }: Product): Value | null {
  const [turned, bar] = node.inputs;
  if (shape.length !== 2 || bar.shape.length !== 2 || moving(turned) || !moving(bar) || !swapsLast(turned)) return null;
  const [x] = turned.node!.inputs;
  return isTall(x) ? x : null;
}

/** Readers of a value or of another view of the same rows. */
function readersOfRows({ readers }: Pass, value: Value): Node[] {
  const rows = rowsOf(value);
  const views = readers(rows)
    .flatMap((node) => node?.outputs ?? [])
    .filter((view) => view !== rows && rowsOf(view) === rows);
  return [rows, ...views].flatMap(readers).filter((node) => node !== null);
}

/** The value of which this is a view with the same rows, or the value itself. */
function rowsOf(value: Value): Value {
  const source = isOp(value, 'Reshape') ? (value.node as Node).inputs[0] : null;
  return source && source.shape.at(-1) === value.shape.at(-1) ? source : value;
}

function sumsRows(node: Node): node is Node<'ReduceSum'> {
  if (node.op !== 'ReduceSum') return false;
  const { axes } = (node as Node<'ReduceSum'>).attributes;
  return axes.length === node.inputs[0].shape.length - 1 && !axes.includes(axes.length);
}

const isTall = ({ shape }: Value) => sizeOf(shape) >= ROWS_PER_INPUT * shape.at(-1)! ** 2;

/** [x 1]; views of the same rows share it. */
function withOnes(g: GraphBuilder, x: Value): Value {
  const rows = rowsOf(x);
  const ones = g.expand(g.scalar(x.dtype, 1), [...rows.shape.slice(0, -1), 1]);
  return g.reshape(g.concat([rows, ones], rows.shape.length - 1), [...x.shape.slice(0, -1), x.shape.at(-1)! + 1]);
}

/** [Ẇ; ḃ]. Transposed weights are joined as they are, because a product reads them directly. */
function withRow(g: GraphBuilder, weights: Value, bias: Value): Value {
  if (swapsLast(weights)) {
    const [source] = weights.node!.inputs;
    return g.swapLast(g.concat([source, g.reshape(bias, [source.shape[0], 1])], 1));
  }
  return g.concat([weights, g.reshape(bias, [1, weights.shape[1]])], 0);
}
