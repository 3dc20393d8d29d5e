import type { Node, Value } from '../graph/graph';
import { splatOf } from '../graph/graph';
import type { Op } from '../graph/ops';
import { isElementwise } from './signalFlow';
import type { SignalFlow } from './signalFlow';

/**
 * How an activation stops to pass the gradient on:
 * - `rectifier`: it is exactly zero on one side, as ReLU
 * - `gated`: it multiplies its argument by a share that tends to 0, as GELU and SiLU; `value` is the share
 * - `bounded`: it tends to a bound on both sides, as sigmoid and tanh
 * - `attention`: rows of shares that tend to one single 1
 */
export type ActivationKind = 'rectifier' | 'gated' | 'bounded' | 'attention';

export interface ActivationSite {
  kind: ActivationKind;
  value: Value;
  /** Where gradient and size are measured: the result of the whole activation. */
  result: Value;
  /** Its operator, as people call it. */
  operator: string;
  /** The values that it lies between; absent for attention. */
  low?: number;
  high?: number;
  /** The argument of a Softmax. */
  scores?: Value;
}

/** Scaled and shifted copies of an activation are followed over at most so many operators. */
const FOLLOWED = 12;
/** … and the formula of its argument is searched up to so many values. */
const LARGEST_FORMULA = 24;

/** Finds every activation on the way of the signal, except those that only shape the prediction. */
export function activationSites(flow: SignalFlow, prediction: Value): ActivationSite[] {
  const shaping = shapingOf(prediction, flow);
  const sites: ActivationSite[] = [];
  for (const node of flow.nodes) {
    const [value] = node.outputs;
    if (!flow.carries(value) || shaping.has(node)) continue;
    const site = siteOf(node, value, flow);
    if (site) sites.push(site);
  }
  return sites;
}

function siteOf(node: Node, value: Value, flow: SignalFlow): ActivationSite | null {
  switch (node.op) {
    case 'Relu':
      return { kind: 'rectifier', value, result: value, operator: 'ReLU', low: 0, high: Infinity };
    case 'Sigmoid':
      return gatedOr(node, value, flow, { gated: 'SiLU', operator: 'sigmoid', low: 0, high: 1 });
    case 'Tanh':
      return gatedOr(node, value, flow, { gated: 'GELU', operator: 'tanh', low: -1, high: 1 });
    case 'Erf':
      return gatedOr(node, value, flow, { gated: 'GELU', operator: 'erf', low: -1, high: 1 });
    case 'Softmax':
      return isAttention(value, flow)
        ? { kind: 'attention', value, result: value, operator: 'attention', scores: node.inputs[0] }
        : null;
    case 'Where':
    case 'Max':
    case 'Min':
      return clippedSite(node, value, flow);
    default:
      return null;
  }
}

interface Bounded {
  gated: string;
  operator: string;
  low: number;
  high: number;
}

function gatedOr(node: Node, value: Value, flow: SignalFlow, { gated, operator, low, high }: Bounded): ActivationSite {
  const product = gatedProduct(node, value, flow);
  return product
    ? { kind: 'gated', value, result: product, operator: gated, low, high }
    : { kind: 'bounded', value, result: value, operator, low, high };
}

/** The product of a share with the argument it was computed from; null for any other use of the share. */
function gatedProduct(node: Node, share: Value, { readers }: SignalFlow): Value | null {
  const read = argumentsOf(node.inputs[0]);
  let value = share;
  for (let step = 0; step < FOLLOWED; step++) {
    const all = readers.get(value) ?? [];
    const [reader] = all;
    if (all.length !== 1 || !reader || !isElementwise(reader)) return null;
    const others = reader.inputs.filter((input) => input !== value && splatOf(input) === null);
    if (others.length > 1) return null;
    if (others.length === 1) {
      if (reader.op !== 'Mul') return null;
      return [...argumentsOf(others[0])].some((each) => read.has(each)) ? reader.outputs[0] : null;
    }
    [value] = reader.outputs;
  }
  return null;
}

