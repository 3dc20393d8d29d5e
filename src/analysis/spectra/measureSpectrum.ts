import { EXACT_DIM } from '../../spectrum/exact';
import { measureByLanczos } from './byLanczos';
import { measureExactly } from './exactly';
import type { CurvatureSource, MeasuredSpectrum, SpectrumHooks, SpectrumRequest } from './source';

/**
 * The spectrum of H or G: all of it where it is small, else density (SLQ), both ends (Lanczos, continuing the density's
 * first run so that no product is done twice), noise floor, data error, trace, and what follows from them.
 */
export async function measureSpectrum(
  source: CurvatureSource,
  request: SpectrumRequest,
  hooks: SpectrumHooks = {},
): Promise<MeasuredSpectrum> {
  return source.op.dim <= EXACT_DIM ? measureExactly(source, request, hooks) : measureByLanczos(source, request, hooks);
}
