import { UserError } from '../errors';
import { rotateInPlace } from '../numerics/columns/columns';
import { ownVector } from '../numerics/columns/vectorMemory';
import { normalize } from '../numerics/vectors';
import type { Quadrature } from '../report/density';
import { counted } from '../text/counts';
import { formatBytes } from '../text/sizes';
import { Convergence, largestOf } from './convergence';
import type { Ends, Wanted } from './convergence';
import type { Eigenpair } from './eigenpair';
import type { Krylov, RitzValues } from './krylov';
import { advance, freshVector, quadratureOf, ritzVectors, startKrylov } from './krylov';
import { findMissedPairs } from './missedPairs';
import { applyChecked } from './operator';
import type { SymmetricOperator } from './operator';
import { thickRestart } from './thickRestart';

export interface ExtremesOptions {
  /** How many of the largest and of the smallest eigenvalues. */
  top: number;
  bottom: number;
  /** Stop when so many eigenvalues of largest magnitude have converged, at either end, and return those. */
  largest?: number;
  seed: number;
  /** A pair has converged when its residual is below tolerance · max|λ| and it has stopped moving. Default 1e-3. */
  tolerance?: number;
  /** Products with the operator, at most. Default 300. */
  maxProducts?: number;
  /** Memory for basis vectors. Default 1 GiB. */
  memoryBytes?: number;
  /**
   * Whether to look for further copies of repeated eigenvalues, which costs about as many products again. 'auto' looks for
   * them if products are cheap (dim ≤ 4096) or the run met an invariant subspace, the mark of repetition.
   */
  repeated?: 'auto' | 'always' | 'never';
  /** A run to continue, such as `Slq.krylov`, without repeating its products. The search consumes it. */
  start?: Krylov;
  signal?: AbortSignal;
  onStep?: (step: ExtremesStep) => void;
}

/** What is known after a product: for progress and for the page. */
export interface ExtremesStep extends Ends {
  products: number;
  maxProducts: number;
}

export interface Extremes {
  /** Largest first. */
  top: Eigenpair[];
  /** Smallest (most negative) first. */
  bottom: Eigenpair[];
  /** Products spent here, without those of `start`. */
  products: number;
  /** Largest |λ| seen. */
  maxAbs: number;
  /** All Ritz values of the last subspace, ascending: the input of `certifiedNegative`. */
  ritzValues: number[];
  /** Their residuals. */
  ritzResiduals: number[];
  /** Rounding error of the projected matrix that the run measured, in units of λ: the input of `noiseFloor`. */
  asymmetry: number;
  /** Nodes and weights of the run's random start, one more SLQ probe; null once a restart has mixed it. */
  quadrature: Quadrature | null;
  restarts: number;
  /** Basis vectors the memory budget allows. */
  basisLimit: number;
  /** Whether the search looked for further copies of repeated eigenvalues. */
  repeatedChecked: boolean;
}

/** Up to this length, products are cheap enough to look for repeated eigenvalues by default. */
const CHEAP_DIM = 4096;
const GIB = 2 ** 30;

/**
 * The largest and smallest eigenvalues of a symmetric operator by Lanczos with full two-pass reorthogonalisation and,
 * when the basis fills the memory budget, thick restarts. Each Ritz pair (θ, x) carries r = ‖Hx − θx‖, and an eigenvalue
 * lies in [θ − r, θ + r]; the rounding of the products adds to r (`noiseFloor`).
 *
 * Nothing guarantees that this eigenvalue is the i-th one. Lanczos from one vector sees each distinct eigenvalue once,
 * however often it repeats, and may miss one that its start is orthogonal to. `repeated` looks for such pairs with fresh
 * vectors orthogonal to the known ones, and finds them with probability one given enough steps. Even then, the i-th
 * largest eigenvalue is only proven to be at least the i-th largest Ritz value (Cauchy interlacing).
 *
 * Cost: one product per step, and 8·m·dim flops for step m. Memory: the basis, at most `memoryBytes`.
 * @throws UserError if the memory budget does not hold the wanted pairs; NonFiniteError naming the step
 * @see Parlett 1998, The Symmetric Eigenvalue Problem; Wu & Simon 2000, SIAM J. Matrix Anal. Appl. 22 (thick restart)
 */
