import type { GraphBuilder } from '../../graph/builder';
import type { Node, Value } from '../../graph/graph';
import { nodesOf, splatOf } from '../../graph/graph';
import type { Op } from '../../graph/ops';
import { again } from '../../graph/replay';
import { withDerivative } from './movement';
import { hasPole, polesOf } from './poles';
import { Ranges } from './range';
import { rebuilt, unchanged } from './rebuilt';

/**
 * Sets the slope of norms at 0 to 0. A norm written out as √(Σ x²) or (Σ |x|ᵖ)^(1/p) has no slope at x = 0, although
 * every slope near that point is bounded. PyTorch takes the subgradient 0 for its own norms and for `std`, but the
 * graphs that exporters write have a slope of 0 · ∞ there. The rewrite is
 *   √s → Where(s = 0, 0, √Where(s = 0, 1, s)).
 * A product with the norm, such as x/(‖x‖ + ε), then has its true derivatives.
 */
export function withNorms(g: GraphBuilder, outputs: readonly Value[], wrt: readonly Value[]): (value: Value) => Value {
  const moves = withDerivative(outputs, wrt);
  const ranges = new Ranges(new Set(wrt));
  const order = vanishing(moves, ranges);
  const nodes = nodesOf(outputs, new Set(wrt)).filter((node) => node.outputs.some(moves));
  const norms = new Set(nodes.filter((node) => isNorm(node, order, ranges)));
  if (norms.size === 0) return (value) => value;
  return rebuilt(g, nodes, (node, inputs) => {
    if (!norms.has(node)) return unchanged(node, inputs) ? node.outputs : again(g, node, inputs);
    const [sum, ...rest] = inputs;
    const isZero = g.equal(sum, g.like(sum, 0));
    const [root] = again(g, node, [g.where(isZero, g.like(sum, 1), sum), ...rest]);
    return [g.where(isZero, g.like(sum, 0), root)];
  });
}

/** Largest number of operators between a root and the squares below it. */
const DEEPEST = 64;

/** Whether a node is a root of a sum that vanishes at least as fast as the root rises. */
function isNorm(node: Node, order: (value: Value) => number, ranges: Ranges): boolean {
  const exponent = node.op === 'Sqrt' ? 1 / 2 : node.op === 'Pow' ? splatOf(node.inputs[1]) : null;
  if (exponent === null || exponent <= 0 || exponent >= 1 || !hasPole(node)) return false;
  if (polesOf(node, (value) => ranges.of(value)).length === 0) return false;
  // The tolerance allows for an exponent such as 1/3 that was rounded to float32.
  return order(node.inputs[0]) * exponent >= 1 - 1e-6;
}

/**
 * Finds the largest known k such that a value is nonnegative everywhere and O(δᵏ) at a distance δ from its zeros: 2 for
 * a square, ∞ for a constant, and 0 if nothing is known.
 */
function vanishing(moves: (value: Value) => boolean, ranges: Ranges): (value: Value) => number {
  const known = new Map<Value, number>();
  let depth = 0;
  const of = (value: Value): number => {
    const found = known.get(value);
    if (found !== undefined) return found;
    if (depth > DEEPEST) return 0;
    depth += 1;
    const order = moves(value) ? orderOf(value) : ranges.of(value).low >= 0 ? Infinity : 0;
    depth -= 1;
    known.set(value, order);
    return order;
  };
  const scaled = (...factors: readonly Value[]) => {
    const orders = factors.map((factor) => of(factor) || (ranges.of(factor).low > 0 ? Infinity : 0));
    if (orders.includes(0)) return 0;
    return orders.reduce((sum, order) => sum + (order === Infinity ? 0 : order), 0);
  };
  const least = (values: readonly Value[]) => Math.min(...values.map(of));
  const orderOf = ({ node }: Value): number => {
    if (!node) return 0;
    const [a, b, c] = node.inputs;
    if (HANDING_ON.has(node.op)) return of(a);
    switch (node.op) {
      case 'Abs':
      case 'Relu':
        return Math.max(1, of(a));
      case 'Mul':
        return a === b ? 2 * Math.max(1, of(a)) : scaled(a, b);
      case 'Div':
        return ranges.of(b).low >= 0 ? of(a) : 0;
      case 'MatMul':
      case 'Conv':
        return moves(a) && moves(b) ? 0 : scaled(a, b);
      case 'Pow':
        return ofPower(a, splatOf(b));
      case 'Pad':
        return (node as Node<'Pad'>).attributes.value >= 0 ? of(a) : 0;
      case 'Add':
      case 'Concat':
        return least(node.inputs);
      case 'Max':
        return Math.max(of(a), of(b)) === 0 ? 0 : largerOf(a, b);
      case 'Where':
        return least([b, c]);
      default:
        return 0;
    }
  };
  const ofPower = (base: Value, exponent: number | null): number => {
    if (exponent === null || exponent <= 0) return 0;
    if (of(base) > 0) return exponent * of(base);
    return exponent % 2 === 0 || ranges.of(base).low >= 0 ? exponent : 0;
  };
  /** Finds the order of a maximum, such as a sum of squares that is clipped at 0 or at a number below 0. */
  const largerOf = (a: Value, b: Value): number => {
    const bounds = [a, b].map((value) => (!moves(value) && ranges.of(value).high <= 0 ? Infinity : of(value)));
    return Math.min(...bounds);
  };
  return of;
}

/** Operators that keep the order of nonnegative operands: copies, sums and pools. */
const HANDING_ON: ReadonlySet<Op> = new Set<Op>([
  'Cast',
  'Expand',
  'Gather',
  'MaxPool',
  'ReduceMax',
  'ReduceMin',
  'ReduceSum',
  'Reshape',
  'ScatterAdd',
  'CumSum',
  'Slice',
  'TopK',
  'Transpose',
]);
