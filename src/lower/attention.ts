import type { GraphBuilder } from '../graph/builder';
import type { Value } from '../graph/graph';
import { constantOf } from '../graph/graph';
import { sizeOf, tensor } from '../graph/tensor';
import type { LowerContext, LoweringTable } from './context';
import { counted, upTo } from '../graph/limits';

/** Lowest finite float32. Such a score has no share in a Softmax, and unlike −∞ it causes no NaN if a whole row has it. */
const LOWEST = -3.4028234663852886e38;

export const attentionLowerings: LoweringTable = { Attention: attention };

export interface Scores {
  /** [B,H,S,D] */
  query: Value;
  /** [B,H,T,D] */
  key: Value;
  scale: number;
  /** Bounds scores to (−softcap, softcap); 0 means no bound. */
  softcap?: number;
  /** Where a query may look, boolean, broadcasting to [B,H,S,T]. */
  allowed?: Value | null;
  /** Added to the scores, broadcasting to [B,H,S,T]; −∞ hides a key from a query. */
  bias?: Value | null;
}

export interface Attended {
  /** softmax(…), [B,H,S,T]; zero in rows that may look nowhere. */
  weights: Value;
  /** scale·Q·Kᵀ */
  raw: Value;
  /** … bent by the softcap. */
  capped: Value;
  /** … with masks and bias. */
  masked: Value;
}

/** softmax(softcap(scale·Q·Kᵀ) + bias), where allowed. */
export function attentionWeights(g: GraphBuilder, scores: Scores): Attended {
  const { query, key, scale, softcap = 0, allowed, bias } = scores;
  const raw = g.matmul(g.scale(query, scale), g.swapLast(key));
  const capped = softcap > 0 ? g.scale(g.tanh(g.scale(raw, 1 / softcap)), softcap) : raw;
  const lowest = g.like(raw, LOWEST);
  const biased = bias ? g.add(capped, g.max(bias, lowest)) : capped;
  const masked = allowed ? g.where(allowed, biased, lowest) : biased;
  const share = g.apply('Softmax', [masked], { axis: 3 });
  if (!mayBeBlind(allowed) && !mayBeBlind(bias)) return { weights: share, raw, capped, masked };
  const best = g.apply('ReduceMax', [masked], { axes: [3], keepdims: true });
  const sees = g.greater(best, g.like(best, LOWEST / 2));
  return { weights: g.where(sees, share, g.like(share, 0)), raw, capped, masked };
}

/** Whether a mask may hide every key from a query; a constant mask decides it. */
function mayBeBlind(mask: Value | null | undefined): boolean {
  if (!mask) return false;
  const constant = constantOf(mask);
  if (!constant) return true;
  const { data, shape } = constant;
  const row = shape[shape.length - 1] ?? 1;
  for (let start = 0; start < data.length; start += row) {
    let sees = false;
    for (let i = start; i < start + row; i++)
      sees ||= mask.dtype === 'bool' ? data[i] !== 0 : Number(data[i]) > LOWEST / 2;
    if (!sees) return true;
  }
  return false;
}

/** [B,S,H·D] → [B,H,S,D] */
export function splitHeads(g: GraphBuilder, x: Value, heads: number): Value {
  const [batch, steps, width] = x.shape;
  return g.transpose(g.reshape(x, [batch, steps, heads, width / heads]), [0, 2, 1, 3]);
}

/** [B,H,S,D] → [B,S,H·D] */
export function joinHeads(g: GraphBuilder, x: Value): Value {
  const [batch, heads, steps, features] = x.shape;
  return g.reshape(g.transpose(x, [0, 2, 1, 3]), [batch, steps, heads * features]);
}

/** Each head of keys or values serves as many heads of queries: [B,H,T,D] → [B,heads,T,D], h₀ h₀ … h₁ h₁ … */
export function repeatHeads(g: GraphBuilder, x: Value, heads: number): Value {
  const [batch, own, steps, features] = x.shape;
  if (own === heads) return x;
  const repeated = g.expand(g.unsqueeze(x, [2]), [batch, own, heads / own, steps, features]);
  return g.reshape(repeated, [batch, heads, steps, features]);
}

/**
 * The keys j that query i may see, with query 0 at key `offset`: left ≤ j − (i + offset) ≤ right.
 * @returns constant, [steps, keys]
 */
