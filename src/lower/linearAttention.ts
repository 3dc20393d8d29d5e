import type { GraphBuilder } from '../graph/builder';
import type { Value } from '../graph/graph';
import type { LowerContext, LoweringTable } from './context';

export const linearAttentionLowerings: LoweringTable = { LinearAttention: linearAttention };

/** Largest number of unrolled steps; the state of each depends on the previous one. */
const STEP_LIMIT = 1024;

/**
 * Attention without a softmax. Each head has a state S [keys, values] that is read and written step by step:
 *   S ← eᵍ·S (gated), then S ← S + k·vᵀ, or S ← S + β·k·(v − Sᵀk)ᵀ (delta);  o = scale·Sᵀq.
 * query [batch, steps, heads·keys], key [batch, steps, kvHeads·keys], value [batch, steps, kvHeads·values]; several
 * query heads may read one state.
 * @see Yang, Kautz & Hatamizadeh 2024, Gated Delta Networks, arXiv:2412.06464
 */
function linearAttention(c: LowerContext): Value[] {
  const { g } = c;
  const [heads, states] = [c.int('q_num_heads'), c.int('kv_num_heads')];
  const rule = c.string('update_rule', 'gated_delta');
  const [batch, steps] = c.x.shape;
  if (steps > STEP_LIMIT) c.fail(`LinearAttention over ${steps} steps; up to ${STEP_LIMIT} are supported.`);
  // [batch, heads, steps, features]
  const split = (i: number, count: number) => {
    const x = c.input(i);
    return g.transpose(g.reshape(x, [batch, steps, count, x.shape[2] / count]), [0, 2, 1, 3]);
  };
  const [query, key, value] = [split(0, heads), split(1, states), split(2, states)];
  const [keys, values] = [key.shape[3], value.shape[3]];
  const decay = rule.startsWith('gated') ? g.exp(split(4, states)) : null;
  const beta = rule.endsWith('delta') ? split(5, c.input(5).shape[2]) : null;
  const scale = c.float('scale', 0) || 1 / Math.sqrt(keys);
  const shape = [batch, states, keys, values];
  let state = c.has(3) ? c.input(3) : g.expand(g.like(c.x, 0), shape);
  const outputs: Value[] = [];
  for (let t = 0; t < steps; t++) {
    const column = (x: Value) => g.swapLast(g.sliceAxis(x, 2, t, t + 1));
    const [k, v] = [column(key), g.sliceAxis(value, 2, t, t + 1)];
    if (decay) state = g.mul(state, column(decay));
    const news = beta ? g.mul(g.sub(v, g.matmul(g.swapLast(k), state)), column(beta)) : v;
    state = g.add(state, g.mul(k, news));
    outputs.push(g.matmul(g.sliceAxis(query, 2, t, t + 1), repeatHeads(g, state, heads / states)));
  }
  const joined = g.transpose(g.concat(outputs, 2), [0, 2, 1, 3]);
  return [g.scale(g.reshape(joined, [batch, steps, heads * values]), scale), state];
}

/** Each state `count` times in a row: [batch, states, …] → [batch, states·count, …]. */
function repeatHeads(g: GraphBuilder, state: Value, count: number): Value {
  const [batch, states, ...rest] = state.shape;
  const repeated = g.expand(g.unsqueeze(state, [2]), [batch, states, count, ...rest]);
  return g.reshape(repeated, [batch, states * count, ...rest]);
}
