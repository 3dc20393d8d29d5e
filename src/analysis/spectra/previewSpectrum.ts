import type { Objective } from '../../objective/objective';
import type { HessianSpectrum } from '../../report/report';
import { EXACT_DIM } from '../../spectrum/exact';
import { extremeEigenpairs } from '../../spectrum/extremes';
import { hessianOf } from '../../spectrum/operator';
import { overSamples } from '../checks/checks';

/** Share of the data that a first estimate uses. */
const SHARE = 1 / 8;
const LEAST_BATCHES = 4;
/** A coarse tolerance suffices because the data error of so few samples is larger. */
const WANTED = { top: 3, bottom: 1, tolerance: 1e-2, maxProducts: 12 };

/**
 * Estimates the ends of the Hessian's spectrum on the first batches, to be shown while the full spectrum is measured.
 * Returns null if there is so little data that the full spectrum arrives as soon. The noise floor stays 0 because the
 * data error dominates float32 noise; the data error is reported.
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
