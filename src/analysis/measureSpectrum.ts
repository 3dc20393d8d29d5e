import { scaled } from '../numerics/vectors';
import type { Objective, ParameterTensor, SampleCurvature } from '../objective/objective';
import type { ResolvedOptions } from '../options/presets';
import type { Check, PartCurvature } from '../report/curvature';
import type { Quadrature } from '../report/density';
import { densityFromRitz } from '../report/density';
import type { Eigenvalue, HessianSpectrum } from '../report/report';
import { certifiedNegative } from '../spectrum/certify';
import { EXACT_DIM, exactSpectrum, extremesOfExact, quadratureOfExact } from '../spectrum/exact';
import type { ExactSpectrum } from '../spectrum/exact';
import type { Eigenpair } from '../spectrum/extremes';
import { extremeEigenpairs } from '../spectrum/extremes';
import { hutchinsonTrace } from '../spectrum/hutchinson';
import type { HutchinsonTrace } from '../spectrum/hutchinson';
import { noiseFloor } from '../spectrum/noiseFloor';
import type { NoiseFloor } from '../spectrum/noiseFloor';
import { gaussNewtonOf, hessianOf } from '../spectrum/operator';
import type { SymmetricOperator } from '../spectrum/operator';
import { slq, slqProbe } from '../spectrum/slq';
import type { Slq } from '../spectrum/slq';
import { knownTo, summarize } from '../spectrum/spectralSums';
import { forwardCheck, meansCheck, overSamples, symmetryCheck, unlessRounding } from './checks/checks';
import { partsOf } from './parts';
import type { StageReport } from './progress';
import { PRODUCTS, productsOf } from './stages';
import { stretchOf } from './checks/stretch';
import { asymmetryUnderRounding, changeUnderRounding } from './checks/underRounding';

/** Vectors that a restarted run needs beside those it looks for. */
const RESTART_ROOM = 5;
/** Up to this length the diagonal is kept while the trace is estimated. */
const DIAGONAL_DIM = 2 ** 22;

/** The matrix whose spectrum is measured. */
export interface CurvatureSource {
  /** "H", "G": as checks name it. */
  symbol: string;
  /** True where no eigenvalue can be negative. */
  semidefinite: boolean;
  op: SymmetricOperator;
  parameters: readonly ParameterTensor[];
  /** dᵀHᵢd of every sample along each vector; Hᵢ the matrix of one sample, whose mean is H. */
  perSample(vectors: readonly Float32Array[], signal?: AbortSignal): Promise<SampleCurvature[]>;
}

export function curvatureSource(objective: Objective, kind: 'hessian' | 'gaussNewton'): CurvatureSource {
  return {
    symbol: kind === 'hessian' ? 'H' : 'G',
    semidefinite: kind === 'gaussNewton',
    op: kind === 'hessian' ? hessianOf(objective) : gaussNewtonOf(objective),
    parameters: objective.parameters,
    perSample: (vectors, signal) => objective.curvatures(vectors, signal, kind),
  };
}

export interface SpectrumRequest extends Pick<
  ResolvedOptions,
  'effort' | 'seed' | 'lanczosSteps' | 'extremeSteps' | 'probes'
> {
  top: number;
  bottom: number;
  /** For Krylov vectors. */
  basisBytes: number;
  /** Relative error of products beyond float32, where the device was let round them. Default 0. */
  productError?: number;
}

export interface SpectrumHooks {
  signal?: AbortSignal;
  onProgress?: StageReport;
  /** What is known so far: density first, then the ends, then the trace. */
  onPart?: (spectrum: HessianSpectrum) => void;
}

export interface MeasuredSpectrum {
  spectrum: HessianSpectrum;
  /** Unit eigenvectors of `top` and `bottom`. */
  top: Float32Array[];
  bottom: Float32Array[];
  warnings: string[];
  checks: Check[];
}

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

async function measureExactly(
  source: CurvatureSource,
  request: SpectrumRequest,
  { signal, onProgress }: SpectrumHooks,
): Promise<MeasuredSpectrum> {
  const exact = await exactSpectrum(source.op, {
    signal,
    onColumns: (done, dim) => onProgress?.(done / dim, `${done} of ${dim} columns`),
  });
  const { top, bottom } = extremesOfExact(exact, request.top, request.bottom);
  const quadrature = quadratureOfExact(exact);
  const { seed } = request;
  const maxAbs = exact.values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  const overData = await dataErrors(source, { top, bottom, maxAbs }, { seed, signal });
  const ritzValues = exact.values.map((value, i) => ({ value, residual: exact.errors[i]! }));
  const { semidefinite } = source;
  const rounding = Math.max((request.productError ?? 0) * maxAbs, overData.lossRounding);
  const noise = Math.max(exact.noiseFloor, rounding);
  const sampled = { dim: source.op.dim, ritz: [quadrature], known: [], exact: true, semidefinite };
  return {
    spectrum: {
      ...overData.ends,
      trace: { value: exact.trace, standardError: 0, probes: 0 },
      density: densityFromRitz([quadrature]),
      ritz: [quadrature],
      products: exact.products + overData.products,
      noiseFloor: noise,
      exact: true,
      all: exact.values,
      certifiedNegative: exact.values.filter((value, i) => value < -Math.max(exact.errors[i]!, rounding)).length,
      summary: summarize(sampled, { noiseFloor: noise, ritzValues }),
      parts: exactParts(exact, source.parameters),
    },
    top: top.map(({ vector }) => vector),
    bottom: bottom.map(({ vector }) => vector),
    warnings: [],
    checks: overData.checks,
  };
}

