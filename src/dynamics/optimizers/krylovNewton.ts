import { tridiagonalEigenvectors } from '../../numerics/tridiagonal';
import { axpy, dot, norm, scale, scaled } from '../../numerics/vectors';
import type { ProductKind } from '../../objective/objective';
import { PRICE } from './walk';
import type { Walk } from './walk';

export interface KrylovNewtonRequest {
  /** G for Newton-CG, H for saddle-free Newton. */
  kind: ProductKind;
  /** What the run may spend, in gradients. */
  budget: number;
  /** Largest number of products per step. */
  steps: number;
}

/** Damping relative to the largest |Ritz value|: at first, and its bounds. Below the least one, float32 products are noise. */
const DAMPING = { first: 1e-3, least: 1e-8, most: 1e4 };
const FACTOR = 10;
/** Most dampings that are tried in one step. */
const TRIALS = 7;
/** Below this fraction of the largest |Ritz value|, the next basis vector is rounding. */
const BREAKDOWN = 1e-6;

/**
 * Damped Newton steps in the Krylov space of the gradient, from m products each:
 *   p = −Q·(|T| + μ·I)⁻¹·Qᵀ·g,  T = QᵀAQ from m Lanczos steps with A, orthogonalized against the whole basis
 * With A = G this is what m steps of CG on (G + μI)·p = −g give (Hessian-free optimization). With A = H, |T| turns negative
 * curvature around, so that saddles repel (saddle-free Newton). One Krylov space serves every μ: the step tries the last μ,
 * and lower ones as long as the loss falls further, or higher ones until it falls.
 * Cost per step: one gradient, m products, and 2 to 7 losses.
 * @see Martens 2010, Deep learning via Hessian-free optimization; Dauphin et al. 2014, arXiv:1406.2572
 */
export async function krylovNewton(walk: Walk, { kind, budget, steps }: KrylovNewtonRequest): Promise<void> {
  let here: Float32Array = Float32Array.from(walk.start.displacement);
  let damping = DAMPING.first;
  for (;;) {
    // A step needs a gradient, a product and a few losses.
    const left = budget - walk.spent - 1 - TRIALS * PRICE.loss;
    const count = Math.min(steps, here.length, Math.floor(left / PRICE.product));
    if (count < 1) return;
    const gradient = await walk.gradient(here);
    const at = here;
    const stepAt = await model(gradient, count, (vector) => walk.product(kind, vector, at));
    const found = stepAt && (await chooseDamping(walk, here, stepAt, damping));
    if (!found) return;
    walk.accept(found.there, found.loss);
    here = found.there;
    damping = found.damping;
  }
}

type StepAt = (damping: number) => Float32Array;

/** The step p as a function of the relative damping; null where the gradient is zero or a product is not finite. */
async function model(
  gradient: Float32Array,
  count: number,
  product: (vector: Float32Array) => Promise<Float32Array>,
): Promise<StepAt | null> {
  const length = norm(gradient);
  if (!(length > 0 && Number.isFinite(length))) return null;
  const basis: Float32Array[] = [];
  const diagonal: number[] = [];
  const couplings: number[] = [];
  let next = scaled(1 / length, gradient);
  let largest = 0;
  while (basis.length < count) {
    basis.push(next);
    const image = Float32Array.from(await product(next));
    const along = dot(next, image);
    if (!Number.isFinite(along)) return null;
    diagonal.push(along);
    // Twice, because one pass leaves what it rounds.
    for (let pass = 0; pass < 2; pass++) for (const column of basis) axpy(-dot(column, image), column, image);
    const coupling = norm(image);
    largest = Math.max(largest, Math.abs(along), coupling);
    if (!(coupling > BREAKDOWN * largest)) break;
    couplings.push(coupling);
    scale(1 / coupling, image);
    next = image;
  }
  const { values, vectors } = tridiagonalEigenvectors(diagonal, couplings.slice(0, diagonal.length - 1));
  const top = values.reduce((highest, value) => Math.max(highest, Math.abs(value)), 0) || 1;
  return (damping) => {
    const step = new Float32Array(gradient.length);
    const weights = new Float64Array(basis.length);
    values.forEach((value, i) => {
      const coefficient = (-length * vectors[i][0]) / (Math.abs(value) + damping * top);
      vectors[i].forEach((component, j) => (weights[j] += coefficient * component));
    });
    basis.forEach((column, j) => axpy(weights[j], column, step));
    return step;
  };
}

/** Finds the damping whose step has the lowest loss among neighbours of a factor of ten; null if none lowers the loss. */
async function chooseDamping(
  walk: Walk,
  here: Float32Array,
  stepAt: StepAt,
  last: number,
): Promise<{ there: Float32Array; loss: number; damping: number } | null> {
  const attempt = async (damping: number) => {
    const there = Float32Array.from(here);
    axpy(1, stepAt(damping), there);
    return { there, loss: await walk.tryLoss(there), damping };
  };
  const before = walk.loss;
  let best = await attempt(last);
  const factor = best.loss < before ? 1 / FACTOR : FACTOR;
  for (let trial = 1; trial < TRIALS; trial++) {
    const damping = best.damping * factor;
    if (damping < DAMPING.least || damping > DAMPING.most) break;
    const next = await attempt(damping);
    const isDone = best.loss < before && !(next.loss < best.loss);
    if (isDone) break;
    best = next;
  }
  return best.loss < before ? best : null;
}
