import type { GraphBuilder } from '../../graph/builder';
import type { Node, Value } from '../../graph/graph';
import { dependents, isOp, nodesOf, splatOf } from '../../graph/graph';
import { again } from '../../graph/replay';
import { isFloat } from '../../graph/tensor';
import { hasPole } from './poles';
import { rebuilt } from './rebuilt';
import type { Series } from './series';
import { constantSeries } from './series';
import type { Laurent } from './laurent';
import { laurent, powerSeries, seriesOf } from './laurent';

/** Number of initial terms. After five zeros cancel, enough terms remain for a second derivative. */
const TERMS = 8;
/** Tolerance of the limit, because a model may round it to float32. */
const SAME = 1e-6;

/**
 * Replaces the limits of quotients by series. A quotient such as sin x / x has no value at one point, and a model
 * writes its limit there:
 *   Where(x = c, q₀, q(x)).
 * The function is smooth there, but neither branch has its derivatives: one is a constant, and the other is 0/0. The
 * series of q replaces the constant,
 *   Where(x = c, q₀ + q₁·(x − c) + q₂·(x − c)², q(x)),
 * which equals q₀ wherever the branch is taken and has the slope and the curvature of the function.
 */
export function withSeries(g: GraphBuilder, outputs: readonly Value[], wrt: readonly Value[]): (value: Value) => Value {
  const dependent = dependents(outputs, wrt);
  const moving = (value: Value) => dependent.has(value) && isFloat(value.dtype);
  const nodes = nodesOf(outputs, new Set(wrt)).filter(({ outputs: results }) => results.some(moving));
  const found = new Map(nodes.flatMap((node) => (node.op === 'Where' ? [[node, hole(node, moving)]] : [])));
  if (![...found.values()].some(Boolean)) return (value) => value;
  return rebuilt(g, nodes, (node, inputs, now) => {
    const at = found.get(node);
    return again(
      g,
      node,
      at ? inputs.map((input, i) => (i === at.branch ? polynomial(g, at, now(at.x), input) : input)) : inputs,
    );
  });
}

/** A point at which a quotient is 0/0, with the series of the quotient there. */
interface Hole {
  x: Value;
  at: number;
  /** Index of the Where operand that is the limit. */
  branch: 1 | 2;
  series: Series;
}

/** Finds the hole that a Where fills. Returns null if the Where has another purpose. */
function hole({ inputs: [condition, a, b] }: Node, moving: (value: Value) => boolean): Hole | null {
  const [equal, holds] = isOp(condition, 'Not') ? [(condition.node as Node).inputs[0], false] : [condition, true];
  if (!isOp(equal, 'Equal')) return null;
  const [limit, quotient] = holds ? [a, b] : [b, a];
  const value = splatOf(limit);
  if (value === null || !moving(quotient)) return null;
  const [left, right] = (equal.node as Node).inputs;
  for (const [compared, to] of [
    [left, right],
    [right, left],
  ]) {
    const at = splatOf(to);
    if (at === null || !moving(compared)) continue;
    // |x| is 0 exactly where x is 0.
    const x = at === 0 && isOp(compared, 'Abs') ? (compared.node as Node).inputs[0] : compared;
    const series = quotientSeries(quotient, x, at);
    if (series && Math.abs(series[0] - value) <= SAME * Math.max(1, Math.abs(value)))
      return { x, at, branch: holds ? 1 : 2, series };
  }
  return null;
}

/** Computes the series at x = at of an expression in x alone that is 0/0 there. Returns null for any other. */
function quotientSeries(quotient: Value, x: Value, at: number): Series | null {
  const nodes = nodesOf([quotient], new Set([x]));
  if (String(quotient.shape) !== String(x.shape) || !nodes.some(hasPole)) return null;
  const known = new Map<Value, Laurent>([[x, laurent([at, 1, ...constantSeries(0, TERMS - 2)])]]);
  for (const node of nodes) {
    const [y] = node.outputs;
    const constant = splatOf(y);
    if (constant !== null) {
      known.set(y, laurent(constantSeries(constant, TERMS)));
      continue;
    }
    const operands = node.inputs.map((input) => known.get(input));
    const found = operands.length > 0 && operands.every((each) => each !== undefined) ? seriesOf(node, operands) : null;
    if (!found) return null;
    known.set(y, found);
  }
  const found = known.get(quotient);
  const series = found ? powerSeries(found) : null;
  // If no zero cancels, the quotient has a value of its own there, and the model deliberately replaces it.
  return series && series.length >= 3 && series.length < TERMS ? series : null;
}

/** Builds q₀ + q₁·(x − c) + q₂·(x − c)², with q₀ as the model writes it. */
function polynomial(g: GraphBuilder, { at, series: [, slope, bend] }: Hole, x: Value, limit: Value): Value {
  const h = g.shift(x, -at);
  return g.add(limit, g.mul(h, g.shift(g.scale(h, bend), slope)));
}
