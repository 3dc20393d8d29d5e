import type { Value } from '../graph/graph';
import { constantOf } from '../graph/graph';
import { numbers } from '../graph/tensor';
import { attentionWeights, band, joinHeads, places, repeatHeads, splitHeads } from './attention';
import type { LoweringTable } from './context';
import { LowerContext } from './context';
import { rotaryLowerings } from './rotary';
import type { SourceNode } from '../graph/source';
import { upTo } from '../graph/limits';

/** The attention operators of `com.microsoft`. */
export const contribAttentionLowerings: LoweringTable = {
  Attention: packedAttention,
  MultiHeadAttention: multiHeadAttention,
  GroupQueryAttention: groupQueryAttention,
  RotaryEmbedding: rotaryEmbedding,
};

/** Default addend to the score of a hidden key. */
const MASKED = -10000;

interface Heads {
  /** [B,H,S,D], [B,H,T,D], [B,H,T,Dv] */
  query: Value;
  key: Value;
  value: Value;
}

/** Inputs x [B,S,I], weights [I,Q+K+V], bias, mask, past [2,B,H,P,D], bias of the scores. */
function packedAttention(c: LowerContext): Value[] {
  const { g, x } = c;
  const heads = c.int('num_heads');
  const [batch, steps] = x.shape;
  const width = c.input(1).shape[1];
  const sizes = c.ints('qkv_hidden_sizes', [width / 3, width / 3, width / 3]);
  const product = g.matmul(x, c.input(1));
  const all = c.has(2) ? g.add(product, c.input(2)) : product;
  let start = 0;
  const parts = sizes.map((size) => splitHeads(g, g.sliceAxis(all, 2, start, (start += size)), heads));
  const [query, key, value] = c.int('do_rotary', 0) ? c.fail('Attention with built-in rotary positions.') : parts;
  const past = c.has(4) ? c.input(4) : null;
  const cached = (part: Value, i: number) =>
    past ? g.concat([g.squeeze(g.sliceAxis(past, 0, i, i + 1), [0]), part], 2) : part;
  const present = { query, key: cached(key, 0), value: cached(value, 1) };
  const y = scaledProduct(c, present, { mask: 3, bias: 5 });
  const sameSize = sizes[1] === sizes[2];
  const cache = sameSize ? g.concat([g.unsqueeze(present.key, [0]), g.unsqueeze(present.value, [0])], 0) : null;
  return [g.reshape(joinHeads(g, y), [batch, steps, sizes[2]]), ...(cache ? [cache] : [])];
}

/** Inputs query, key, value, bias, key mask, bias of the scores, past key, past value. */
function multiHeadAttention(c: LowerContext): Value[] {
  const { g } = c;
  const { query, key, value } = projected(c);
  const cached = (part: Value, i: number) => (c.has(i) ? g.concat([c.input(i), part], 2) : part);
  const present = { query, key: cached(key, 6), value: cached(value, 7) };
  return [joinHeads(g, scaledProduct(c, present, { mask: 4, bias: 5 })), present.key, present.value];
}

/** Queries, keys and values by heads; apart, or packed as [B,S,H,3,D] or as [B,S,H·D] and [B,T,H,2,D]. */
function projected(c: LowerContext): Heads {
  const { g, x } = c;
  const heads = c.int('num_heads');
  const bias = c.has(3) ? c.input(3) : null;
  const entry = (packed: Value, i: number) => {
    const [batch, steps, , , features] = packed.shape;
    return g.reshape(g.sliceAxis(packed, 3, i, i + 1), [batch, steps, heads * features]);
  };
  const rows = !c.has(1)
    ? [0, 1, 2].map((i) => entry(x, i))
    : c.input(1).shape.length === 5
      ? [x, entry(c.input(1), 0), entry(c.input(1), 1)]
      : [x, c.input(1), c.input(2)];
  let start = 0;
  const [query, key, value] = rows.map((row) => {
    // Keys of another layer are already split into heads and include their bias.
    if (row.shape.length === 4) return row;
    const width = row.shape[2];
    const own = bias && g.sliceAxis(bias, 0, start, start + width);
    start += width;
    return splitHeads(g, own ? g.add(row, own) : row, heads);
  });
  return { query, key, value };
}

/** softmax(scale·Q·Kᵀ + masks)·V, [B,H,S,Dv] */
function scaledProduct(c: LowerContext, { query, key, value }: Heads, at: { mask: number; bias: number }): Value {
  const { g } = c;
  const [steps, keys] = [query.shape[2], key.shape[2]];
  const hidden = c.has(at.mask) ? keyMask(c, c.input(at.mask), query.shape, keys) : null;
  const given = c.has(at.bias) ? c.input(at.bias) : null;
  const filter = c.node.attributes.mask_filter_value ? c.float('mask_filter_value') : MASKED;
  const masked = hidden && g.scale(g.cast(hidden, query.dtype), filter);
  const { weights } = attentionWeights(g, {
    query,
    key,
    scale: scaleOf(c, query),
    bias: masked && given ? g.add(given, masked) : (masked ?? given),
    allowed: c.int('unidirectional', 0) === 1 ? band(g, [steps, keys], keys - steps, { right: 0 }) : null,
  });
  return g.matmul(weights, value);
}

/** 1/√D, unless the node names a factor other than 0. */
function scaleOf(c: LowerContext, query: Value): number {
  const scale = c.node.attributes.scale ? c.float('scale') : 0;
  return scale === 0 ? 1 / Math.sqrt(query.shape[3]) : scale;
}

