import { gaussianVector, random } from '../numerics/random';
import { mean } from '../numerics/statistics';
import { dot, norm, normalize } from '../numerics/vectors';
import { formatNumber } from '../text/numbers';
import type { KnownPair } from './eigenpair';
import { applyChecked } from './operator';
import type { SymmetricOperator } from './operator';

export interface NoiseFloor {
  /** Absolute, in units of λ: an eigenvalue closer to zero than this has no certain sign. */
  value: number;
  /** A sentence that says what was measured. */
  explanation: string;
  products: number;
  /** A pair u, v of the measurement with Hu, Hv, for a check of symmetry. */
  pair: { vectors: readonly [Float32Array, Float32Array]; products: readonly [Float32Array, Float32Array] };
}

export interface NoiseFloorOptions {
  /** Largest |λ|. */
  maxAbs: number;
  seed: number;
  /** ‖Hv − (Hv)′‖/‖Hv‖ between a device that rounds its products and one that does not. Default 0. */
  productError?: number;
  /** `Extremes.asymmetry`, if a Lanczos run has measured it already. */
  asymmetry?: number;
  /** Random pairs u, v to compare. Default 3. */
  pairs?: number;
  /** How often to measure eigenpairs again with nudged weights. Default 4. */
  nudges?: number;
  /** Converged eigenpairs, to measure again with nudged weights. */
  eigenpairs?: readonly KnownPair[];
  signal?: AbortSignal;
  /** Receives the number of products spent so far. */
  onProducts?: (products: number) => void;
}

/** A kink that rounding flips shows in every large eigenvalue, so a few of them suffice. */
const NUDGED_PAIRS = 4;
/** How far beyond the largest deviation of nudged measurements the error may lie. */
const NUDGE_MARGIN = 3;

/**
 * The error of float32 itself: 32 roundings of 2⁻²⁴. A product rounds its vectors, weights, sums over samples and result.
 * It rounds some of them alike in uᵀHv and vᵀHu, so that these never show here. Against float64 references, networks of the test
 * fixtures show up to 12 roundings in their largest eigenvalue.
 */
const ROUNDING = 2 ** -19;
/** Only the antisymmetric part of an error shows in uᵀHv − vᵀHu. The hidden part is assumed to be as large. */
const UNSEEN = 2;

/** The part of the noise floor that a Lanczos run tells without further products. */
export function roundingOfRun({
  maxAbs,
  asymmetry = 0,
  productError = 0,
}: Pick<NoiseFloorOptions, 'maxAbs' | 'asymmetry' | 'productError'>): number {
  return Math.max(ROUNDING * maxAbs, productError * maxAbs, UNSEEN * asymmetry);
}

/**
 * Absolute error of a float32 product with H, in units of λ: how far rounding alone may move any eigenvalue.
 * It is the largest of five measurements, and never less than the error of float32 itself:
 *   symmetry     η·λ_max, where Hv carries a random error of length η·‖Hv‖, so that
 *                E (uᵀHv − vᵀHu)² = η²·(‖Hu‖² + ‖Hv‖²)/dim over random unit u, v
 *   Lanczos      ‖QᵀHQ − T‖_F off the band, from the run
 *   precision    ε·λ_max, if a device may round its products and these differ by ε from those of float32
 *   repetition   ‖Hu − (Hu)′‖/‖Hu‖·λ_max: the same product twice, for devices that add in no fixed order
 *   nudging      3·|xᵀH′x − λ| for known eigenpairs, H′ the Hessian with every weight changed by a few roundings:
 *                a deep network with kinks may amplify them (stochastic arithmetic, Parker 1997)
 * Cost: 2·pairs + 1 products, and one nudged product of each eigenpair.
 */