async function measureByLanczos(
  source: CurvatureSource,
  request: SpectrumRequest,
  { signal, onProgress, onPart }: SpectrumHooks,
): Promise<MeasuredSpectrum> {
  const { op, parameters, symbol, semidefinite } = source;
  const { seed, effort } = request;
  const planned = productsOf(op.dim, request);
  let products = 0;
  const advance = (spent: number) => {
    const done = products + spent;
    onProgress?.(done / planned, `${done} products`);
  };

  const sampled = await slq(op, {
    probes: request.probes,
    steps: request.lanczosSteps,
    seed,
    memoryBytes: request.basisBytes,
    signal,
    onStep: (step) => advance(step.products),
  });
  products += sampled.products;
  const drawn = sectionsOf(sampled);
  onPart?.({ top: [], bottom: [], ...drawn, products, noiseFloor: 0 });

  const start = sampled.krylov;
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
    ...PRODUCTS[effort].noise,
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

  const parts = partsOf(parameters);
  const traced = await hutchinsonTrace(op, {
    seed,
    ...PRODUCTS[effort].trace,
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
      ritzValues: ends.ritzValues.map((value, i) => ({ value, residual: ends.ritzResiduals[i]! })),
    },
  );
  const estimates = traced.moments.estimates();
  return {
    spectrum: {
      ...drawn,
      ...extremes,
      trace: traceOf(traced),
      products,
      // The probes of the trace are more than those of the density, and see the same sum.
      summary: { ...summary, frobenius: traced.moments.frobenius() },
      parts: parts.map(({ level, count }, i) => ({ ...estimates[i]!, level, count })),
    },
    top: ends.top.map(({ vector }) => vector),
    bottom: ends.bottom.map(({ vector }) => vector),
    warnings: [
      ...fewer(request, wanted),
      ...unconverged(ends.top, ends.bottom, ends.products + (start ? request.lanczosSteps : 0)),
    ],
    checks: [symmetric, ...overData.checks, ...momentCheck(symbol, traced, { maxAbs, floor, dim: op.dim })],
  };
}

/**
 * How far the ends would move with other data, or with other rounding of the loss, and forward mode against reverse mode
 * along the outermost two.
 */
async function dataErrors(
  { op, symbol, parameters, perSample }: CurvatureSource,
  { top, bottom, maxAbs }: { top: readonly Eigenpair[]; bottom: readonly Eigenpair[]; maxAbs: number },
  { seed, signal }: { seed: number; signal?: AbortSignal },
): Promise<{
  ends: Pick<HessianSpectrum, 'top' | 'bottom'>;
  /** In units of λ. */
  lossRounding: number;
  checks: Check[];
  products: number;
}> {
  // A small matrix may have the same pair at both ends.
  const pairs = [...new Set([...top, ...bottom])];
  const vectors = pairs.map(({ vector }) => vector);
  const curvatures = await perSample(vectors, signal);
  const errors = new Map(pairs.map((pair, i) => [pair, overSamples(curvatures[i]!.curvatures).standardError]));
  const withError = (pair: Eigenpair): Eigenvalue => {
    const { value, residual, converged } = pair;
    const dataError = errors.get(pair)!;
    return { value, residual, converged, ...(Number.isFinite(dataError) ? { dataError } : {}) };
  };
  const outermost = [...new Set([top[0], bottom[0]])].filter((pair) => pair !== undefined);
  const images = outermost.length
    ? await op.apply(
        outermost.map(({ vector }) => vector),
        signal,
      )
    : [];
  const products = pairs.map(({ value, vector }) => scaled(value, vector));
  const stretch = stretchOf(parameters, vectors, products, maxAbs);
  const checks: Check[] = [];
  for (const [i, pair] of outermost.entries()) {
    const name = `forward mode of ${symbol} along λ = ${pair.value.toPrecision(4)}`;
    const both = forwardCheck(name, pair.vector, images[i]!, curvatures[pairs.indexOf(pair)]!, stretch);
    checks.push(await unlessRounding(both, () => changeUnderRounding(op.apply, pair.vector, { seed, signal })));
  }
  return {
    ends: { top: top.map(withError), bottom: bottom.map(withError) },
    lossRounding: Math.max(0, ...curvatures.map(({ lossRounding }) => lossRounding?.curvature ?? 0)),
    products: images.length,
    checks,
  };
}