/**
 * The hidden keys, boolean, broadcasting to [B,H,S,T]. A mask has the form of lengths [B], of ends and starts [2B], of
 * lengths with cumulative positions [3B+2], or of zeros (hidden) and ones for each key [B,T] or each pair [B,S,T].
 */
function keyMask(c: LowerContext, mask: Value, [batch]: readonly number[], keys: number): Value {
  const { g } = c;
  const ids = g.cast(mask, 'int64');
  const zero = g.like(ids, 0);
  if (mask.shape.length === 1) {
    const [length] = mask.shape;
    const entry = (i: number) => g.reshape(g.sliceAxis(ids, 0, i * batch, (i + 1) * batch), [batch, 1, 1, 1]);
    const past = g.binary('GreaterOrEqual', places(g, keys), entry(0));
    return length === 2 * batch ? g.binary('Or', past, g.less(places(g, keys), entry(1))) : past;
  }
  const hidden = g.binary('LessOrEqual', ids, zero);
  if (mask.shape.length === 2) return g.reshape(hidden, [batch, 1, 1, keys]);
  if (mask.shape.length === 3) return g.unsqueeze(hidden, [1]);
  return c.fail(`${c.node.op} with a mask [${mask.shape.join(', ')}].`);
}

/**
 * Inputs query [B,S,H·D] (or all three side by side), key, value, past key, past value, valid keys − 1, longest
 * sequence, cosines, sines. Supports the export for a whole prompt, without past keys.
 */
function groupQueryAttention(c: LowerContext): Value[] {
  const { g, x } = c;
  const [heads, shared] = [c.int('num_heads'), c.int('kv_num_heads')];
  const [batch, steps] = x.shape;
  if (c.has(3) && c.input(3).shape[2] !== 0) c.fail(`${c.node.op} with keys from before.`, 'Export the prompt model.');
  const features = c.has(1) ? x.shape[2] / heads : x.shape[2] / (heads + 2 * shared);
  const [q, k] = [heads * features, shared * features];
  const rows = c.has(1)
    ? [x, c.input(1), c.input(2)]
    : [g.sliceAxis(x, 2, 0, q), g.sliceAxis(x, 2, q, q + k), g.sliceAxis(x, 2, q + k, q + 2 * k)];
  const rotary = c.int('do_rotary', 0) === 1;
  const turn = (row: Value, own: number) => {
    const byHead = splitHeads(g, row, own);
    if (!rotary) return byHead;
    const positions = g.expand(g.indices(upTo(steps), [1, steps]), [batch, steps]);
    return turned(c, byHead, c.input(7), c.input(8), positions, c.int('rotary_interleaved', 0));
  };
  const [query, key, value] = [turn(rows[0], heads), turn(rows[1], shared), splitHeads(g, rows[2], shared)];
  const window = c.int('local_window_size', -1);
  const lengths = constantOf(c.input(5));
  const allValid = lengths !== null && numbers(lengths).every((n) => n + 1 >= steps);
  const valid = allValid ? null : g.reshape(g.shift(g.cast(c.input(5), 'int64'), 1), [batch, 1, 1, 1]);
  const near = band(g, [steps, steps], 0, { right: 0, ...(window > 0 ? { left: 1 - window } : {}) });
  const { weights } = attentionWeights(g, {
    query,
    key: repeatHeads(g, key, heads),
    scale: scaleOf(c, query),
    softcap: c.float('softcap', 0),
    allowed: valid ? g.binary('And', near, g.less(places(g, steps), valid)) : near,
  });
  return [joinHeads(g, g.matmul(weights, repeatHeads(g, value, heads))), key, value];
}

/** Inputs x [B,H,S,D] or [B,S,H·D], positions [B,S] or the first one [1], cosines, sines. */
function rotaryEmbedding(c: LowerContext): Value {
  const { g, x } = c;
  if (x.shape.length !== 3 && x.shape.length !== 4) c.fail(`RotaryEmbedding of [${x.shape.join(', ')}].`);
  const flat = x.shape.length === 3;
  const [batch, steps] = flat ? x.shape : [x.shape[0], x.shape[2]];
  const cosines = c.input(2);
  const heads = flat ? headCount(c, x.shape[2], cosines.shape[1]) : x.shape[1];
  const given = g.cast(c.input(1), 'int64');
  const positions = given.shape.length === 1 ? g.add(given, g.indices(upTo(steps), [1, steps])) : given;
  const byHead = flat ? splitHeads(g, x, heads) : x;
  const ids = g.expand(positions, [batch, steps]);
  const y = turned(c, byHead, cosines, c.input(3), ids, c.int('interleaved', 0));
  return flat ? joinHeads(g, y) : y;
}

/** Without a number of heads each has as many features as the cosines have pairs. */
function headCount(c: LowerContext, width: number, pairs: number): number {
  return c.int('num_heads', 0) || width / (2 * pairs);
}

/** The standard's RotaryEmbedding of x [B,H,S,D] at positions [B,S]. */
function turned(c: LowerContext, x: Value, cosines: Value, sines: Value, positions: Value, interleaved: number): Value {
  const { rotary_embedding_dim: partial } = c.node.attributes;
  const attributes: SourceNode['attributes'] = {
    interleaved: { kind: 'int', value: interleaved },
    ...(partial ? { rotary_embedding_dim: partial } : {}),
  };
  const context = new LowerContext(c.g, { ...c.node, attributes }, [x, cosines, sines, positions], c.opset);
  return rotaryLowerings.RotaryEmbedding(context) as Value;
}
