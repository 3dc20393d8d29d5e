import { gaussianVector, random } from '../numerics/random';
import { axpy, dot, norm, normalize, scaled } from '../numerics/vectors';
import type { Objective } from '../objective/objective';
import type { Check } from '../report/curvature';
import { gaussNewtonOf, hessianOf } from '../spectrum/operator';
import {
  ROUNDING,
  check,
  flushedAlong,
  flushedLength,
  forwardCheck,
  meanSize,
  repetitionCheck,
  short,
  symmetryCheck,
  unlessRounding,
} from './checks/checks';
import { differenceChecks } from './checks/differenceChecks';
import { stretchOf } from './checks/stretch';
import { asymmetryUnderRounding, changeUnderRounding, changesUnderRounding } from './checks/underRounding';

export interface VerifyOptions {
  seed?: number;
  /**
   * Operators of the model, and the loss, that have kinks (Relu, MaxPool, the ends of a quantizer's range, …). As in
   * every framework, derivatives are those of the smooth piece that θ lies on. Finite differences of the loss also see
   * the slope jump at kinks between two points and at θ itself, so the differences use the smooth piece.
   */
  kinks?: readonly string[];
  signal?: AbortSignal;
  onCheck?: (done: number, total: number, name: string) => void;
}

const DIRECTIONS = 3;
/**
 * Runs the self-checks of the derivatives on this model, data and device. Each computes one number in two ways, and
 * reports how far the results differ and how far rounding and finite differencing alone could make them differ:
 *   gradient    central differences of L, or of its smooth piece, along d = gᵀd
 *   curvature   second differences along d = dᵀHd
 *   symmetry    uᵀHv = vᵀHu and uᵀGv = vᵀGu, which a correct adjoint satisfies as well
 *   linearity   H(u + v) = Hu + Hv, a single product against a block of products
 *   sign        dᵀGd ≥ 0
 *   forward     dᵀHd and dᵀGd by products against forward over forward
 *   repetition  the same gradient twice
 *   centre      the loss that the graph of a line, and of the smooth piece, gives at α = 0 equals the loss
 * Cost: two gradients, seven products, six forward-over-forward passes, about 70 losses. A check that would fail
 * is investigated first with more differences and with products under rounding.
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

  const gradient = await objective.gradient({ signal });
  const directions = checkDirections(objective, gradient, seed);
  const [u, v] = [directions[0], directions[1]];
  const hessian = await objective.products('hessian', directions, { signal });
  const gauss = await objective.products('gaussNewton', directions, { signal });
  const forward = await objective.curvatures('hessian', directions, { signal });
  const forwardGauss = await objective.curvatures('gaussNewton', directions, { signal });
  const stretch = stretchOf(objective.parameters, directions, hessian);
  const stretchOfG = stretchOf(objective.parameters, directions, gauss);
  const measured = { seed, signal };
  const [ofHessian, ofGaussNewton] = [hessianOf(objective), gaussNewtonOf(objective)];

  const derivatives = { gradient, hessian, forward, stretch, kinks };
  for (const done of await differenceChecks(objective, directions, derivatives, measured)) add(done);
  for (const [i, d] of directions.entries()) {
    const whole = forwardCheck(`forward mode, direction ${i + 1}`, d, hessian[i], forward[i], stretch);
    add(await unlessRounding(whole, () => changeUnderRounding(ofHessian, d, measured)));
    const name = `forward mode of G, direction ${i + 1}`;
    const ofG = forwardCheck(name, d, gauss[i], forwardGauss[i], stretchOfG, 'dᵀGd');
    add(await unlessRounding(ofG, () => changeUnderRounding(ofGaussNewton, d, measured)));
  }
  const head = forward.map(({ lossRounding }) => lossRounding?.curvature ?? 0);
  const ofLoss = [head[0], head[1]] as const;
  const symmetry = symmetryCheck('Hessian symmetry', [u, v], [hessian[0], hessian[1]], ofLoss);
  add(await unlessRounding(symmetry, () => asymmetryUnderRounding(ofHessian, [u, v], measured)));
  const symmetryOfG = symmetryCheck('Gauss-Newton symmetry', [u, v], [gauss[0], gauss[1]], ofLoss);
  add(await unlessRounding(symmetryOfG, () => asymmetryUnderRounding(ofGaussNewton, [u, v], measured)));

  const lowest = Math.min(...directions.map((d, i) => dot(d, gauss[i])));
  const lengths = Math.max(...directions.map((d, i) => norm(d) * norm(gauss[i])));
  const flushed = Math.max(...directions.map(flushedAlong));
  const limitOfSign = ROUNDING * lengths + flushed + Math.max(...head);
  add(check('Gauss-Newton sign', Math.max(0, -lowest), limitOfSign, `smallest dᵀGd: ${short(lowest)}`));

  add(await linearityCheck(objective, [u, v], hessian, measured));
  // Gradients of samples cancel. Their slopes along the directions give a lower bound on their length.
  const terms = Math.max(...directions.map((d, i) => meanSize(forward[i].slopes) / norm(d)));
  const again = await objective.gradient({ signal });
  add(repetitionCheck('repetition', gradient, again, { what: 'the gradient', terms }));

  const { loss } = await objective.value({ signal });
  // Rounding of the weights acts through the gradient and the curvature. Rounding of sums acts on the loss itself.
  const shift = ROUNDING * norm(objective.theta);
  const own = ROUNDING * Math.abs(loss) + (forward[0].lossRounding?.loss ?? 0);
  const limit = own + norm(gradient) * shift + 0.5 * stretch.largest * shift ** 2;
  for (const piece of kinked ? [false, true] : [false]) {
    const [centre] = await objective.plane(u, null, [{ alpha: 0, beta: 0 }], { signal, piece });
    const off = Math.abs(centre!.loss - loss);
    const name = piece ? 'centre of the smooth piece' : 'centre of a line';
    add(check(name, off, limit, `${short(centre!.loss)} in the graph, loss ${short(loss)}`));
  }
  return checks;
}

/** Checks that H(u + v) = Hu + Hv, a single product against a block of products. */
async function linearityCheck(
  objective: Objective,
  [u, v]: readonly [Float32Array, Float32Array],
  [hu, hv]: readonly Float32Array[],
  measured: { seed: number; signal?: AbortSignal },
): Promise<Check> {
  const { signal } = measured;
  const sum = Float32Array.from(u);
  axpy(1, v, sum);
  const [ofSum] = await objective.products('hessian', [sum], { signal });
  const remainder = Float32Array.from(ofSum!);
  axpy(-1, hu!, remainder);
  axpy(-1, hv!, remainder);
  const size = norm(hu!) + norm(hv!);
  const limit = ROUNDING * size + flushedLength(remainder);
  const detail = `H(u + v) against Hu + Hv, of size ${short(size)}`;
  const linear = check('Hessian linearity', norm(remainder), limit, detail);
  return unlessRounding(linear, async () => {
    // Rounding e of the loss enters the product as Jᵀ·e. Along the remainder r it is at most the error of rᵀH(u + v).
    const unit = Float32Array.from(remainder);
    normalize(unit);
    const along = await objective.curvatures('hessian', [unit, sum], { signal });
    const [ofUnit, ofSum] = along.map(({ lossRounding }) => lossRounding?.curvature ?? 0);
    const changes = await changesUnderRounding(hessianOf(objective), [u, v, sum], measured);
    return 3 * Math.sqrt(ofUnit! * ofSum!) + changes.reduce((total, each) => total + Math.max(...each.map(norm)), 0);
  });
}

/**
 * Makes the directions of the checks. The gradient's own direction shows its size best. Random directions involve every
 * entry.
 */
export function checkDirections(objective: Objective, gradient: Float32Array, seed: number): Float32Array[] {
  return Array.from({ length: DIRECTIONS }, (_, i) =>
    i === 0 ? alongGradient(objective, gradient, seed) : randomly(objective, seed, i),
  );
}

/**
 * Returns the gradient's direction, or a random one if the gradient is zero. The direction is a tenth as long as θ
 * because the loss bends most along the gradient.
 */
function alongGradient(objective: Objective, gradient: Float32Array, seed: number): Float32Array {
  const length = norm(gradient);
  return length > 0 ? scaled((0.1 * norm(objective.theta) || 1) / length, gradient) : randomly(objective, seed, 0);
}

/**
 * Draws a random direction whose part in each tensor has the norm of that tensor's weights, so a step of 1 % is
 * relative to the weights everywhere. Tensors of zeros move by the mean size of a weight, so a wrong derivative shows
 * there too.
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
