import { mean, standardError } from '../numerics/statistics';
import { axpy, dot } from '../numerics/vectors';
import { rademacherVector, random } from '../numerics/random';
import type { Objective } from '../objective/objective';
import type { CurvatureKind } from '../loss/head';
import type { Check, ResidualPart } from '../report/curvature';
import type { GgnSpectrum } from '../report/report';
import { applyChecked, gaussNewtonOf, hessianOf } from '../spectrum/operator';
import { curvatureSource, measureSpectrum } from './measureSpectrum';
import type { SpectrumRequest } from './measureSpectrum';
import type { StageReport } from './progress';
import { PRODUCTS } from './stages';

/** What a person should know of G before reading its figures. */
const TOLD: { [K in CurvatureKind]?: string } = {
  zero: 'G is zero by construction: this loss is linear in what it reads, wherever it has a slope. All curvature of H is in H − G, and eigenvalues of G say nothing about the model.',
  empiricalFisher:
    'G is the empirical Fisher matrix, of the gradients of −log p at the targets: the loss reads probabilities, and the logits below them are not known.',
};
/** Pushed together, at most. */
const BLOCK = 4;
/** Progress is told by this share before the comparison with H begins. */
const SPECTRUM_SHARE = 0.85;

/** Spectrum of the Gauss-Newton matrix, and H − G. G is positive semidefinite: its lower end is zero. */
export async function measureGgn(
  objective: Objective,
  curvature: CurvatureKind,
  request: SpectrumRequest,
  {
    signal,
    onProgress,
    onPart,
  }: { signal?: AbortSignal; onProgress?: StageReport; onPart?: (ggn: GgnSpectrum) => void } = {},
): Promise<{ ggn: GgnSpectrum; checks: Check[]; warnings: string[] }> {
  const isFisher = curvature === 'fisher';
  const asGgn = (spectrum: GgnSpectrum): GgnSpectrum => {
    const { top, trace, density, ritz, products, noiseFloor, exact, summary } = spectrum;
    return { top, trace, density, ritz, products, noiseFloor, exact, summary, isFisher };
  };
  const { ggnProbes, residualProbes } = PRODUCTS[request.effort];
  const probes = Math.min(request.probes, ggnProbes);
  const { spectrum, checks, warnings } = await measureSpectrum(
    curvatureSource(objective, 'gaussNewton'),
    { ...request, probes, bottom: 0 },
    {
      signal,
      onProgress: (fraction, detail) => onProgress?.(SPECTRUM_SHARE * fraction, detail),
      onPart: (part) => onPart?.(asGgn(part)),
    },
  );
  onPart?.(asGgn(spectrum));
  const residualPart = await measureResidualPart(objective, { seed: request.seed, probes: residualProbes, signal });
  const told = TOLD[curvature];
  return { ggn: { ...asGgn(spectrum), residualPart }, checks, warnings: told ? [told, ...warnings] : warnings };
}

/**
 * Trace and size of H − G, by products with the same Rademacher probes z:
 *   tr(H − G) = E zᵀ(H − G)z,   ‖H − G‖_F²/‖H‖_F² = E ‖(H − G)z‖² / E ‖Hz‖²
 * Cost: one product with H and one with G for each probe.
 */
async function measureResidualPart(
  objective: Objective,
  { seed, probes, signal }: { seed: number; probes: number; signal?: AbortSignal },
): Promise<ResidualPart> {
  const [hessian, gauss] = [hessianOf(objective), gaussNewtonOf(objective)];
  const traces: number[] = [];
  const [squares, whole]: [number[], number[]] = [[], []];
  const block = Math.min(BLOCK, objective.block);
  for (let first = 0; first < probes; first += block) {
    const vectors = Array.from({ length: Math.min(block, probes - first) }, (_, k) =>
      rademacherVector(objective.dim, random(seed, 'H − G', first + k)),
    );
    const where = (k: number) => `H − G, probe ${first + k + 1}`;
    const left = await applyChecked(hessian, vectors, where, signal);
    const right = await applyChecked(gauss, vectors, where, signal);
    vectors.forEach((z, k) => {
      const difference = left[k]!;
      whole.push(dot(difference, difference));
      axpy(-1, right[k]!, difference);
      traces.push(dot(z, difference));
      squares.push(dot(difference, difference));
    });
  }
  return {
    trace: { value: mean(traces), standardError: standardError(traces) },
    relativeNorm: ratioOfRoots(squares, whole),
    probes,
  };
}

/** √(mean a / mean b) with its error to first order: both come from the same probes, so their chance partly cancels. */
function ratioOfRoots(a: readonly number[], b: readonly number[]) {
  const ratio = mean(a) / mean(b);
  if (!(mean(b) > 0)) return { value: 0, standardError: 0 };
  const deviations = a.map((value, i) => (value - ratio * b[i]!) / mean(b));
  const value = Math.sqrt(ratio);
  return { value, standardError: value > 0 ? standardError(deviations) / (2 * value) : 0 };
}
