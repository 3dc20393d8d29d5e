import { mean, standardError } from '../../numerics/statistics';
import { axpy, dot } from '../../numerics/vectors';
import { rademacherVector, random } from '../../numerics/random';
import type { Objective } from '../../objective/objective';
import type { CurvatureKind } from '../../loss/head';
import type { Check, ResidualPart } from '../../report/curvature';
import type { GgnSpectrum } from '../../report/report';
import { applyChecked, gaussNewtonOf, hessianOf } from '../../spectrum/operator';
import { productsOf } from '../spectra/effort';
import { measureSpectrum } from '../spectra/measureSpectrum';
import { measureProbes, spectrumPieces } from '../spectra/probes';
import type { SpectrumHooks, SpectrumRequest } from '../spectra/source';
import { curvatureSource, spectrumRequest } from '../spectra/source';
import type { Effort } from '../../options/presets';
import { defineMeasurement, LOSSES } from './measurement';
import { unlessNonFinite } from './unlessNonFinite';

/** Warnings that a reader needs in order to interpret the figures of G. */
const TOLD: { [K in CurvatureKind]?: string } = {
  zero: 'G is zero by construction: this loss is linear in what it reads, wherever it has a slope. All curvature of H is in H − G, and eigenvalues of G say nothing about the model.',
  empiricalFisher:
    'G is the empirical Fisher matrix, of the gradients of −log p at the targets: the loss reads probabilities, and the logits below them are not known.',
};
/**
 * Number of random vectors for the density of G and for comparing H with G. The density of G needs fewer vectors than
 * that of H because its spectrum is bounded below by zero.
 */
export const GGN_PROBES: Record<Effort, { density: number; difference: number }> = {
  lean: { density: 1, difference: 2 },
  quick: { density: 1, difference: 3 },
  standard: { density: 2, difference: 8 },
  thorough: { density: 10, difference: 16 },
};
/** Smallest number of top eigenvalues of G, so that they can be compared with those of H. */
const LEAST_TOP = 5;
/** Largest number of vectors multiplied in one pass. */
const BLOCK = 4;
/** Share of the progress bar that the spectrum takes. The comparison with H takes the rest. */
const SPECTRUM_SHARE = 0.85;

export const gaussNewton = defineMeasurement({
  id: 'gaussNewton',
  title: 'Gauss-Newton spectrum',
  part: 'ggn',
  timedAs: 'ggn',
  cost(options, { dim }) {
    const { density, difference } = GGN_PROBES[options.effort];
    const ofSpectrum = productsOf(dim, { ...options, probes: density });
    return {
      losses: ofSpectrum * LOSSES.ggnvp + difference * (LOSSES.hvp + LOSSES.ggnvp),
      products: ofSpectrum + 2 * difference,
      graphs: ['hvp', 'ggnvp', 'samples'],
    };
  },
  split: {
    pieces: (options, { dim }) => spectrumPieces(dim, ofGgn(options)).map((products) => products * LOSSES.ggnvp),
    measure: ({ objective, options, basisBytes, results, signal }, first, end) =>
      measureProbes(curvatureSource(objective, 'gaussNewton'), ofGgn(spectrumRequest(options, basisBytes)), {
        first,
        end,
        results,
        signal,
      }),
  },
  async measure({ objective, facts, options, draft, basisBytes, results, signal, report }) {
    await unlessNonFinite(draft, undefined, async () => {
      const request = { ...spectrumRequest(options, basisBytes), productError: facts.productError ?? 0 };
      const wanted = { ...request, top: Math.max(options.top, LEAST_TOP) };
      const add = (ggn: GgnSpectrum) => draft.add({ spectrum: { ...draft.report.spectrum, ggn } });
      // G includes the curvature of the weight decay, as H does.
      const isPlain = options.weightDecay === 0 || facts.curvature === 'zero';
      const curvature = (isPlain && facts.curvature) || 'gaussNewton';
      const hooks = { signal, results, onProgress: report, onPart: add };
      const { ggn, checks, warnings } = await measureGgn(objective, curvature, wanted, hooks);
      draft.warn(...warnings);
      draft.check(...checks);
      add(ggn);
    });
  },
});

/** The same request with as many probes as the density of G needs. */
function ofGgn<R extends { effort: Effort; probes: number }>(request: R): R {
  return { ...request, probes: Math.min(request.probes, GGN_PROBES[request.effort].density) };
}

/** Measures the spectrum of the Gauss-Newton matrix G and the residual H − G. G is positive semidefinite. */
async function measureGgn(
  objective: Objective,
  curvature: CurvatureKind,
  request: SpectrumRequest,
  {
    signal,
    results,
    onProgress,
    onPart,
  }: Pick<SpectrumHooks, 'signal' | 'results' | 'onProgress'> & { onPart?: (ggn: GgnSpectrum) => void } = {},
): Promise<{ ggn: GgnSpectrum; checks: Check[]; warnings: string[] }> {
  const isFisher = curvature === 'fisher';
  const asGgn = (spectrum: GgnSpectrum): GgnSpectrum => {
    const { top, trace, density, ritz, products, noiseFloor, exact, summary } = spectrum;
    return { top, trace, density, ritz, products, noiseFloor, exact, summary, isFisher };
  };
  const { difference } = GGN_PROBES[request.effort];
  const { spectrum, checks, warnings } = await measureSpectrum(
    curvatureSource(objective, 'gaussNewton'),
    { ...ofGgn(request), bottom: 0 },
    {
      signal,
      results,
      onProgress: (fraction, detail) => onProgress?.(SPECTRUM_SHARE * fraction, detail),
      onPart: (part) => onPart?.(asGgn(part)),
    },
  );
  onPart?.(asGgn(spectrum));
  const residualPart = await measureResidualPart(objective, { seed: request.seed, probes: difference, signal });
  const told = TOLD[curvature];
  return { ggn: { ...asGgn(spectrum), residualPart }, checks, warnings: told ? [told, ...warnings] : warnings };
}

/**
 * Estimates the trace and the relative norm of H − G from products of H and G with the same Rademacher probes z:
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
      const difference = left[k];
      whole.push(dot(difference, difference));
      axpy(-1, right[k], difference);
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

/**
 * Returns √(mean a / mean b) with its first-order standard error. Both means use the same probes, so part of their
 * random error cancels.
 */
function ratioOfRoots(a: readonly number[], b: readonly number[]) {
  const ratio = mean(a) / mean(b);
  if (!(mean(b) > 0)) return { value: 0, standardError: 0 };
  const deviations = a.map((value, i) => (value - ratio * b[i]) / mean(b));
  const value = Math.sqrt(ratio);
  return { value, standardError: value > 0 ? standardError(deviations) / (2 * value) : 0 };
}
