import type { Objective } from '../../objective/objective';
import type { HessianSpectrum } from '../../report/report';
import { EXACT_DIM } from '../../spectrum/exact';
import { extremeEigenpairs } from '../../spectrum/extremes';
import { hessianOf } from '../../spectrum/operator';
import { overSamples } from '../checks/checks';

/** A first estimate is worth its time where it takes at most this share of the data. */
const SHARE = 1 / 8;
const LEAST_BATCHES = 4;
/** Coarse: the data error of so few samples is larger. */
const WANTED = { top: 3, bottom: 1, tolerance: 1e-2, maxProducts: 12 };

/**
 * The ends of the Hessian's spectrum on the first batches, shown while the whole is measured; null where the data are
 * few, and the whole is there as soon. Its noise is the data's: stated as data error, not measured in float32.
 */
export async function previewSpectrum(
  objective: Objective,
  batchSize: number,
  {
    seed,
    memoryBytes,
    leastBatches = LEAST_BATCHES,
    signal,
  }: { seed: number; memoryBytes: number; leastBatches?: number; signal?: AbortSignal },
): Promise<HessianSpectrum | null> {
  const batches = Math.ceil(objective.samples / batchSize);
  if (batches < leastBatches || objective.dim <= EXACT_DIM) return null;
  const preview = objective.preview(Math.max(1, Math.floor(batches * SHARE)));
  if (!preview) return null;
  const ends = await extremeEigenpairs(hessianOf(preview), { ...WANTED, seed, memoryBytes, repeated: 'never', signal });
  const pairs = [...ends.top, ...ends.bottom];
  const vectors = pairs.map(({ vector }) => vector);
  const curvatures = await preview.curvatures('hessian', vectors, { signal });
  const eigenvalues = pairs.map(({ value, residual, converged }, i) => ({
    value,
    residual,
    converged,
    dataError: overSamples(curvatures[i].curvatures).standardError,
  }));
  return {
    top: eigenvalues.slice(0, ends.top.length),
    bottom: eigenvalues.slice(ends.top.length),
    products: ends.products,
    noiseFloor: 0,
    preliminary: { samples: preview.samples },
  };
}
