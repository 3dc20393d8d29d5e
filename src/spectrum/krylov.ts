import { innerProducts, subtractCombination } from '../numerics/columns/columns';
import { sharedVectors } from '../numerics/columns/vectorMemory';
import { gaussianVector, rademacherVector, random } from '../numerics/random';
import { symmetricEigen } from '../numerics/symmetric';
import { tridiagonalEigen, tridiagonalEigenvectors } from '../numerics/tridiagonal';
import { dot, norm, normalize, scale } from '../numerics/vectors';

/**
 * The state of a Lanczos run between two products with H, as plain data:
 *   H·Q = Q·T + f·bᵀ,  Qᵀ·Q = I,  Qᵀ·f = 0,  ‖f‖ = 1
 * Q is the basis, T = QᵀHQ the projected matrix, f the next basis vector, and b the coupling of f to the basis. Without restarts T
 * is tridiagonal and b = β·e_m; after a thick restart T has a diagonal block with an arrow, and the same relation holds.
 */
export interface Krylov {
  readonly dim: number;
  readonly seed: number;
  /** Q, unit columns of [dim]. In local mode only the last two. */
  basis: Float32Array[];
  /** Known eigenvectors. Every basis vector is orthogonal to them, so that the run does not find them again. */
  readonly locked: readonly Float32Array[];
  /** f, or null when basis and locked vectors span the whole space. */
  next: Float32Array | null;
  /** Memory for further vectors, beside that of the basis. */
  spare: Float32Array[];
  /** b, [m] */
  coupling: Float64Array;
  /** Tⱼⱼ, [m] */
  diagonal: number[];
  /** Column j of T above its diagonal, [j]. */
  above: Float64Array[];
  /** lockedᵀ·H·qⱼ, [locked]: the part that the deflation removed from product j. Zero if the locked vectors are exact. */
  leaks: Float64Array[];
  /** Basis vectors that come from a thick restart; while 0, T is tridiagonal. */
  mixed: number;
  /** How often the run met an invariant subspace and left it by a fresh random vector. */
  breakdowns: number;
  /** Largest |Tᵢⱼ| seen: the scale of ‖H‖. */
  scale: number;
  /** Σ (qᵢᵀHqⱼ − Tᵢⱼ)² over i < j, summed during the run: how far float32 products are from a symmetric matrix. */
  asymmetrySquared: number;
  /**
   * 'full' orthogonalises against the whole basis. 'local' keeps two vectors only. Its Ritz values repeat, but the copies
   * share the weight, so quadratures stay right. @see Greenbaum 1989, Linear Algebra Appl. 113
   */
  readonly orthogonalization: 'full' | 'local';
}

export interface KrylovStart {
  dim: number;
  seed: number;
  /** Distinguishes the runs of one seed. */
  stream: string;
  distribution?: 'rademacher' | 'gaussian';
  /** Begins with this vector instead of a random one, [dim]. */
  from?: Float32Array;
  orthogonalization?: 'full' | 'local';
  locked?: readonly Float32Array[];
  /** Number of vectors, `next` included, that the run reserves memory for at the start. It reserves more when needed. */
  room?: number;
}

/** Number of vectors to reserve memory for at a time. The system provides it when they are written. */
const ROOM = 32;

/**
 * Below this fraction of ‖H‖, a residual is rounding: a float32 product carries an error of a few 2⁻²⁴ ‖H‖, and a vector
 * of such errors is not a direction of the Krylov space.
 */
const BREAKDOWN = 1e-6;

/** A run from a random start, or from a given vector, before its first product. */
export function startKrylov(start: KrylovStart): Krylov {
  const { dim, seed, locked = [], distribution = 'gaussian', orthogonalization = 'full', room = ROOM } = start;
  const draw = distribution === 'rademacher' ? rademacherVector : gaussianVector;
  const spare: Float32Array[] = [];
  const next = moved(start.from ?? draw(dim, random(seed, start.stream)), spare, Math.min(room, dim + 1));
  return {
    dim,
    seed,
    basis: [],
    locked,
    next: removeSpan(next, locked, []) ? next : null,
    spare,
    coupling: new Float64Array(0),
    diagonal: [],
    above: [],
    leaks: [],
    mixed: 0,
    breakdowns: 0,
    scale: 0,
    asymmetrySquared: 0,
    orthogonalization,
  };
}