export async function extremeEigenpairs(op: SymmetricOperator, options: ExtremesOptions): Promise<Extremes> {
  const { seed, tolerance = 1e-3, maxProducts = 300, signal } = options;
  const wanted = { top: Math.min(options.top, op.dim), bottom: Math.min(options.bottom, op.dim) };
  const basisLimit = limitBasis(op.dim, wanted, options.memoryBytes ?? GIB);
  const run = options.start ?? startKrylov({ dim: op.dim, seed, stream: 'extremes' });
  if (run.orthogonalization === 'local') throw new Error('A run without its basis cannot be continued.');
  run.next ??= freshVector(run);
  const convergence = new Convergence(run, wanted, tolerance, options.largest);

  let products = 0;
  let restarts = 0;
  let quadrature: Quadrature | null = null;
  while (run.next && products < maxProducts && !convergence.done) {
    if (run.basis.length >= basisLimit) {
      quadrature ??= quadratureOf(run);
      const ritz = ritzVectors(run);
      thickRestart(run, ritz, worthKeeping(ritz.values.length, wanted, basisLimit));
      restarts++;
    }
    const [product] = await applyChecked(op, [run.next], () => `Lanczos step ${products + 1}`, signal);
    advance(run, product!, 'restart');
    products++;
    const ends = convergence.record();
    options.onStep?.({ products, maxProducts, ...ends });
  }
  quadrature ??= quadratureOf(run);

  const ritz = ritzVectors(run);
  const facts = {
    maxAbs: ritz.values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0),
    ritzValues: Array.from(ritz.values),
    ritzResiduals: Array.from(ritz.residuals),
    asymmetry: Math.sqrt(2 * run.asymmetrySquared),
  };
  let pairs = extractPairs(run, ritz, convergence.current);
  const repeatedChecked = asksForRepeated(options.repeated ?? 'auto', op.dim, pairs.length, run.breakdowns);
  if (repeatedChecked) {
    const limits = { room: basisLimit - pairs.length, maxProducts: maxProducts - products };
    const search = { wanted, tolerance, maxAbs: facts.maxAbs, seed, ...limits, signal };
    const missed = await findMissedPairs(op, pairs, search);
    pairs = missed.pairs;
    products += missed.products;
  }
  pairs.sort((a, b) => a.value - b.value);
  const asked = new Set(largestOf(pairs, options.largest ?? Infinity));
  return {
    top: pairs
      .slice(Math.max(0, pairs.length - wanted.top))
      .filter((pair) => asked.has(pair))
      .reverse(),
    bottom: pairs.slice(0, wanted.bottom).filter((pair) => asked.has(pair)),
    products,
    ...facts,
    quadrature,
    restarts,
    basisLimit,
    repeatedChecked,
  };
}

/** Vectors that the budget holds, without two for the product in flight and the next basis vector. */
function limitBasis(dim: number, wanted: Wanted, memoryBytes: number): number {
  const vectorBytes = 4 * dim;
  const limit = Math.floor(memoryBytes / vectorBytes) - 2;
  const count = wanted.top + wanted.bottom;
  // A restart keeps the wanted vectors and needs room for new ones before the next restart.
  const least = Math.min(dim, count + 3);
  if (limit >= least) return limit;
  throw new UserError({
    what: `${counted(count, 'eigenpair')} of ${counted(dim, 'parameter')} need ${formatBytes((least + 2) * vectorBytes)}; the budget is ${formatBytes(memoryBytes)}.`,
    action:
      'Ask for fewer eigenvalues (--top, --bottom), or for part of the model (--parameters), or take a machine with more memory.',
  });
}

/** Ritz values kept over a restart: the wanted ones and, sharing half of the remaining room, their neighbours inwards. */
function worthKeeping(m: number, wanted: Wanted, basisLimit: number): number[] {
  const count = wanted.top + wanted.bottom;
  const extra = Math.max(0, Math.floor((basisLimit - count) / 2) - 1);
  const fromTop = wanted.top + Math.round((extra * wanted.top) / count);
  const fromBottom = count + extra - fromTop;
  const kept = [];
  for (let i = 0; i < m; i++) if (i < fromBottom || i >= m - fromTop) kept.push(i);
  return kept;
}

/** The wanted Ritz vectors, built in the memory of the basis. The run cannot continue afterwards. */
function extractPairs(run: Krylov, ritz: RitzValues & { vectors: Float64Array[] }, { top, bottom }: Ends): Eigenpair[] {
  const m = ritz.values.length;
  const chosen = new Map(bottom.map((pair, i) => [i, pair]));
  top.forEach((pair, i) => chosen.set(m - 1 - i, pair));
  rotateInPlace(
    run.basis,
    [...chosen.keys()].map((i) => ritz.vectors[i]),
  );
  return [...chosen].map(([index, pair], k) => {
    const vector = ownVector(run.basis[k]);
    normalize(vector);
    return {
      value: ritz.values[index],
      residual: Math.max(ritz.residuals[index], pair.residual),
      converged: pair.converged,
      vector,
    };
  });
}

function asksForRepeated(ask: 'auto' | 'always' | 'never', dim: number, found: number, breakdowns: number): boolean {
  if (found === 0 || found >= dim || ask === 'never') return false;
  return ask === 'always' || dim <= CHEAP_DIM || breakdowns > 0;
}
