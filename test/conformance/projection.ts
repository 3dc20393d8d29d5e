import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { GraphBuilder } from '../../src/graph/builder';
import type { Value } from '../../src/graph/graph';
import { sizeOf, tensor } from '../../src/graph/tensor';

/** A seeded stream of standard normal numbers. */
export function gaussians(seed: number): (count: number) => Float64Array {
  const generator = xoroshiro128plus(seed);
  const uniform = () => ((generator.next() >>> 0) + 0.5) / 2 ** 32;
  const next = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  return (count) => Float64Array.from({ length: count }, next);
}

/**
 * L = Σ w·(z + z²/2), z = y/scale, summed over all elements of all outputs. The loss is smooth and curved in every
 * output, so that even the Hessian of a linear operator is not zero.
 * Elements that are not finite at the point of the test are left out, since no difference can be taken there.
 * @param at the outputs at the point of the test
 */
export function projectionLoss(
  g: GraphBuilder,
  outputs: readonly Value[],
  at: readonly ArrayLike<number>[],
): { loss: Value; leftOut: number } {
  const draw = gaussians(20261122);
  let loss = g.scalar('float64', 0);
  let leftOut = 0;
  for (const [i, output] of outputs.entries()) {
    const count = sizeOf(output.shape);
    if (count === 0) continue;
    const values = Array.from(at[i]);
    const finite = values.map((value) => (Number.isFinite(value) ? 1 : 0));
    const scale = Math.max(1, ...values.filter(Number.isFinite).map(Math.abs));
    leftOut += finite.filter((flag) => flag === 0).length;
    const y = g.scale(g.cast(output, 'float64'), 1 / scale);
    const kept = finite.includes(0) ? g.where(g.constant(tensor('bool', output.shape, finite)), y, g.like(y, 0)) : y;
    const w = g.constant(tensor('float64', output.shape, draw(count)));
    loss = g.add(loss, g.sum(g.mul(w, g.add(kept, g.scale(g.square(kept), 0.5)))));
  }
  return { loss, leftOut };
}
