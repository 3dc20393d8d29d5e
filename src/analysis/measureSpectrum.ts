import { totalmem } from 'node:os';
import type { ResolvedOptions } from '../options/presets';
import type { Quadrature } from '../report/density';
import { densityFromRitz } from '../report/density';
import type { Eigenvalue, HessianSpectrum } from '../report/report';
import { certifiedNegative } from '../spectrum/certify';
import { EXACT_DIM, exactSpectrum, extremesOfExact, quadratureOfExact } from '../spectrum/exact';
import type { Eigenpair } from '../spectrum/extremes';
import { extremeEigenpairs } from '../spectrum/extremes';
import { hutchinsonTrace } from '../spectrum/hutchinson';
import { noiseFloor } from '../spectrum/noiseFloor';
import type { SymmetricOperator } from '../spectrum/operator';
import { slq, slqProbe } from '../spectrum/slq';
import type { Slq } from '../spectrum/slq';
import type { StageReport } from './progress';
import { PRODUCTS, productsOf } from './stages';

/** Krylov vectors may take this much: a quarter of the machine, as kept residuals may another. */
export const BASIS_BYTES = totalmem() / 4;

export interface SpectrumRequest extends Pick<
  ResolvedOptions,
  'preset' | 'seed' | 'lanczosSteps' | 'extremeSteps' | 'probes'
> {
  top: number;
  bottom: number;
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
}

/**
 * The Hessian's spectrum: all of it where it is small, else density (SLQ), both ends (Lanczos, continuing the density's
 * first run so that no product is done twice), noise floor and trace.
 */
export async function measureSpectrum(
  op: SymmetricOperator,
  request: SpectrumRequest,
  hooks: SpectrumHooks = {},
): Promise<MeasuredSpectrum> {
  return op.dim <= EXACT_DIM ? measureExactly(op, request, hooks) : measureByLanczos(op, request, hooks);
}

async function measureExactly(
  op: SymmetricOperator,
  request: SpectrumRequest,
  { signal, onProgress }: SpectrumHooks,
): Promise<MeasuredSpectrum> {
  const exact = await exactSpectrum(op, {
    signal,
    onColumns: (done, dim) => onProgress?.(done / dim, `${done} of ${dim} columns`),
  });
  const { top, bottom } = extremesOfExact(exact, request.top, request.bottom);
  const quadrature = quadratureOfExact(exact);
  return {
    spectrum: {
      top: top.map(eigenvalue),
      bottom: bottom.map(eigenvalue),
      trace: { value: exact.trace, standardError: 0, probes: 0 },
      density: densityFromRitz([quadrature]),
      ritz: [quadrature],
      products: exact.products,
      noiseFloor: exact.noiseFloor,
      exact: true,
      all: exact.values,
      certifiedNegative: exact.values.filter((value, i) => value < -exact.errors[i]!).length,
    },
    top: top.map(({ vector }) => vector),
    bottom: bottom.map(({ vector }) => vector),
    warnings: [],
  };
}

async function measureByLanczos(
  op: SymmetricOperator,
  request: SpectrumRequest,
  { signal, onProgress, onPart }: SpectrumHooks,
): Promise<MeasuredSpectrum> {
  const { seed, preset } = request;
  const planned = productsOf(op.dim, request);
  let products = 0;
  const advance = (spent: number) => {
    const done = products + spent;
    onProgress?.(done / planned, `${done} Hessian products`);
  };

  const sampled = await slq(op, {
    probes: request.probes,
    steps: request.lanczosSteps,
    seed,
    memoryBytes: BASIS_BYTES,
    signal,
    onStep: (step) => advance(step.products),
  });
  products += sampled.products;
  const drawn = sectionsOf(sampled);
  onPart?.({ top: [], bottom: [], ...drawn, products, noiseFloor: 0 });

  const start = sampled.krylov;
  const ends = await extremeEigenpairs(op, {
    top: request.top,
    bottom: request.bottom,
    seed,
    maxProducts: Math.max(request.extremeSteps - (start?.diagonal.length ?? 0), 0),
    start: start ?? undefined,
    memoryBytes: BASIS_BYTES,
    signal,
    onStep: (step) => advance(step.products),
  });
  products += ends.products;
  const eigenpairs = [...ends.top, ...ends.bottom].filter(({ converged }) => converged);
  const noise = await noiseFloor(op, { maxAbs: ends.maxAbs, seed, asymmetry: ends.asymmetry, eigenpairs, signal });
  products += noise.products;
  const extremes = {
    top: ends.top.map(eigenvalue),
    bottom: ends.bottom.map(eigenvalue),
    noiseFloor: noise.value,
    certifiedNegative: provenNegative(ends.ritzValues, sampled, noise.value),
  };
  onPart?.({ ...drawn, ...extremes, products });

  const traced = await hutchinsonTrace(op, {
    seed,
    ...PRODUCTS[preset].trace,
    known: sampled.moments,
    knownProbe: (i) => slqProbe(op.dim, seed, i),
    eigenpairs,
    signal,
    onProbes: () => advance(0),
  });
  products += traced.products;
  return {
    spectrum: { ...drawn, ...extremes, trace: traceOf(traced), products },
    top: ends.top.map(({ vector }) => vector),
    bottom: ends.bottom.map(({ vector }) => vector),
    warnings: unconverged(ends.top, ends.bottom, ends.products + (start ? request.lanczosSteps : 0)),
  };
}

function sectionsOf(sampled: Slq): Pick<HessianSpectrum, 'density' | 'ritz' | 'trace'> {
  return {
    density: densityFromRitz(sampled.ritz),
    ritz: sampled.ritz,
    trace: traceOf(sampled.trace),
  };
}

/** Each subspace gives a lower bound of its own. Without reorthogonalisation Ritz values repeat and prove nothing. */
function provenNegative(ritzValues: readonly number[], sampled: Slq, noise: number): number {
  const probes: readonly Quadrature[] = sampled.reorthogonalised ? sampled.ritz : [];
  return Math.max(certifiedNegative(ritzValues, noise), ...probes.map(({ nodes }) => certifiedNegative(nodes, noise)));
}

function eigenvalue({ value, residual, converged }: Eigenpair): Eigenvalue {
  return { value, residual, converged };
}

function traceOf({ value, standardError, probes }: { value: number; standardError: number; probes: number }) {
  return { value, standardError, probes };
}

function unconverged(top: readonly Eigenpair[], bottom: readonly Eigenpair[], products: number): string[] {
  const open = (pairs: readonly Eigenpair[]) => pairs.filter(({ converged }) => !converged).length;
  if (open(top) + open(bottom) === 0) return [];
  return [
    `${open(top)} of the ${top.length} largest and ${open(bottom)} of the ${bottom.length} smallest eigenvalues have not converged after ${products} Lanczos steps; their residuals say how far they may be off. Raise --lanczos-steps.`,
  ];
}
