import { evenGroupSize, turnGroupSize } from '../numerics/evenGroups';
import { gaussianVector, rademacherVector, random } from '../numerics/random';
import { dot, norm, scale } from '../numerics/vectors';
import type { Quadrature } from '../report/density';
import { massBetween } from '../report/density';
import type { TraceEstimate } from '../report/report';
import { estimateTrace } from './hutchinson';
import type { Krylov } from './krylov';
import { advance, quadratureOf, startKrylov } from './krylov';
import { applyChecked } from './operator';
import type { SymmetricOperator } from './operator';

export interface SlqOptions {
  probes: number;
  /** Indices of the probes to run, in ascending order. Default: 0 to probes − 1. */
  indices?: readonly number[];
  /** Lanczos steps per probe. */
  steps: number;
  seed: number;
  distribution?: 'rademacher' | 'gaussian';
  /** Probes per call of the operator; fewer if the memory budget demands it. Default: as many as the operator takes, else 8. */
  blockSize?: number;
  /** Memory for basis vectors. Default 1 GiB. */
  memoryBytes?: number;
  signal?: AbortSignal;
  onStep?: (step: SlqStep) => void;
}

export interface SlqStep {
  products: number;
  maxProducts: number;
}

export interface Slq {
  /** One per probe that was run; the input of `densityFromRitz`. */
  ritz: Quadrature[];
  /** zᵀHz of each probe z (E zzᵀ = I), exact at the first step: their mean estimates the trace. */
  moments: number[];
  trace: TraceEstimate;
  products: number;
  /** False if the memory budget did not hold the bases. The density stays right, but single Ritz values may repeat. */
  reorthogonalised: boolean;
  /** The first probe's run, for `extremeEigenpairs` to continue; null if its basis was not kept. */
  krylov: Krylov | null;
}

const GIB = 2 ** 30;
/** Vectors that the products of a second group hold for each of its probes, stacked and in sums, in two lanes or more. */
const IN_FLIGHT = 10;
/** Vectors a probe without reorthogonalisation needs: the last two, and the product in flight. */
const LOCAL_VECTORS = 3;

/**
 * Spectral density of a symmetric operator by stochastic Lanczos quadrature (SLQ): Lanczos from m random vectors; the
 * Ritz values θᵢⱼ of run j and their squared first components wᵢⱼ are nodes and weights of a Gauss quadrature for zⱼ's
 * spectral measure, whose mean over random z is the density. `densityFromRitz` draws it.
 * The runs proceed in step, `blockSize` probes per call of `op`; the first products also give the trace (Hutchinson). If
 * calls of `op` may overlap, two groups of probes take turns: this thread finds the next vectors of one while the lanes
 * compute the products of the other.
 * A run that meets an invariant subspace ends early: its quadrature is exact.
 * Cost: probes · steps products; memory: steps vectors for each probe of the groups at work, at most `memoryBytes`.
 * @throws NonFiniteError naming probe and step
 * @see Ghorbani, Krishnan & Xiao 2019, arXiv:1901.10159; Golub & Welsch 1969 (quadrature from a tridiagonal matrix)
 */
export async function slq(op: SymmetricOperator, options: SlqOptions): Promise<Slq> {
  const { seed, memoryBytes = GIB, distribution = 'rademacher', signal } = options;
  const { indices = Array.from({ length: options.probes }, (_, i) => i) } = options;
  const probes = indices.length;
  const steps = Math.min(options.steps, op.dim);
  const { blockSize, turns, full, keep } = planBases(op, { ...options, probes, steps, memoryBytes });
  const orthogonalization = full ? 'full' : 'local';
  const room = full ? steps + 1 : LOCAL_VECTORS;
  const quadratures: Quadrature[] = [];
  const moments: number[] = [];
  let krylov: Krylov | null = null;
  let products = 0;
  let begun = 0;

  const nextGroup = (): Group | null => {
    const first = begun;
    begun = Math.min(first + blockSize, probes);
    const runs = Array.from({ length: begun - first }, (_, k) =>
      startKrylov({ dim: op.dim, seed, stream: streamOf(indices[first + k]), distribution, orthogonalization, room }),
    );
    return runs.length > 0 ? { first, runs, step: 0 } : null;
  };
  const askedFor = (group: Group | null): Asked[] => {
    const asked = group && ask(op, group, indices, signal);
    return asked ? [asked] : [];
  };
  const underWay = Array.from({ length: turns }, nextGroup).flatMap(askedFor);
  try {
    while (underWay.length > 0) {
      const { group, active, vectors, images: promised } = underWay.shift()!;
      const images = await promised;
      active.forEach((run, i) => {
        // The run starts with z/‖z‖. E zzᵀ = I requires ‖z‖² = dim, exactly for Rademacher probes and on average for
        // Gaussian ones, so a unit vector's moment times dim is unbiased for both.
        if (group.step === 0) moments[group.first + i] = op.dim * dot(vectors[i], images[i]);
        advance(run, images[i], 'stop');
      });
      products += active.length;
      group.step++;
      const further = group.step < steps ? askedFor(group) : [];
      if (further.length === 0) {
        group.runs.forEach((run, k) => (quadratures[group.first + k] = quadratureOf(run)!));
        if (group.first === 0 && indices[0] === 0 && keep) krylov = group.runs[0];
        further.push(...askedFor(nextGroup()));
      }
      underWay.push(...further);
      options.onStep?.({ products, maxProducts: probes * steps });
    }
  } finally {
    await Promise.allSettled(underWay.map(({ images }) => images));
  }
  return {
    ritz: quadratures,
    moments,
    trace: estimateTrace(moments),
    products,
    reorthogonalised: full,
    krylov,
  };
}