/** Symmetry of the products that the noise floor was measured with. */
async function pairCheck(
  { op, symbol, perSample }: CurvatureSource,
  { vectors, products }: NoiseFloor['pair'],
  options: { seed: number; signal?: AbortSignal },
): Promise<Check> {
  const symmetric = symmetryCheck(`symmetry of ${symbol}`, vectors, products);
  return unlessRounding(symmetric, async () => {
    const along = await perSample(vectors, options.signal);
    const [ofU, ofV] = along.map(({ lossRounding }) => lossRounding?.curvature ?? 0);
    return 2 * Math.sqrt(ofU! * ofV!) + (await asymmetryUnderRounding(op.apply, vectors, options));
  });
}

function sectionsOf(sampled: Slq): Pick<HessianSpectrum, 'density' | 'ritz' | 'trace'> {
  return {
    density: densityFromRitz(sampled.ritz),
    ritz: sampled.ritz,
    trace: traceOf(sampled.trace),
  };
}

/** The density's first moment against the trace of other probes. */
function momentCheck(
  symbol: string,
  { given, own, moments }: Pick<HutchinsonTrace, 'given' | 'own' | 'moments'>,
  { maxAbs, floor, dim }: { maxAbs: number; floor: number; dim: number },
): Check[] {
  if (!own || !given) return [];
  const name = `first moment of the density of ${symbol} and trace`;
  // Errors of a product are as long as the floor times the vector, which is √dim long, and point anywhere.
  const rounding = floor * Math.sqrt(dim);
  return [meansCheck(name, given, own, { frobenius: moments.frobenius().value, largest: maxAbs, rounding })];
}

/** Each subspace gives a lower bound of its own. Without reorthogonalisation Ritz values repeat and prove nothing. */
function provenNegative(ritzValues: readonly number[], sampled: Slq, noise: number): number {
  const probes: readonly Quadrature[] = sampled.reorthogonalised ? sampled.ritz : [];
  return Math.max(certifiedNegative(ritzValues, noise), ...probes.map(({ nodes }) => certifiedNegative(nodes, noise)));
}

function exactParts({ matrix }: ExactSpectrum, parameters: readonly ParameterTensor[]): PartCurvature[] {
  return partsOf(parameters).map(({ name, level, count, ranges }) => {
    const rows = ranges.flatMap(({ offset, count: length }) => Array.from({ length }, (_, i) => offset + i));
    const diagonal = rows.map((i) => matrix[i]![i]!);
    const trace = diagonal.reduce((a, b) => a + b, 0);
    const square = rows.reduce((sum, i) => matrix[i]!.reduce((total, x) => total + x * x, sum), 0);
    const spread = diagonal.reduce((sum, x) => sum + (x - trace / count) ** 2, 0);
    return {
      name,
      level,
      count,
      trace: { value: trace, standardError: 0 },
      rowNorm: { value: Math.sqrt(square), standardError: 0 },
      diagonalSpread: Math.sqrt(spread / count),
    };
  });
}

/** As many pairs as the memory for Krylov vectors lets a restarted run find, in proportion: at least one. */
function pairsThatFit(dim: number, { top, bottom, basisBytes }: SpectrumRequest): { top: number; bottom: number } {
  const room = Math.max(1, Math.floor(basisBytes / (4 * dim)) - RESTART_ROOM);
  if (top + bottom <= room) return { top, bottom };
  const fromTop = Math.min(top, Math.max(1, Math.round((room * top) / (top + bottom))));
  return { top: fromTop, bottom: Math.min(bottom, room - fromTop) };
}

function fewer(asked: { top: number; bottom: number }, { top, bottom }: { top: number; bottom: number }): string[] {
  if (asked.top === top && asked.bottom === bottom) return [];
  return [
    `The memory for Krylov vectors holds ${top} of the ${asked.top} largest and ${bottom} of the ${asked.bottom} smallest eigenpairs. Give more (--memory), or analyse part of the model (--parameters).`,
  ];
}

function traceOf({ value, standardError, probes }: { value: number; standardError: number; probes: number }) {
  return { value, standardError, probes };
}

function unconverged(top: readonly Eigenpair[], bottom: readonly Eigenpair[], products: number): string[] {
  const open = (pairs: readonly Eigenpair[], end: string) => {
    const count = pairs.filter(({ converged }) => !converged).length;
    return count ? [`${count} of the ${pairs.length} ${end}`] : [];
  };
  const ends = [...open(top, 'largest'), ...open(bottom, 'smallest')];
  if (ends.length === 0) return [];
  return [
    `${ends.join(' and ')} eigenvalues have not converged after ${products} Lanczos steps; their residuals say how far they may be off. Raise --lanczos-steps.`,
  ];
}