/** Clip and its kin: a constant on one side or on both. */
function clippedSite(node: Node, value: Value, flow: SignalFlow): ActivationSite | null {
  // Only the outermost of two nested limits is an activation.
  const readers = flow.readers.get(value) ?? [];
  if (readers.some((reader) => reader && reader.outputs[0] !== value && limitOf(reader, value) !== null)) return null;
  const outer = limitOf(node);
  if (!outer) return null;
  const inner = outer.rest.node && limitOf(outer.rest.node);
  const bounds = [outer, ...(inner ? [inner] : [])];
  const low = bounds.find(({ side }) => side === 'low')?.limit;
  const high = bounds.find(({ side }) => side === 'high')?.limit;
  if (low === 0) {
    if (high === undefined || high > 1) {
      const operator = high === undefined ? 'ReLU' : `ReLU up to ${high}`;
      return { kind: 'rectifier', value, result: value, operator, low, high: high ?? Infinity };
    }
  }
  if (low === undefined || high === undefined) return null;
  const gate = multipliesItsArgument(value, flow);
  return gate ? null : { kind: 'bounded', value, result: value, operator: 'clipped', low, high };
}

interface Limit {
  side: 'low' | 'high';
  limit: number;
  rest: Value;
}

/** What a node limits, and to what: Where(x < 0, 0, x), Max(x, 0). */
function limitOf({ op, inputs, outputs: [{ shape }] }: Node, of?: Value): Limit | null {
  const same = (value: Value) => String(value.shape) === String(shape);
  if (op === 'Max' || op === 'Min') {
    const at = inputs.findIndex((input) => splatOf(input) !== null);
    const rest = inputs[1 - at];
    if (at < 0 || !same(rest) || (of && rest !== of)) return null;
    return { side: op === 'Max' ? 'low' : 'high', limit: splatOf(inputs[at])!, rest };
  }
  if (op !== 'Where') return null;
  const [condition, a, b] = inputs;
  const [limit, rest] = splatOf(a) !== null ? [splatOf(a), b] : [splatOf(b), a];
  const test = condition.node;
  if (limit === null || !test || !same(rest) || (of && rest !== of)) return null;
  const [left, right] = test.inputs;
  if (left !== rest || splatOf(right) !== limit) return null;
  const takesLimit = splatOf(a) !== null;
  const below = test.op === 'Less' || test.op === 'LessOrEqual';
  const above = test.op === 'Greater' || test.op === 'GreaterOrEqual';
  if (!below && !above) return null;
  return { side: below === takesLimit ? 'low' : 'high', limit, rest };
}

/** Whether a share multiplies a value that it was computed from, as in HardSwish. */
function multipliesItsArgument(share: Value, { readers }: SignalFlow): boolean {
  const from = argumentsOf(share);
  return (readers.get(share) ?? []).some(
    (reader) => reader?.op === 'Mul' && reader.inputs.some((input) => input !== share && from.has(input)),
  );
}

/** A value and what it was computed from, element by element. */
function argumentsOf(value: Value): Set<Value> {
  const found = new Set<Value>([value]);
  const open = [value];
  while (open.length > 0 && found.size < LARGEST_FORMULA) {
    const { node } = open.shift()!;
    if (!node || !isElementwise(node)) continue;
    for (const input of node.inputs) {
      if (found.has(input) || splatOf(input) !== null) continue;
      found.add(input);
      open.push(input);
    }
  }
  return found;
}

/** Whether shares weigh values of the data, directly or after a mask. */
function isAttention(shares: Value, { readers, fromData }: SignalFlow): boolean {
  const open = [shares];
  for (let step = 0; step < FOLLOWED && open.length > 0; step++) {
    for (const reader of readers.get(open.shift()!) ?? []) {
      if (reader?.op === 'MatMul' && reader.inputs.every((input) => fromData(input))) return true;
      if (reader && (isElementwise(reader) || reader.op === 'Reshape' || reader.op === 'Transpose')) {
        open.push(reader.outputs[0]);
      }
    }
  }
  return false;
}

/** Nodes that only shape the prediction, element by element or by moving elements: an output's own sigmoid or softmax. */
function shapingOf(prediction: Value, { carries }: SignalFlow): ReadonlySet<Node> {
  const found = new Set<Node>();
  const moves = new Set<Op>(['Reshape', 'Transpose', 'Slice', 'Softmax', 'LogSoftmax']);
  for (let value = prediction; ;) {
    const { node } = value;
    const sources = node?.inputs.filter((input) => carries(input)) ?? [];
    if (!node || sources.length !== 1 || !(isElementwise(node) || moves.has(node.op))) return found;
    found.add(node);
    [value] = sources;
  }
}
