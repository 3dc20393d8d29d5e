import { EXACT_DIM } from '../../spectrum/exact';
import { measureByLanczos } from './byLanczos';
import { measureExactly } from './exactly';
import type { CurvatureSource, MeasuredSpectrum, SpectrumHooks, SpectrumRequest } from './source';

/**
 * Measures the spectrum of H or G. A small matrix is diagonalised in full. Otherwise SLQ estimates the density and
 * Lanczos finds both ends, continuing the first SLQ run so that no product is repeated. The noise floor, the data
 * errors, the trace and the summary follow.
 */
export async function measureSpectrum(
  source: CurvatureSource,
  request: SpectrumRequest,
  hooks: SpectrumHooks = {},
): Promise<MeasuredSpectrum> {
  return source.op.dim <= EXACT_DIM ? measureExactly(source, request, hooks) : measureByLanczos(source, request, hooks);
}
