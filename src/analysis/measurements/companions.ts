import { randomDirection } from '../../landscape/direction';
import { holdsStill } from '../../landscape/filterNormalize';
import { mean, standardError } from '../../numerics/statistics';
import { rademacherVector, random } from '../../numerics/random';
import { dot } from '../../numerics/vectors';
import type { Objective } from '../../objective/objective';
import type { Effort } from '../../options/presets';
import type { Estimate } from '../../report/curvature';
import type { ParameterMeasurement } from '../../report/report';
import { applyChecked, hessianOf } from '../../spectrum/operator';
import { formatCount } from '../../text/counts';
import type { StageReport } from '../progress';
import { defineMeasurement, LOSSES } from './measurement';
import { unlessNonFinite } from './unlessNonFinite';

interface CompanionNumbers {
  /** Number of filter-normalized directions whose curvature is averaged. */
  directions: number;
  /** Largest number of products for θₗᵀHθₗ. Models with more tensors share these products through random signs. */
  tensorProducts: number;
}

export const COMPANIONS: Record<Effort, CompanionNumbers> = {
  lean: { directions: 0, tensorProducts: 0 },
  quick: { directions: 2, tensorProducts: 12 },
  standard: { directions: 4, tensorProducts: 24 },
  thorough: { directions: 8, tensorProducts: 48 },
};

/** Largest number of vectors multiplied in one pass. */
const BLOCK = 4;

export const companions = defineMeasurement({
  id: 'companions',
  title: 'Scale-invariant curvature',
  part: 'spectrum',
  timedAs: 'companions',
  applies: ({ effort, spectrumOf }) => effort !== 'lean' && spectrumOf === 'everything',
  cost({ effort }) {
    const { directions, tensorProducts } = COMPANIONS[effort];
    const products = directions + tensorProducts;
    return { losses: products * LOSSES.hvp, products, graphs: ['hvp'] };
  },
  async measure({ objective, options: { effort, seed }, draft, signal, report }) {
    await unlessNonFinite(draft, undefined, async () => {
      const hooks = { effort, seed, signal, onProgress: report };
      const { byTensor, ...found } = await measureCompanions(objective, hooks);
      draft.add({ parameters: { ...withCurvature(draft.report.parameters!, byTensor), ...found } });
    });
  },
});

/**
 * Measures curvature that does not change when weights are rescaled without changing the network:
 *   dᵀHd      mean over random filter-normalized directions d, which `random` lines use too
 *   θₗᵀHθₗ    θₗ holds the weights of tensor l and is zero elsewhere
 * Up to `tensorProducts` tensors get one product each. If there are more, they share that many products with random
 * signs s:
 *   θₗᵀHθₗ = E sₗ·θₗᵀ·(H·Σₖ sₖθₖ),  reported with its standard error over the draws.
 * @see Li et al. 2018, arXiv:1712.09913; Tsuzuku, Sato & Sugiyama 2020, arXiv:1901.04653
 */
async function measureCompanions(
  objective: Objective,
  {
    effort,
    seed,
    signal,
    onProgress,
  }: { effort: Effort; seed: number; signal?: AbortSignal; onProgress?: StageReport },
): Promise<{ filterNormalizedCurvature?: Estimate & { directions: number }; byTensor: Estimate[] }> {
  const { tensorProducts, directions: most } = COMPANIONS[effort];
  const tensors = objective.parameters.length;
  const draws = Math.min(tensors, tensorProducts);
  const normalized = (k: number) =>
    randomDirection(objective.parameters, objective.theta, {
      seed,
      // Lines and planes use streams 0 and 1.
      stream: 2 + k,
      normalization: 'filter',
    });
  const moves = objective.parameters.some((tensor) => !holdsStill(tensor, objective.theta));
  const directions = moves ? most : 0;
  const total = directions + draws;
  let done = 0;
  const products = async (
    count: number,
    vector: (k: number) => Float32Array,
    take: (k: number, d: Float32Array, hd: Float32Array) => void,
  ) => {
    const size = Math.min(BLOCK, objective.block);
    for (let first = 0; first < count; first += size) {
      const block = Array.from({ length: Math.min(size, count - first) }, (_, k) => vector(first + k));
      const images = await applyChecked(
        hessianOf(objective),
        block,
        (k) => `scale-invariant curvature, vector ${first + k + 1}`,
        signal,
      );
      block.forEach((d, k) => take(first + k, d, images[k]));
      done += block.length;
      onProgress?.(done / total, `${formatCount(done)} of ${formatCount(total)} products`);
    }
  };

  const along: number[] = [];
  await products(
    directions,
    (k) => normalized(k)!.vector,
    (_, d, hd) => along.push(dot(d, hd)),
  );
  const alone = draws === tensors;
  const shares: number[][] = objective.parameters.map(() => []);
  const signs = (k: number) =>
    alone
      ? Float32Array.from({ length: tensors }, (_, l) => (l === k ? 1 : 0))
      : rademacherVector(tensors, random(seed, 'signs of tensors', k));
  await products(
    draws,
    (k) => signed(objective, signs(k)),
    (k, _, image) => {
      const sign = signs(k);
      objective.parameters.forEach(({ offset, count }, l) => {
        if (sign[l] === 0) return;
        const part = (x: Float32Array) => x.subarray(offset, offset + count);
        shares[l].push(sign[l] * dot(part(objective.theta), part(image)));
      });
    },
  );
  return {
    ...(along.length > 1
      ? {
          filterNormalizedCurvature: {
            value: mean(along),
            standardError: standardError(along),
            directions: along.length,
          },
        }
      : {}),
    byTensor: shares.map((values) => ({ value: mean(values), standardError: alone ? 0 : standardError(values) })),
  };
}

/** Adds the curvature of each tensor to what `measureParameters` found. */
function withCurvature(known: ParameterMeasurement, byTensor: readonly Estimate[]): ParameterMeasurement {
  return { ...known, byParameter: known.byParameter?.map((tensor, l) => ({ ...tensor, curvature: byTensor[l] })) };
}

/** Σₗ sₗθₗ */
function signed({ theta, parameters }: Objective, signs: Float32Array): Float32Array {
  const vector = new Float32Array(theta.length);
  parameters.forEach(({ offset, count }, l) => {
    if (signs[l] === 0) return;
    for (let i = offset; i < offset + count; i++) vector[i] = signs[l] * theta[i];
  });
  return vector;
}
