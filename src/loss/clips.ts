import type { Node, Value } from '../graph/graph';
import { isOp, splatOf } from '../graph/graph';
import { sizeOf } from '../graph/tensor';

/** x clipped to [low, high]; ±∞ means no bound. */
export interface Clip {
  x: Value;
  low: number;
  high: number;
}

/** The clip that computes a value, in all its spellings. Each step may set one or both bounds, and steps are joined. */
export function clipOf(value: Value): Clip | null {
  const outer = bound(value);
  if (!outer || sizeOf(outer.x.shape) !== sizeOf(value.shape)) return null;
  const inner = bound(outer.x);
  if (!inner) return outer;
  const low = Math.max(inner.low, outer.low);
  const high = Math.min(inner.high, outer.high);
  return low <= high ? { x: inner.x, low, high } : outer;
}

/** One bound: Max, Min, Relu, or the choice that Clip is lowered to. */
function bound(value: Value): Clip | null {
  const { node } = value;
  if (!node) return null;
  const [a, b] = node.inputs;
  if (node.op === 'Relu') return { x: a, low: 0, high: Infinity };
  if (node.op === 'Where') return chosenBound(node);
  if (node.op !== 'Max' && node.op !== 'Min') return null;
  const number = splatOf(b) ?? splatOf(a);
  if (number === null) return null;
  return limit(splatOf(b) === null ? b : a, number, node.op === 'Max');
}

/** x < c ? c : x, and x > c ? c : x, each also the other way round. */
function chosenBound({ inputs: [condition, yes, no] }: Node): Clip | null {
  const less = isOp(condition, 'Less') || isOp(condition, 'LessOrEqual');
  const greater = isOp(condition, 'Greater') || isOp(condition, 'GreaterOrEqual');
  if (!less && !greater) return null;
  const [left, right] = (condition.node as Node).inputs;
  const [number, x] = splatOf(yes) !== null ? [splatOf(yes), no] : [splatOf(no), yes];
  if (number === null || left !== x || splatOf(right) !== number) return null;
  return limit(x, number, less === (x === no));
}

const limit = (x: Value, number: number, isLow: boolean): Clip =>
  isLow ? { x, low: number, high: Infinity } : { x, low: -Infinity, high: number };
