import { rotateInPlace } from '../numerics/columns/columns';
import { ownVector } from '../numerics/columns/vectorMemory';
import { normalize } from '../numerics/vectors';
import { Convergence } from './convergence';
import type { Wanted } from './convergence';
import type { Eigenpair } from './eigenpair';
import type { Krylov } from './krylov';
import { advance, ritzVectors, startKrylov } from './krylov';
import { applyChecked } from './operator';
import type { SymmetricOperator } from './operator';

export interface MissedSearch {
  wanted: Wanted;
  tolerance: number;
  maxAbs: number;
  seed: number;
  /** Basis vectors there is memory for. */
  room: number;
  maxProducts: number;
  signal?: AbortSignal;
}

/** After so many steps, a run ends if it has found nothing beyond the known ends and no longer moves towards them. */
const PATIENCE = 12;
/** A run without a conclusion ends after so many steps. */
const MAX_STEPS = 60;

/**
 * Looks for eigenvalues beyond the ends of the known ones, such as further copies of repeated eigenvalues. It repeats
 * Lanczos from random vectors orthogonal to all known pairs until a run finds nothing. A missed eigenvalue lies outside
 * the remaining spectrum, so a few steps reveal it.
 * @returns the known pairs and the new ones; their residuals include the part that the deflation removed
 */
export async function findMissedPairs(
  op: SymmetricOperator,
  known: readonly Eigenpair[],
  search: MissedSearch,
): Promise<{ pairs: Eigenpair[]; products: number }> {
  const pairs = [...known];
  let products = 0;
  const rounds = search.wanted.top + search.wanted.bottom + 1;
  for (let round = 0; round < rounds && pairs.length < op.dim; round++) {
    const locked = pairs.map((pair) => pair.vector);
    const run = startKrylov({ dim: op.dim, seed: search.seed, stream: `missed pairs ${round}`, locked });
    const steps = Math.min(MAX_STEPS, search.room - (pairs.length - known.length), search.maxProducts - products);
    const bounds = boundsOf(pairs, search);
    products += await explore(op, run, steps, bounds, search);
    const found = pairsBeyond(run, bounds, search);
    pairs.push(...found);
    if (found.length === 0) break;
  }
  return { pairs, products };
}

/** A new eigenvalue matters only if it exceeds this: the known end plus the errors of both. */
function boundsOf(pairs: readonly Eigenpair[], { wanted, tolerance, maxAbs }: MissedSearch) {
  const ascending = [...pairs].sort((a, b) => a.value - b.value);
  const slack = tolerance * maxAbs;
  const lowestTop = ascending[ascending.length - wanted.top];
  const highestBottom = ascending[wanted.bottom - 1];
  return {
    above: wanted.top && lowestTop ? lowestTop.value + slack : Infinity,
    below: wanted.bottom && highestBottom ? highestBottom.value - slack : -Infinity,
  };
}

type Bounds = ReturnType<typeof boundsOf>;

/** Runs until each end is either converged or out of reach; returns the products spent. */
async function explore(
  op: SymmetricOperator,
  run: Krylov,
  steps: number,
  bounds: Bounds,
  { tolerance, signal }: MissedSearch,
): Promise<number> {
  const convergence = new Convergence(run, { top: 1, bottom: 1 }, tolerance);
  let step = 0;
  while (run.next && step < steps) {
    const [product] = await applyChecked(
      op,
      [run.next],
      () => `Lanczos step ${step + 1}, repeated eigenvalues`,
      signal,
    );
    advance(run, product!, 'stop');
    step++;
    const { top, bottom } = convergence.record();
    const reach = (side: keyof Wanted) => (step >= PATIENCE ? 3 * convergence.drift(side, 0) : Infinity);
    const topSettled = top[0].converged || top[0].value + reach('top') < bounds.above;
    const bottomSettled = bottom[0].converged || bottom[0].value - reach('bottom') > bounds.below;
    if ((bounds.above === Infinity || topSettled) && (bounds.below === -Infinity || bottomSettled)) break;
  }
  return step;
}

function pairsBeyond(run: Krylov, bounds: Bounds, { tolerance, maxAbs }: MissedSearch): Eigenpair[] {
  const ritz = ritzVectors(run);
  const chosen = Array.from(ritz.values.keys()).filter(
    (i) => ritz.residuals[i] <= tolerance * maxAbs && (ritz.values[i] > bounds.above || ritz.values[i] < bounds.below),
  );
  rotateInPlace(
    run.basis,
    chosen.map((i) => ritz.vectors[i]),
  );
  return chosen.map((i, k) => {
    const vector = ownVector(run.basis[k]);
    normalize(vector);
    return { value: ritz.values[i], residual: ritz.residuals[i], converged: true, vector };
  });
}