/**
 * Takes in `image` = H·next and advances the relation by one vector.
 * Gram-Schmidt takes two passes: the first removes the components that T knows (two vectors, or the arrow after a
 * restart), the second removes what remains along the whole basis. If the second pass removes a good part of the vector,
 * it is repeated (Kahan's "twice is enough"). Whatever it finds off the band is rounding, and is measured.
 * The run may overwrite `image`, because it does not copy long vectors.
 * @param onBreakdown 'restart' leaves an invariant subspace by a fresh random vector, so that repeated eigenvalues
 *   appear and T becomes block-diagonal; 'stop' ends the run there (its quadrature is exact)
 * @see Parlett 1998, The Symmetric Eigenvalue Problem, section 6.9 and chapter 13
 */
export function advance(run: Krylov, image: Float32Array, onBreakdown: 'restart' | 'stop'): void {
  if (!run.next) throw new Error('The Krylov space is exhausted.');
  const product = moved(image, run.spare);
  const m = run.diagonal.length + 1;
  const leak = innerProducts(run.locked, product);
  subtractCombination(product, run.locked, leak);
  run.leaks.push(leak);

  const structured = subtractStructure(run, product);
  run.basis.push(run.next);
  const along = removeAlong(product, run.basis);
  const strays = along.subarray(0, along.length - 1);
  run.asymmetrySquared += strays.reduce((total, stray) => total + stray * stray, 0);
  if (run.locked.length) subtractCombination(product, run.locked, innerProducts(run.locked, product));

  const alpha = structured + along[along.length - 1];
  const beta = norm(product);
  run.above.push(run.coupling);
  run.diagonal.push(alpha);
  run.scale = Math.max(run.scale, Math.abs(alpha), beta);
  run.coupling = new Float64Array(m);
  if (beta > BREAKDOWN * run.scale) {
    scale(1 / beta, product);
    run.coupling[m - 1] = beta;
    run.next = product;
  } else {
    run.spare.push(product);
    run.next = onBreakdown === 'restart' ? freshVector(run) : null;
    run.breakdowns++;
  }
  if (run.orthogonalization === 'local' && run.basis.length > 1) run.spare.push(run.basis.shift()!);
}

/** The vector in the memory of the run, which grows as needed; the vector itself if it is too long to move. */
function moved(vector: Float32Array, spare: Float32Array[], room = ROOM): Float32Array {
  if (spare.length === 0) spare.push(...sharedVectors(vector.length, room).reverse());
  const place = spare.pop();
  place?.set(vector);
  return place ?? vector;
}

/** product ← product − Σ bᵢqᵢ − α·next, with the known part of the column of T; returns α = nextᵀ·product. */
function subtractStructure(run: Krylov, product: Float32Array): number {
  const alpha = dot(run.next!, product);
  const offset = run.coupling.length - run.basis.length;
  const coupled = run.basis.map((_, i) => i).filter((i) => run.coupling[offset + i] !== 0);
  const columns = coupled.map((i) => run.basis[i]);
  const weights = coupled.map((i) => run.coupling[offset + i]);
  subtractCombination(product, [...columns, run.next!], [...weights, alpha]);
  return alpha;
}

/** Makes `w` orthogonal to the columns; returns the removed components. */
function removeAlong(w: Float32Array, columns: readonly Float32Array[]): Float64Array {
  const before = norm(w);
  const along = innerProducts(columns, w);
  subtractCombination(w, columns, along);
  const cancelled = along.reduce((total, value) => total + value * value, 0) > before ** 2 / 2;
  if (cancelled) {
    const again = innerProducts(columns, w);
    subtractCombination(w, columns, again);
    again.forEach((value, i) => (along[i] += value));
  }
  return along;
}

