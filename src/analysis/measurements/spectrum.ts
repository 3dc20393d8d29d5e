import type { HessianSpectrum } from '../../report/report';
import { keptEigenvectors } from '../drawn';
import { productsOf } from '../spectra/effort';
import { measureSpectrum } from '../spectra/measureSpectrum';
import { previewSpectrum } from '../spectra/previewSpectrum';
import { measureProbes, spectrumPieces } from '../spectra/probes';
import { curvatureSource, spectrumRequest } from '../spectra/source';
import { withoutPart } from './savings';
import type { Saving } from './measurement';
import { defineMeasurement, LOSSES } from './measurement';
import { unlessNonFinite } from './unlessNonFinite';

/** Unit eigenvectors that lines and planes are drawn along. The outermost come first. */
interface Eigenvectors {
  top: readonly Float32Array[];
  bottom: readonly Float32Array[];
}

/** Cost of a first estimate in products over all data: twelve products, mostly on a quarter of the data or less. */
const FIRST_ESTIMATE = 3;
/** Smallest number of batches for an estimate on some samples that no full measurement follows. */
const LEAST_BATCHES = 2;
const FEWER_STEPS = 'most Lanczos steps';
const FEWER_SAMPLES = 'the spectrum on all samples (its ends are estimated on some of them)';
const LEAN_STEPS = 15;
const LEAST_STEPS = 6;

const stepped = (steps: number): Saving['apply'] => {
  return (options, { lanczosSteps }) => ({
    ...options,
    lanczosSteps: lanczosSteps ?? steps,
    extremeSteps: lanczosSteps ?? steps,
  });
};

/** Finds the eigenvectors at both ends of the Hessian's spectrum. */
export const spectrum = defineMeasurement<Eigenvectors>({
  id: 'spectrum',
  title: 'Hessian spectrum',
  part: 'spectrum',
  timedAs: 'spectrum',
  cost(options, { dim }) {
    const products = options.spectrumOn === 'some samples' ? FIRST_ESTIMATE : productsOf(dim, options);
    return { losses: products * LOSSES.hvp, products: productsOf(dim, options), graphs: ['hvp', 'samples'] };
  },
  savings: [
    {
      order: 1,
      left: 'the Gauss-Newton spectrum, scale-invariant curvature, self-checks and most repeated measurements',
      apply: (options, asked, model) => ({
        ...stepped(LEAN_STEPS)(withoutPart(options, asked, 'ggn'), asked, model),
        effort: 'lean',
        probes: asked.probes ?? 1,
      }),
    },
    { order: 5, left: FEWER_STEPS, apply: stepped(LEAST_STEPS) },
    {
      order: 6,
      left: FEWER_SAMPLES,
      covers: [FEWER_STEPS],
      apply: (options, _, { batches }) =>
        batches >= LEAST_BATCHES ? { ...options, spectrumOn: 'some samples' } : options,
    },
    {
      order: 7,
      left: 'the spectrum',
      covers: [FEWER_STEPS, FEWER_SAMPLES],
      apply: (options, asked) => withoutPart(options, asked, 'spectrum'),
    },
  ],
  split: {
    pieces: (options, { dim }) =>
      options.spectrumOn === 'some samples'
        ? []
        : spectrumPieces(dim, options).map((products) => products * LOSSES.hvp),
    measure: ({ objective, options, basisBytes, results, signal }, first, end) =>
      measureProbes(curvatureSource(objective, 'hessian'), spectrumRequest(options, basisBytes), {
        first,
        end,
        results,
        signal,
      }),
  },
  async measure({ objective, facts, options, draft, basisBytes, results, signal, report }) {
    const add = (hessian: HessianSpectrum) => draft.add({ spectrum: { ...draft.report.spectrum, hessian } });
    const { seed } = options;
    const isEstimate = options.spectrumOn === 'some samples';
    const none: Eigenvectors = { top: [], bottom: [] };
    return unlessNonFinite(draft, none, async () => {
      const leastBatches = isEstimate ? LEAST_BATCHES : undefined;
      const preview = { seed, memoryBytes: basisBytes, leastBatches, signal };
      // The ends alone take little longer than a first estimate of them.
      const isWanted = isEstimate || options.spectrumOf === 'everything';
      const first = isWanted ? await previewSpectrum(objective, facts.batchSize, preview) : null;
      if (first) add(first);
      if (isEstimate && first) return none;
      const request = { ...spectrumRequest(options, basisBytes), productError: facts.productError ?? 0 };
      const hooks = { signal, results, onProgress: report, onPart: add };
      const measured = await measureSpectrum(curvatureSource(objective, 'hessian'), request, hooks);
      draft.warn(...measured.warnings);
      draft.check(...measured.checks);
      add(measured.spectrum);
      // Dropping the other vectors frees memory for the next measurements.
      const drawn = keptEigenvectors(options);
      return { top: measured.top.slice(0, drawn.top), bottom: measured.bottom.slice(0, drawn.bottom) };
    });
  },
});
