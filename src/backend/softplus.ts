import type { Expansion } from './form';

/**
 * max(x, 0) + log(1 + e^−|x|), for float64. The runtime evaluates log(1 + eˣ) literally, which is ∞ beyond x = 709;
 * its float32 kernel is correct.
 */
export const softplus: Expansion<'Softplus'> = (g, [x]) => {
  if (x.dtype !== 'float64') return null;
  const rest = g.log(g.shift(g.exp(g.neg(g.unary('Abs', x))), 1));
  return g.add(g.unary('Relu', x), rest);
};