/** Ritz values θ, ascending, with the residual norms ‖H·Q·s − θ·Q·s‖ of their vectors. */
export interface RitzValues {
  values: Float64Array;
  residuals: Float64Array;
}

/**
 * Ritz values of the run. The residual is |b·s|. With locked vectors, it includes the component of H·Q·s along them:
 *   ‖H·Q·s − θ·Q·s‖² = (b·s)² + ‖lockedᵀ·H·Q·s‖²
 */
export function ritzValues(run: Krylov): RitzValues {
  const m = run.diagonal.length;
  if (run.mixed === 0 && run.locked.length === 0) {
    const { values, rows } = tridiagonalEigen(run.diagonal, offDiagonal(run), [m - 1]);
    return { values, residuals: rows[0].map((component) => Math.abs(component * run.coupling[m - 1])) };
  }
  const { values, vectors } = ritzVectors(run);
  return { values, residuals: Float64Array.from(vectors, (s) => residualOf(run, s)) };
}

/** The same with the eigenvectors s of T, [m] each. */
export function ritzVectors(run: Krylov): RitzValues & { vectors: Float64Array[] } {
  const { values, vectors } =
    run.mixed === 0 ? tridiagonalEigenvectors(run.diagonal, offDiagonal(run)) : symmetricEigen(projected(run));
  return { values, vectors, residuals: Float64Array.from(vectors, (s) => residualOf(run, s)) };
}

/** Nodes and weights of the quadrature that belongs to the start vector; null once a restart has mixed the basis. */
export function quadratureOf(run: Krylov): { nodes: number[]; weights: number[] } | null {
  if (run.mixed > 0) return null;
  const { values, rows } = tridiagonalEigen(run.diagonal, offDiagonal(run), [0]);
  const nodes: number[] = [];
  const weights: number[] = [];
  values.forEach((value, i) => {
    // A block that began at a breakdown has no component along the start vector.
    const weight = rows[0][i] ** 2;
    if (weight === 0) return;
    nodes.push(value);
    weights.push(weight);
  });
  return { nodes, weights };
}

/** T, dense, [m][m]. */
export function projected(run: Krylov): Float64Array[] {
  const m = run.diagonal.length;
  const rows = Array.from({ length: m }, () => new Float64Array(m));
  run.above.forEach((column, j) => {
    rows[j][j] = run.diagonal[j];
    column.forEach((value, i) => {
      rows[i][j] = value;
      rows[j][i] = value;
    });
  });
  return rows;
}

function offDiagonal(run: Krylov): number[] {
  return run.above.slice(1).map((column) => column[column.length - 1]);
}

function residualOf(run: Krylov, s: Float64Array): number {
  let coupled = 0;
  s.forEach((component, j) => (coupled += run.coupling[j] * component));
  let square = coupled * coupled;
  for (let k = 0; k < run.locked.length; k++) {
    let leaked = 0;
    s.forEach((component, j) => (leaked += run.leaks[j][k] * component));
    square += leaked * leaked;
  }
  return Math.sqrt(square);
}

/** A random unit vector orthogonal to the basis and the locked vectors, or null if none exists. */
export function freshVector(run: Krylov): Float32Array | null {
  if (run.orthogonalization === 'local') return null;
  if (run.basis.length + run.locked.length >= run.dim) return null;
  const stream = random(run.seed, 'fresh', run.diagonal.length, run.breakdowns);
  const vector = moved(gaussianVector(run.dim, stream), run.spare);
  return removeSpan(vector, run.locked, run.basis) ? vector : null;
}

/** Makes `vector` orthogonal to the columns and of unit length; false if only rounding remains. */
function removeSpan(vector: Float32Array, locked: readonly Float32Array[], basis: readonly Float32Array[]): boolean {
  const before = norm(vector);
  for (let pass = 0; pass < 2; pass++) {
    subtractCombination(vector, locked, innerProducts(locked, vector));
    subtractCombination(vector, basis, innerProducts(basis, vector));
  }
  return normalize(vector) > BREAKDOWN * before;
}
