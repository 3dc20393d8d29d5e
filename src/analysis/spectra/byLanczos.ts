import type { Check } from '../../report/curvature';
import type { Quadrature } from '../../report/density';
import { densityFromRitz } from '../../report/density';
import type { HessianSpectrum } from '../../report/report';
import { certifiedNegative } from '../../spectrum/certify';
import type { Eigenpair } from '../../spectrum/eigenpair';
import { extremeEigenpairs } from '../../spectrum/extremes';
import { hutchinsonTrace } from '../../spectrum/hutchinson';
import type { HutchinsonTrace } from '../../spectrum/hutchinson';
import { noiseFloor } from '../../spectrum/noiseFloor';
import type { NoiseFloor } from '../../spectrum/noiseFloor';
import { slqProbe } from '../../spectrum/slq';
import type { Slq } from '../../spectrum/slq';
import { knownTo, summarize } from '../../spectrum/spectralSums';
import { counted, formatCount } from '../../text/counts';
import { NO_ANSWERS } from '../answers';
import { meansCheck, symmetryCheck, unlessRounding } from '../checks/checks';
import { asymmetryUnderRounding } from '../checks/underRounding';
import { dataErrors } from './dataErrors';
import { ESTIMATES, productsOf } from './effort';
import { partsOf } from './parts';
import { sampledProbes } from './probes';
import type { CurvatureSource, MeasuredSpectrum, SpectrumHooks, SpectrumRequest } from './source';

/** Number of vectors that a restarted Lanczos run needs in addition to the wanted eigenvectors. */
const RESTART_ROOM = 5;
/** Largest dimension for which the trace estimate keeps the diagonal of the matrix. */
const DIAGONAL_DIM = 2 ** 22;

/**
 * Measures the density, both ends, the noise floor, the data errors, the trace and the summary of a spectrum from
 * matrix-vector products alone, or the part of them that the request names.
 */
export async function measureByLanczos(
  source: CurvatureSource,
  request: SpectrumRequest,
  { signal, onProgress, onPart, results = NO_ANSWERS.results }: SpectrumHooks,
): Promise<MeasuredSpectrum> {
  const { op, parameters, symbol, semidefinite } = source;
  const { seed, effort, spectrumOf } = request;
  const planned = productsOf(op.dim, request);
  let products = 0;
  const advance = (spent: number) => {
    const done = products + spent;
    onProgress?.(done / planned, counted(done, 'product'));
  };

  const sampled =
    spectrumOf === 'ends'
      ? null
      : await sampledProbes(source, request, { results, signal, onStep: (step) => advance(step.products) });
  products += sampled?.products ?? 0;
  const drawn = sampled ? sectionsOf(sampled) : {};
  if (sampled) onPart?.({ top: [], bottom: [], ...drawn, products, noiseFloor: 0 });

  const start = sampled?.krylov ?? null;
  const wanted = pairsThatFit(op.dim, request);
  const ends = await extremeEigenpairs(op, {
    ...wanted,
    seed,
    maxProducts: Math.max(request.extremeSteps - (start?.diagonal.length ?? 0), 0),
    start: start ?? undefined,
    memoryBytes: request.basisBytes,
    signal,
    onStep: (step) => advance(step.products),
  });
  products += ends.products;
  const eigenpairs = [...ends.top, ...ends.bottom].filter(({ converged }) => converged);
  const { maxAbs, asymmetry } = ends;
  const { productError } = request;
  const noise = await noiseFloor(op, {
    maxAbs,
    seed,
    asymmetry,
    ...ESTIMATES[effort].noise,
    productError,
    eigenpairs,
    signal,
    onProducts: advance,
  });
  products += noise.products;
  const symmetric = await pairCheck(source, noise.pair, { seed, signal });
  const overData = await dataErrors(source, ends, { seed, signal });
  products += overData.products;
  const floor = Math.max(noise.value, overData.lossRounding);
  const extremes = {
    ...overData.ends,
    noiseFloor: floor,
    certifiedNegative: provenNegative(ends.ritzValues, sampled, floor),
  };
  onPart?.({ ...drawn, ...extremes, products });
  const found = {
    top: ends.top.map(({ vector }) => vector),
    bottom: ends.bottom.map(({ vector }) => vector),
    warnings: [
      ...fewer(request, wanted),
      ...unconverged(ends.top, ends.bottom, ends.products + (start ? request.lanczosSteps : 0)),
    ],
  };
  if (!sampled || spectrumOf !== 'everything') {
    const spectrum = { ...drawn, ...extremes, products };
    return { spectrum, ...found, checks: [symmetric, ...overData.checks] };
  }

  const parts = partsOf(parameters);
  const traced = await hutchinsonTrace(op, {
    seed,
    ...ESTIMATES[effort].trace,
    known: sampled.moments,
    knownProbe: (i) => slqProbe(op.dim, seed, i),
    eigenpairs,
    parts,
    keepDiagonal: op.dim <= DIAGONAL_DIM,
    signal,
    onProbes: (estimate) => advance(estimate.probes - sampled.moments.length),
  });
  products += traced.products;
  const known = knownTo(eigenpairs, sampled.ritz.length, (i) => slqProbe(op.dim, seed, i));
  const summary = summarize(
    { dim: op.dim, ritz: sampled.ritz, known, exact: false, semidefinite },
    {
      noiseFloor: floor,
      ritzValues: ends.ritzValues.map((value, i) => ({ value, residual: ends.ritzResiduals[i] })),
    },
  );
  const estimates = traced.moments.estimates();
  return {
    spectrum: {
      ...drawn,
      ...extremes,
      trace: traceOf(traced),
      products,
      // The trace uses more probes than the density, so its estimate of ‖·‖_F is more precise.
      summary: { ...summary, frobenius: traced.moments.frobenius() },
      parts: parts.map(({ level, count }, i) => ({ ...estimates[i], level, count })),
    },
    ...found,
    checks: [symmetric, ...overData.checks, ...momentCheck(symbol, traced, { maxAbs, floor, dim: op.dim })],
  };
}

