import type { GgnSpectrum } from '../report/report';
import { EXACT_DIM, exactSpectrum, extremesOfExact } from '../spectrum/exact';
import { extremeEigenpairs } from '../spectrum/extremes';
import { hutchinsonTrace } from '../spectrum/hutchinson';
import { noiseFloor } from '../spectrum/noiseFloor';
import type { SymmetricOperator } from '../spectrum/operator';
import type { SpectrumRequest } from './measureSpectrum';
import { BASIS_BYTES } from './measureSpectrum';
import type { StageReport } from './progress';
import { PRODUCTS } from './stages';

/** Largest eigenvalues and trace of the Gauss-Newton matrix. It is positive semidefinite: the lower end is zero. */
export async function measureGgn(
  op: SymmetricOperator,
  request: SpectrumRequest,
  { signal, onProgress }: { signal?: AbortSignal; onProgress?: StageReport } = {},
): Promise<GgnSpectrum> {
  if (op.dim <= EXACT_DIM) {
    const exact = await exactSpectrum(op, { signal, onColumns: (done, dim) => onProgress?.(done / dim) });
    return {
      top: extremesOfExact(exact, request.top, 0).top.map(({ value, residual, converged }) => ({
        value,
        residual,
        converged,
      })),
      trace: { value: exact.trace, standardError: 0, probes: 0 },
      products: exact.products,
      noiseFloor: exact.noiseFloor,
    };
  }
  const { seed } = request;
  const ends = await extremeEigenpairs(op, {
    top: request.top,
    bottom: 0,
    seed,
    maxProducts: request.extremeSteps,
    memoryBytes: BASIS_BYTES,
    signal,
    onStep: ({ products, maxProducts }) =>
      onProgress?.((0.7 * products) / maxProducts, `${products} Gauss-Newton products`),
  });
  const eigenpairs = ends.top.filter(({ converged }) => converged);
  const noise = await noiseFloor(op, { maxAbs: ends.maxAbs, seed, asymmetry: ends.asymmetry, eigenpairs, signal });
  const { value, standardError, probes, products } = await hutchinsonTrace(op, {
    seed,
    ...PRODUCTS[request.preset].trace,
    eigenpairs,
    signal,
    onProbes: () => onProgress?.(0.9),
  });
  return {
    top: ends.top.map(({ value, residual, converged }) => ({ value, residual, converged })),
    trace: { value, standardError, probes },
    products: ends.products + noise.products + products,
    noiseFloor: noise.value,
  };
}
