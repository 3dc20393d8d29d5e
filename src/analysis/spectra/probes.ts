import type { Results } from '../answers';
import type { Quadrature } from '../../report/density';
import { estimateTrace, traceProbe } from '../../spectrum/hutchinson';
import { EXACT_DIM } from '../../spectrum/exact';
import { slq } from '../../spectrum/slq';
import type { Slq, SlqStep } from '../../spectrum/slq';
import { ESTIMATES } from './effort';
import type { CurvatureSource, SpectrumRequest } from './source';

/** What one probe of a density adds to it. */
interface ProbeResult {
  ritz: Quadrature;
  /** zᵀHz */
  moment: number;
  reorthogonalised: boolean;
  products: number;
}

type ProbeNumbers = Pick<SpectrumRequest, 'effort' | 'spectrumOf' | 'probes' | 'lanczosSteps'>;

/**
 * Runs the probes of a density, except those that other processes have run or have failed to run. The first probe is
 * always run here, because the search for the ends of the spectrum continues it.
 */
export async function sampledProbes(
  { op, symbol, measurement }: CurvatureSource,
  { probes, lanczosSteps, seed, basisBytes }: SpectrumRequest,
  { results, signal, onStep }: { results: Results; signal?: AbortSignal; onStep?: (step: SlqStep) => void },
): Promise<Slq> {
  const known = new Map<number, ProbeResult>();
  const lost = results.lost(measurement);
  const indices: number[] = [];
  for (let i = 0; i < probes; i++) {
    const result = i === 0 ? null : await results.find<ProbeResult>(requestOf(symbol, { seed, lanczosSteps }, i));
    if (result) known.set(i, result);
    // The pieces of a measurement begin with the second probe.
    else if (i === 0 || !lost.has(i - 1)) indices.push(i);
  }
  const options = { probes, indices, steps: lanczosSteps, seed, memoryBytes: basisBytes, signal, onStep };
  const run = await slq(op, options);
  if (known.size === 0) return run;
  const own = new Map(indices.map((index, k) => [index, { ritz: run.ritz[k], moment: run.moments[k] }]));
  const all = [...known, ...own].sort(([a], [b]) => a - b).map(([, result]) => result);
  const moments = all.map(({ moment }) => moment);
  return {
    ...run,
    ritz: all.map(({ ritz }) => ritz),
    moments,
    trace: estimateTrace(moments),
    products: [...known.values()].reduce((sum, { products }) => sum + products, run.products),
    reorthogonalised: [...known.values()].every(({ reorthogonalised }) => reorthogonalised) && run.reorthogonalised,
  };
}

/** The pieces of a spectrum, with their cost in products: each probe of the density but the first, then of the trace. */
export function spectrumPieces(dim: number, { effort, spectrumOf, probes, lanczosSteps }: ProbeNumbers): number[] {
  if (dim <= EXACT_DIM || spectrumOf === 'ends') return [];
  const ofTrace = spectrumOf === 'everything' ? ESTIMATES[effort].trace.minProbes : 0;
  const density = Array.from({ length: Math.max(probes - 1, 0) }, () => Math.min(lanczosSteps, dim));
  return [...density, ...Array.from({ length: ofTrace }, () => 1)];
}

/** Measures pieces of a spectrum: the probes of the density as results, those of the trace as products. */
export async function measureProbes(
  { op, symbol }: CurvatureSource,
  { probes, lanczosSteps, seed, basisBytes }: SpectrumRequest,
  { first, end, results, signal }: { first: number; end: number; results: Results; signal?: AbortSignal },
): Promise<void> {
  const pieces = Array.from({ length: end - first }, (_, k) => first + k);
  const indices = pieces.filter((piece) => piece < probes - 1).map((piece) => piece + 1);
  if (indices.length > 0) {
    const options = { probes, indices, steps: lanczosSteps, seed, memoryBytes: basisBytes, signal };
    const run = await results.towards(() => slq(op, options));
    for (const [k, index] of indices.entries()) {
      const { nodes } = run.ritz[k];
      await results.keep(requestOf(symbol, { seed, lanczosSteps }, index), {
        ritz: run.ritz[k],
        moment: run.moments[k],
        reorthogonalised: run.reorthogonalised,
        products: nodes.length,
      } satisfies ProbeResult);
    }
  }
  const ofTrace = pieces.filter((piece) => piece >= probes - 1).map((piece) => piece - (probes - 1));
  const block = op.block ?? 1;
  for (let at = 0; at < ofTrace.length; at += block) {
    const vectors = ofTrace.slice(at, at + block).map((index) => traceProbe(op.dim, seed, index));
    await op.apply(vectors, signal);
  }
}

function requestOf(
  symbol: string,
  { seed, lanczosSteps }: Pick<SpectrumRequest, 'seed' | 'lanczosSteps'>,
  index: number,
): unknown[] {
  return ['probe', symbol, seed, lanczosSteps, index];
}
