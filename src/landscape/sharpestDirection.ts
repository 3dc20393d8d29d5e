import { gaussianVector, random } from '../numerics/random';
import { normalize } from '../numerics/vectors';
import type { Objective } from '../objective/objective';
import type { Direction } from './direction';

export interface SharpestRequest {
  /** ρ, the length of the step whose end has the highest loss. */
  radius: number;
  /** Number of gradients. */
  ascents: number;
  /** Where the ascent begins: a unit vector, [dim]. */
  from: Float32Array;
  signal?: AbortSignal;
}

/** A random unit vector: where the ascent begins if the gradient is zero. */
export function ascentStart(dim: number, seed: number): Float32Array {
  const start = gaussianVector(dim, random(seed, 'sharpest direction'));
  normalize(start);
  return start;
}

/**
 * The direction in which the loss rises most over a step of length ρ, by the ascent of SAM:
 *   ε ← ρ · ∇L(θ + ε)/‖∇L(θ + ε)‖,  several times
 * Where it settles, the gradient is parallel to ε, as at a maximum over the sphere. It ends early where the gradient is
 * zero or not finite.
 * Cost: one gradient per ascent.
 * @see Foret, Kleiner, Mobahi & Neyshabur 2021, arXiv:2010.01412, equation 2
 */
export async function sharpestDirection(
  objective: Pick<Objective, 'gradient'>,
  { radius, ascents, from, signal }: SharpestRequest,
): Promise<Direction> {
  let unit = from;
  for (let i = 0; i < ascents; i++) {
    const at = { d1: unit, d2: null, alpha: radius, beta: 0 };
    const gradient = Float32Array.from(await objective.gradient({ at, signal }));
    const length = normalize(gradient);
    if (length === 0 || !Number.isFinite(length)) break;
    unit = gradient;
  }
  return { name: 'sharpest', vector: unit, norm: 1, notes: [] };
}