export function band(
  g: GraphBuilder,
  [steps, keys]: readonly [number, number],
  offset: number,
  { left = -Infinity, right = Infinity }: { left?: number; right?: number },
): Value {
  const seen = counted(steps * keys, (n) => {
    const distance = (n % keys) - (Math.floor(n / keys) + offset);
    return distance >= left && distance <= right ? 1 : 0;
  });
  return g.constant(tensor('bool', [steps, keys], seen));
}

/** 0, 1, … along the last axis of [1,1,1,n]. */
export const places = (g: GraphBuilder, n: number): Value => g.indices(upTo(n), [1, 1, 1, n]);

const both = (g: GraphBuilder, a: Value | null, b: Value | null): Value | null =>
  a && b ? g.binary('And', a, b) : (a ?? b);

/** ONNX's Attention: Q, K, V, mask, past key, past value, valid keys. */
function attention(c: LowerContext): Value[] {
  const { g, x } = c;
  const flat = x.shape.length === 3;
  const heads = flat ? c.int('q_num_heads') : x.shape[1];
  const own = (i: number) => (flat ? splitHeads(g, c.input(i), c.int('kv_num_heads')) : c.input(i));
  const query = flat ? splitHeads(g, x, heads) : x;
  const withPast = (i: number, past: number) => (c.has(past) ? g.concat([c.input(past), own(i)], 2) : own(i));
  const [key, value] = [withPast(1, 4), withPast(2, 5)];
  const [steps, keys] = [query.shape[2], key.shape[2]];
  const { allowed, bias } = masks(c, steps, keys, c.has(4) ? c.input(4).shape[2] : 0);
  const result = attentionWeights(g, {
    query,
    key: repeatHeads(g, key, heads),
    scale: c.node.attributes.scale ? c.float('scale') : 1 / Math.sqrt(query.shape[3]),
    softcap: c.float('softcap', 0),
    allowed,
    bias,
  });
  const y = g.matmul(result.weights, repeatHeads(g, value, heads));
  const shown = [result.raw, result.capped, result.masked, result.weights][c.int('qk_matmul_output_mode', 0)];
  return [flat ? joinHeads(g, y) : y, key, value, shown];
}

function masks(
  c: LowerContext,
  steps: number,
  keys: number,
  past: number,
): { allowed: Value | null; bias: Value | null } {
  const { g } = c;
  // Integer masks are added like floats; only boolean masks select keys.
  const mask = c.has(3) ? (c.input(3).dtype === 'bool' ? c.input(3) : g.cast(c.input(3), c.x.dtype)) : null;
  const given = mask && padMask(g, mask, keys);
  const boolean = given?.dtype === 'bool';
  const valid = c.has(6) ? g.reshape(g.cast(c.input(6), 'int64'), [sizeOf(c.input(6).shape), 1, 1, 1]) : null;
  const causal = c.int('is_causal', 0) === 1;
  // −1, the default, is no window.
  const side = (name: string) => (c.int(name, -1) < 0 ? undefined : c.int(name, -1));
  const left = side('left_window_size');
  const window = { left: left === undefined ? undefined : -left, right: causal ? 0 : side('right_window_size') };
  const limited = window.left !== undefined || window.right !== undefined;
  let near: Value | null = null;
  if (limited && valid && !c.has(4)) {
    // The queries are the last of the valid keys, whose number is data: j − i ≤ valid − steps.
    const offset = g.sub(valid, g.like(valid, steps));
    const rows = g.indices(upTo(steps), [1, 1, steps, 1]);
    const distance = g.sub(places(g, keys), g.add(rows, offset));
    const above =
      window.left === undefined ? null : g.binary('GreaterOrEqual', distance, g.like(distance, window.left));
    const below = window.right === undefined ? null : g.binary('LessOrEqual', distance, g.like(distance, window.right));
    near = both(g, above, below);
  } else if (limited) {
    near = band(g, [steps, keys], past, window);
  }
  const inside = valid && g.less(places(g, keys), valid);
  return { allowed: both(g, boolean ? given : null, both(g, near, inside)), bias: boolean ? null : given };
}

/** A mask may end early. Keys beyond it are hidden. */
function padMask(g: GraphBuilder, mask: Value, keys: number): Value {
  const missing = keys - mask.shape[mask.shape.length - 1];
  if (missing <= 0) return mask;
  const none = mask.shape.map(() => 0);
  const after = [...none.slice(1), missing];
  if (mask.dtype !== 'bool') return g.pad(mask, none, after, LOWEST);
  return g.cast(g.pad(g.cast(mask, 'int32'), none, after), 'bool');
}