export async function noiseFloor(op: SymmetricOperator, options: NoiseFloorOptions): Promise<NoiseFloor> {
  const { maxAbs, asymmetry = 0, productError = 0, pairs = 3, signal } = options;
  const { onProducts } = options;
  const measured: NoiseFloor['pair'][] = [];
  const squares: number[] = [];
  // All pairs together share the most work. One pair after another takes the least memory, which matters for long vectors.
  const together = Math.max(1, Math.min(pairs, Math.floor((op.block ?? 2 * pairs) / 2)));
  for (let first = 0; first < pairs; first += together) {
    const found = await productsOfPairs(op, first, Math.min(together, pairs - first), options);
    squares.push(...found.map(errorOfPair));
    measured.push(...found.slice(0, 1 - measured.length));
    onProducts?.(2 * (first + found.length));
  }
  const [pair] = measured;
  const [again] = await applyChecked(op, [pair!.vectors[0]], () => 'noise measurement, repeated', signal);
  const relative = Math.sqrt(mean(squares));
  const repetition = relativeDistance(pair!.products[0], again!);
  const own = 2 * pairs + 1;
  const nudged = await nudgedDeviation(op, { ...options, onProducts: (spent) => onProducts?.(own + spent) });
  const parts = {
    'rounding of float32': ROUNDING * maxAbs,
    'reduced precision of the device': productError * maxAbs,
    'asymmetry of products with random vectors': UNSEEN * relative * maxAbs,
    'asymmetry of the Lanczos matrix': UNSEEN * asymmetry,
    'two evaluations of one product': UNSEEN * repetition * maxAbs,
    'weights changed by a few roundings': NUDGE_MARGIN * nudged.deviation,
  };
  const value = Math.max(...Object.values(parts));
  const listed = Object.entries(parts)
    .filter(([, size]) => size > 0)
    .map(([name, size]) => `${name} ${formatNumber(size, 2)}`);
  return {
    value,
    explanation: `Largest of: ${listed.join(', ')} (in units of λ).`,
    products: own + nudged.products,
    pair: pair!,
  };
}

/** Random unit u, v with Hu, Hv: `count` such pairs from the one numbered `first`. */
async function productsOfPairs(
  op: SymmetricOperator,
  first: number,
  count: number,
  { seed, signal }: NoiseFloorOptions,
): Promise<NoiseFloor['pair'][]> {
  const vectors = Array.from({ length: 2 * count }, (_, i) => {
    const vector = gaussianVector(op.dim, random(seed, 'noise floor', 2 * first + i));
    normalize(vector);
    return vector;
  });
  const products = await applyChecked(op, vectors, (i) => `noise measurement, vector ${2 * first + i + 1}`, signal);
  return Array.from({ length: count }, (_, p) => ({
    vectors: [vectors[2 * p], vectors[2 * p + 1]],
    products: [products[2 * p], products[2 * p + 1]],
  }));
}

/** Largest |xᵀH′x − λ| over the eigenpairs and a few nudged operators H′. */
async function nudgedDeviation(
  op: SymmetricOperator,
  { eigenpairs = [], nudges = 4, seed, signal, onProducts }: NoiseFloorOptions,
): Promise<{ deviation: number; products: number }> {
  if (eigenpairs.length === 0 || nudges === 0) return { deviation: 0, products: 0 };
  const largest = [...eigenpairs].sort((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, NUDGED_PAIRS);
  const together = Math.min(op.block ?? NUDGED_PAIRS, NUDGED_PAIRS);
  let deviation = 0;
  for (let i = 0; i < nudges; i++) {
    for (let first = 0; first < largest.length; first += together) {
      const pairs = largest.slice(first, first + together);
      const vectors = pairs.map(({ vector }) => vector);
      const where = (k: number) => `nudged eigenvector ${first + k + 1}`;
      const products = await applyChecked(op, vectors, where, signal, seed + i);
      for (const [k, { vector, value }] of pairs.entries()) {
        deviation = Math.max(deviation, Math.abs(dot(vector, products[k]) - value));
      }
      onProducts?.(i * largest.length + first + pairs.length);
    }
  }
  return { deviation, products: nudges * largest.length };
}

/** η² of one pair. */
function errorOfPair({ vectors: [u, v], products: [hu, hv] }: NoiseFloor['pair']): number {
  const lengths = norm(hu) ** 2 + norm(hv) ** 2;
  return lengths === 0 ? 0 : ((dot(u, hv) - dot(v, hu)) ** 2 * u.length) / lengths;
}

function relativeDistance(a: Float32Array, b: Float32Array): number {
  let square = 0;
  for (let i = 0; i < a.length; i++) square += (a[i] - b[i]) ** 2;
  return square === 0 ? 0 : Math.sqrt(square) / norm(a);
}
