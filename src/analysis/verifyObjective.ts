import { gaussianVector, random } from '../numerics/random';
import { axpy, dot, norm, scaled } from '../numerics/vectors';
import type { Objective } from '../objective/objective';
import type { Check } from '../report/curvature';
import {
  ROUNDING,
  check,
  curvatureCheck,
  flushedAlong,
  flushedLength,
  forwardCheck,
  repetitionCheck,
  short,
  slopeCheck,
  symmetryCheck,
} from './checks';
import { sampleAround } from './finiteDifferences';

export interface VerifyOptions {
  seed?: number;
  /**
   * Operators with kinks on the way to the loss (Relu, MaxPool, the ends of a quantizer's range, …). Derivatives are
   * those of the smooth piece that θ lies on, as in every framework, while differences of the loss also see the slope
   * jump at the kinks between two points, and at θ itself where it lies on one. So differences are taken of the piece.
   */
  kinks?: readonly string[];
  signal?: AbortSignal;
  onCheck?: (done: number, total: number, name: string) => void;
}

const DIRECTIONS = 3;
/**
 * Self-checks of the derivatives on this model, data and device. Each compares two ways to one number and states how far
 * they disagree, and how far rounding and differencing alone could take them apart:
 *   gradient    central differences of L, or of its smooth piece, along d = gᵀd
 *   curvature   second differences along d = dᵀHd
 *   symmetry    uᵀHv = vᵀHu, and uᵀGv = vᵀGu, which is also what an adjoint must obey
 *   linearity   H(u + v) = Hu + Hv, single products against a block
 *   sign        dᵀGd ≥ 0
 *   forward     dᵀHd and dᵀGd by products against forward over forward
 *   repetition  the same gradient twice
 *   centre      the line's in-graph loss at α = 0 is the loss, and so is that of the piece
 * Cost: two gradients, seven products, six pushes forward over forward, about 70 losses, each twice where there are kinks.
 */
export async function verifyObjective(objective: Objective, options: VerifyOptions = {}): Promise<Check[]> {
  const { seed = 0, kinks = [], signal, onCheck } = options;
  const kinked = kinks.length > 0;
  const total = DIRECTIONS * 4 + (kinked ? 7 : 6);
  const checks: Check[] = [];
  const add = (done: Check) => {
    checks.push(done);
    onCheck?.(checks.length, total, done.name);
  };

  const gradient = await objective.gradient(signal);
  const directions = checkDirections(objective, gradient, seed);
  const [u, v] = [directions[0]!, directions[1]!];
  const hessian = await objective.hvp(directions, signal);
  const gauss = await objective.ggnvp(directions, signal);

  for (const done of await differenceChecks(objective, directions, { gradient, hessian, kinks, signal })) add(done);
  const forward = await objective.curvatures(directions, signal);
  const forwardGauss = await objective.curvatures(directions, signal, 'gaussNewton');
  directions.forEach((d, i) => {
    add(forwardCheck(`forward mode, direction ${i + 1}`, d, hessian[i]!, forward[i]!.curvatures));
    add(forwardCheck(`forward mode of G, direction ${i + 1}`, d, gauss[i]!, forwardGauss[i]!.curvatures));
  });
  add(symmetryCheck('Hessian symmetry', [u, v], [hessian[0]!, hessian[1]!]));
  add(symmetryCheck('Gauss-Newton symmetry', [u, v], [gauss[0]!, gauss[1]!]));

  const lowest = Math.min(...directions.map((d, i) => dot(d, gauss[i]!)));
  const largest = Math.max(...directions.map((d, i) => norm(d) * norm(gauss[i]!)));
  const flushed = Math.max(...directions.map(flushedAlong));
  add(
    check('Gauss-Newton sign', Math.max(0, -lowest), ROUNDING * largest + flushed, `smallest dᵀGd: ${short(lowest)}`),
  );

  const sum = Float32Array.from(u);
  axpy(1, v, sum);
  const [ofSum] = await objective.hvp([sum], signal);
  const remainder = Float32Array.from(ofSum!);
  axpy(-1, hessian[0]!, remainder);
  axpy(-1, hessian[1]!, remainder);
  const size = norm(hessian[0]!) + norm(hessian[1]!);
  const limitOfSum = ROUNDING * size + flushedLength(remainder);
  add(check('Hessian linearity', norm(remainder), limitOfSum, `H(u + v) against Hu + Hv, of size ${short(size)}`));
  add(repetitionCheck('repetition', gradient, await objective.gradient(signal), 'the gradient'));

  const { loss } = await objective.value(signal);
  // Rounding in the weights acts through gradient and curvature, rounding in the sums on the loss itself.
  const shift = ROUNDING * norm(objective.theta);
  const bend = Math.max(...directions.map((d, i) => norm(hessian[i]!) / norm(d)));
  const limit = ROUNDING * Math.abs(loss) + norm(gradient) * shift + 0.5 * bend * shift ** 2;
  for (const piece of kinked ? [false, true] : [false]) {
    const [centre] = await objective.plane(u, null, [{ alpha: 0, beta: 0 }], { signal, piece });
    const off = Math.abs(centre!.loss - loss);
    const name = piece ? 'centre of the smooth piece' : 'centre of a line';
    add(check(name, off, limit, `${short(centre!.loss)} in the graph, loss ${short(loss)}`));
  }
  return checks;
}

/** The gradient's own direction, where its size shows best, and random ones, where no entry can hide. */
export function checkDirections(objective: Objective, gradient: Float32Array, seed: number): Float32Array[] {
  return Array.from({ length: DIRECTIONS }, (_, i) =>
    i === 0 ? alongGradient(objective, gradient, seed) : randomly(objective, seed, i),
  );
}

/** gᵀd and dᵀHd of each direction against differences of the loss; where there are kinks, of its piece without them. */
export async function differenceChecks(
  objective: Objective,
  directions: readonly Float32Array[],
  found: {
    gradient: Float32Array;
    hessian: readonly Float32Array[];
    kinks: readonly string[];
    signal?: AbortSignal;
  },
): Promise<Check[]> {
  const { gradient, hessian, kinks, signal } = found;
  const piece = kinks.length > 0;
  const told = `; differences of the smooth piece at θ, on which ${kinks.join(', ')} choose as they do there`;
  const checks: Check[] = [];
  for (const [i, d] of directions.entries()) {
    const curve = await sampleAround(objective, d, { piece, signal });
    const slope = slopeCheck(`gradient, direction ${i + 1}`, curve, gradient, d);
    checks.push(piece && i === 0 ? { ...slope, detail: slope.detail + told } : slope);
    checks.push(curvatureCheck(`curvature, direction ${i + 1}`, curve, d, hessian[i]!));
  }
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