/** Probes whose runs proceed in step. */
interface Group {
  /** Place of its first probe among those to run. */
  first: number;
  runs: Krylov[];
  /** Products that each run has absorbed. */
  step: number;
}

/** Products of a group that are in flight. */
interface Asked {
  group: Group;
  /** Runs that have not ended, with the vectors whose products they need. */
  active: Krylov[];
  vectors: Float32Array[];
  images: Promise<Float32Array[]>;
}

/** Requests the next products of a group; null if all its runs have ended. */
function ask(op: SymmetricOperator, group: Group, indices: readonly number[], signal?: AbortSignal): Asked | null {
  const active = group.runs.filter((run) => run.next);
  if (active.length === 0) return null;
  const vectors = active.map((run) => run.next!);
  const probeOf = (i: number) => indices[group.first + group.runs.indexOf(active[i])] + 1;
  const where = (i: number) => `probe ${probeOf(i)}, step ${group.step + 1}`;
  const images = applyChecked(op, vectors, where, signal);
  // A failure is thrown when it is this group's turn; until then it must not count as unhandled.
  images.catch(() => undefined);
  return { group, active, vectors, images };
}

/** Probe z of a run with this seed, E zzᵀ = I: the vector of `moments[index]`. */
export function slqProbe(
  dim: number,
  seed: number,
  index: number,
  distribution: 'rademacher' | 'gaussian' = 'rademacher',
): Float32Array {
  const draw = distribution === 'rademacher' ? rademacherVector : gaussianVector;
  const z = draw(dim, random(seed, streamOf(index)));
  scale(Math.sqrt(dim) / norm(z), z);
  return z;
}

const streamOf = (probe: number) => `probe ${probe}`;

/** Expected number of eigenvalues below (or above) a bound: dim · mean over probes of the weights there. */
export function countFromRitz(
  ritz: readonly Quadrature[],
  dim: number,
  side: 'below' | 'above',
  bound: number,
): { value: number; standardError: number } {
  const mass = side === 'below' ? massBetween(ritz, -Infinity, bound) : massBetween(ritz, bound, Infinity);
  return { value: dim * mass.value, standardError: dim * mass.standardError };
}

/**
 * Takes as many probes side by side as the budget holds with their whole bases. If it does not hold even one, the runs keep
 * no basis. Groups have one size, because each size needs a graph and a small last group would share little work. Two
 * groups take turns if that helps and the budget holds the bases of both.
 * The first probe's basis is kept if it fits beside those of the following groups.
 */
function planBases(
  { dim, block = 8, overlapping = false }: SymmetricOperator,
  { steps, probes, memoryBytes, blockSize = block }: SlqOptions & { memoryBytes: number },
) {
  const vectorBytes = 4 * dim;
  const withBases = Math.floor(memoryBytes / ((steps + 1) * vectorBytes));
  if (withBases < 1) {
    const withoutBases = Math.floor(memoryBytes / (LOCAL_VECTORS * vectorBytes));
    return { blockSize: Math.max(1, Math.min(probes, blockSize, withoutBases)), turns: 1, full: false, keep: false };
  }
  const together = (overlapping ? turnGroupSize : evenGroupSize)(probes, Math.min(blockSize, withBases));
  const bothFit = 2 * (steps + 1) * together + IN_FLIGHT * together <= memoryBytes / vectorBytes;
  const turns = overlapping && bothFit ? 2 : 1;
  const atWork = Math.min(probes, turns * together);
  return { blockSize: together, turns, full: true, keep: atWork === probes || withBases > atWork };
}