/** Checks the symmetry of the operator with the products that the noise floor was measured from. */
async function pairCheck(
  { op, symbol, perSample }: CurvatureSource,
  { vectors, products }: NoiseFloor['pair'],
  options: { seed: number; signal?: AbortSignal },
): Promise<Check> {
  const symmetric = symmetryCheck(`symmetry of ${symbol}`, vectors, products);
  return unlessRounding(symmetric, async () => {
    const along = await perSample(vectors, options.signal);
    const [ofU, ofV] = along.map(({ lossRounding }) => lossRounding?.curvature ?? 0);
    return 2 * Math.sqrt(ofU! * ofV!) + (await asymmetryUnderRounding(op, vectors, options));
  });
}

function sectionsOf(sampled: Slq): Pick<HessianSpectrum, 'density' | 'ritz' | 'trace'> {
  return {
    density: densityFromRitz(sampled.ritz),
    ritz: sampled.ritz,
    trace: traceOf(sampled.trace),
  };
}

/** Checks the first moment of the density against a trace estimate from independent probes. */
function momentCheck(
  symbol: string,
  { given, own, moments }: Pick<HutchinsonTrace, 'given' | 'own' | 'moments'>,
  { maxAbs, floor, dim }: { maxAbs: number; floor: number; dim: number },
): Check[] {
  if (!own || !given) return [];
  const name = `first moment of the density of ${symbol} and trace`;
  // The error of a product has length floor·‖z‖ with ‖z‖ = √dim, and a random direction.
  const rounding = floor * Math.sqrt(dim);
  return [meansCheck(name, given, own, { frobenius: moments.frobenius().value, largest: maxAbs, rounding })];
}

/**
 * Returns the largest proven lower bound on the number of negative eigenvalues. Each Krylov subspace gives a bound of
 * its own. Without reorthogonalisation Ritz values repeat, so they prove nothing.
 */
function provenNegative(ritzValues: readonly number[], sampled: Slq | null, noise: number): number {
  const probes: readonly Quadrature[] = sampled?.reorthogonalised ? sampled.ritz : [];
  return Math.max(certifiedNegative(ritzValues, noise), ...probes.map(({ nodes }) => certifiedNegative(nodes, noise)));
}

/**
 * Reduces the wanted numbers of eigenpairs, in proportion, to what a restarted run can find in the memory for Krylov
 * vectors. At least one pair remains.
 */
function pairsThatFit(dim: number, { top, bottom, basisBytes }: SpectrumRequest): { top: number; bottom: number } {
  const room = Math.max(1, Math.floor(basisBytes / (4 * dim)) - RESTART_ROOM);
  if (top + bottom <= room) return { top, bottom };
  const fromTop = Math.min(top, Math.max(1, Math.round((room * top) / (top + bottom))));
  return { top: fromTop, bottom: Math.min(bottom, room - fromTop) };
}

function fewer(asked: { top: number; bottom: number }, { top, bottom }: { top: number; bottom: number }): string[] {
  if (asked.top === top && asked.bottom === bottom) return [];
  return [
    `The memory for Krylov vectors holds ${formatCount(top)} of the ${formatCount(asked.top)} largest and ${formatCount(bottom)} of the ${formatCount(asked.bottom)} smallest eigenpairs. Give more (--memory), or analyse part of the model (--parameters).`,
  ];
}

function traceOf({ value, standardError, probes }: { value: number; standardError: number; probes: number }) {
  return { value, standardError, probes };
}

function unconverged(top: readonly Eigenpair[], bottom: readonly Eigenpair[], products: number): string[] {
  const open = (pairs: readonly Eigenpair[], end: string) => {
    const count = pairs.filter(({ converged }) => !converged).length;
    if (count === 0) return [];
    if (pairs.length === 1) return [`the ${end} eigenvalue`];
    return [`${formatCount(count)} of the ${formatCount(pairs.length)} ${end} eigenvalues`];
  };
  const ends = [...open(top, 'largest'), ...open(bottom, 'smallest')];
  if (ends.length === 0) return [];
  return [
    `Not converged after ${counted(products, 'Lanczos step')}: ${ends.join(' and ')}. The residuals say how far they may be off; more steps (--lanczos-steps) bring them closer.`,
  ];
}
