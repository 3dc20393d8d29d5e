import { gaussianVector, random } from '../numerics/random';
import { axpy, dot, norm, scaled } from '../numerics/vectors';
import type { Objective } from '../objective/objective';
import type { Check } from '../report/curvature';
import { curvatureOf, sampleAround, slopeBetweenKinks, slopeOf } from './finiteDifferences';
import type { Difference } from './finiteDifferences';

export interface VerifyOptions {
  seed?: number;
  /**
   * Operators with kinks on the way to the loss (Relu, MaxPool, …). The Hessian is that of the smooth pieces, as in
   * every framework, while second differences also see the slope jump at the kinks between two points: where there are
   * any, the two are not the same number and are not compared.
   */
  kinks?: readonly string[];
  signal?: AbortSignal;
  onCheck?: (done: number, total: number, name: string) => void;
}

/** The gradient's own direction, where its size shows best, and random ones, where no entry can hide. */
const DIRECTIONS = 3;
/**
 * Relative disagreement of two float32 computations that is nobody's fault: a hundred roundings of 2⁻²⁴, because sums
 * over batch and layers round many times and in different order.
 */
const ROUNDING = 100 * 2 ** -24;
/** A finite difference may be off by this many of its own estimated errors. */
const TRUST = 5;

/**
 * Self-checks of the derivatives on this model, data and device. Each compares two ways to one number and states how far
 * they disagree, and how far rounding and differencing alone could take them apart:
 *   gradient    central differences of L along d = gᵀd
 *   curvature   second differences of L along d = dᵀHd
 *   symmetry    uᵀHv = vᵀHu, and uᵀGv = vᵀGu, which is also what an adjoint must obey
 *   linearity   H(u + v) = Hu + Hv, single products against a block
 *   sign        dᵀGd ≥ 0
 *   repetition  the same gradient twice
 *   centre      the line's in-graph loss at α = 0 is the loss
 * Cost: two gradients, seven products, about 70 losses.
 */
export async function verifyObjective(objective: Objective, options: VerifyOptions = {}): Promise<Check[]> {
  const { seed = 0, kinks = [], signal, onCheck } = options;
  const smooth = kinks.length === 0;
  const total = DIRECTIONS * (smooth ? 2 : 1) + 6;
  const checks: Check[] = [];
  const add = (name: string, value: number, limit: number, detail: string) => {
    // NaN disagrees with everything, and must not pass.
    checks.push({ name, value, limit, passed: value <= limit, detail });
    onCheck?.(checks.length, total, name);
  };

  const gradient = await objective.gradient(signal);
  const directions = Array.from({ length: DIRECTIONS }, (_, i) =>
    i === 0 ? alongGradient(objective, gradient, seed) : randomly(objective, seed, i),
  );
  const [u, v] = [directions[0]!, directions[1]!];
  const hessian = await objective.hvp(directions, signal);
  const gauss = await objective.ggnvp(directions, signal);

  for (const [i, d] of directions.entries()) {
    const curve = await sampleAround(objective, d, { kinks: !smooth, signal });
    const slope = smooth ? slopeOf(curve) : slopeBetweenKinks(curve);
    const along = dot(gradient, d);
    const [off, limit, detail] = compare(slope, along, ROUNDING * norm(gradient) * norm(d), 'gᵀd');
    const leftOut = `; dᵀHd is not compared with second differences, which see the kinks of ${kinks.join(', ')}`;
    add(`gradient, direction ${i + 1}`, off, limit, smooth || i > 0 ? detail : detail + leftOut);
    if (!smooth) continue;
    const rounding = ROUNDING * norm(hessian[i]!) * norm(d);
    add(`curvature, direction ${i + 1}`, ...compare(curvatureOf(curve), dot(d, hessian[i]!), rounding, 'dᵀHd'));
  }
  add('Hessian symmetry', ...symmetry(u, v, hessian));
  add('Gauss-Newton symmetry', ...symmetry(u, v, gauss));

  const lowest = Math.min(...directions.map((d, i) => dot(d, gauss[i]!)));
  const largest = Math.max(...directions.map((d, i) => norm(d) * norm(gauss[i]!)));
  add('Gauss-Newton sign', Math.max(0, -lowest), ROUNDING * largest, `smallest dᵀGd: ${short(lowest)}`);

  const sum = Float32Array.from(u);
  axpy(1, v, sum);
  const [ofSum] = await objective.hvp([sum], signal);
  const remainder = Float32Array.from(ofSum!);
  axpy(-1, hessian[0]!, remainder);
  axpy(-1, hessian[1]!, remainder);
  const size = norm(hessian[0]!) + norm(hessian[1]!);
  add('Hessian linearity', norm(remainder), ROUNDING * size, `H(u + v) against Hu + Hv, of size ${short(size)}`);

  const again = await objective.gradient(signal);
  axpy(-1, gradient, again);
  const repeated = norm(gradient);
  add('repetition', norm(again), ROUNDING * repeated, `the gradient twice, of size ${short(repeated)}`);

  const { loss } = await objective.value(signal);
  const [centre] = await objective.plane(u, null, [{ alpha: 0, beta: 0 }], { signal });
  const off = Math.abs(centre!.loss - loss);
  // Rounding in the weights acts through the gradient, rounding in the sums on the loss itself.
  const limit = ROUNDING * (Math.abs(loss) + norm(gradient) * norm(objective.theta));
  add('centre of a line', off, limit, `${short(centre!.loss)} in the graph, loss ${short(loss)}`);
  return checks;
}

/** The gradient's direction, a tenth as long as θ because the loss bends most along it; a random one where it is zero. */
function alongGradient(objective: Objective, gradient: Float32Array, seed: number): Float32Array {
  const length = norm(gradient);
  return length > 0 ? scaled((0.1 * norm(objective.theta) || 1) / length, gradient) : randomly(objective, seed, 0);
}

/**
 * A random direction with, in each tensor, the length of the weights there, so that a step of 1 % is one everywhere.
 * Tensors of zeros move by the mean length: a wrong derivative hides nowhere.
 */
function randomly({ parameters, theta, dim }: Objective, seed: number, index: number): Float32Array {
  const direction = gaussianVector(dim, random(seed, 'verify', index));
  const spread = norm(theta) / Math.sqrt(dim) || 1;
  for (const { offset, count } of parameters) {
    const weights = norm(theta.subarray(offset, offset + count)) || spread * Math.sqrt(count);
    const part = direction.subarray(offset, offset + count);
    const length = norm(part);
    if (length > 0) part.set(scaled(weights / length, part));
  }
  return direction;
}

function compare(difference: Difference, exact: number, rounding: number, name: string): [number, number, string] {
  const limit = TRUST * difference.error + rounding;
  const detail = `${name} ${short(exact)}, finite differences ${short(difference.value)} ± ${difference.error.toExponential(1)}`;
  return [Math.abs(difference.value - exact), limit, detail];
}

function symmetry(u: Float32Array, v: Float32Array, products: readonly Float32Array[]): [number, number, string] {
  const [left, right] = [dot(u, products[1]!), dot(v, products[0]!)];
  const size = norm(u) * norm(products[1]!) + norm(v) * norm(products[0]!);
  return [Math.abs(left - right), ROUNDING * size, `${short(left)} against ${short(right)}`];
}

function short(value: number): string {
  return value.toPrecision(6);
}
