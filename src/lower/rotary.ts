import type { Value } from '../graph/graph';
import type { LowerContext, LoweringTable } from './context';

export const rotaryLowerings: LoweringTable = { RotaryEmbedding: rotaryEmbedding };

/**
 * Rotates pairs (a, b) of the first `rotary_embedding_dim` features by the angle of their position:
 * (a·cos − b·sin, a·sin + b·cos). Pairs are neighbours (interleaved) or half the features apart.
 * x [batch, heads, steps, features] or [batch, steps, heads·features]; caches [positions, pairs], or
 * [batch, steps, pairs] where no position ids are given.
 */
function rotaryEmbedding(c: LowerContext): Value {
  const { g, x } = c;
  const flat = x.shape.length === 3;
  const heads = c.int('num_heads', 0);
  const [batch, steps] = flat ? x.shape : [x.shape[0], x.shape[2]];
  // [batch, steps, heads, features]
  const rows = flat ? g.reshape(x, [batch, steps, heads, x.shape[2] / heads]) : g.transpose(x, [0, 2, 1, 3]);
  const features = rows.shape[3];
  const turned = c.int('rotary_embedding_dim', 0) || features;
  const angle = (i: number) => {
    const cache = c.has(3) ? g.gather(c.input(i), g.cast(c.input(3), 'int64'), 0) : c.input(i);
    return g.unsqueeze(g.sliceAxis(cache, cache.shape.length - 1, 0, turned / 2), [2]);
  };
  const [cos, sin] = [angle(1), angle(2)];
  const interleaved = c.int('interleaved', 0) === 1;
  const part = (i: number) =>
    interleaved ? g.sliceAxis(rows, 3, i, turned, 2) : g.sliceAxis(rows, 3, (i * turned) / 2, ((i + 1) * turned) / 2);
  const [a, b] = [part(0), part(1)];
  const real = g.sub(g.mul(a, cos), g.mul(b, sin));
  const imaginary = g.add(g.mul(a, sin), g.mul(b, cos));
  const joined = interleaved
    ? g.reshape(g.concat([g.unsqueeze(real, [4]), g.unsqueeze(imaginary, [4])], 4), [
        batch,
        steps,
        rows.shape[2],
        turned,
      ])
    : g.concat([real, imaginary], 3);
  const whole = turned < features ? g.concat([joined, g.sliceAxis(rows, 3, turned, features)], 3) : joined;
  return flat ? g.reshape(whole, x.shape) : g.transpose(whole, [0, 2, 1, 3]);
}
