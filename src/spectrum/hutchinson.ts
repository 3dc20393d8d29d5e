import { rademacherVector, random } from '../numerics/random';
import { mean, standardError } from '../numerics/statistics';
import type { TraceEstimate } from '../report/report';
import { applyChecked } from './operator';
import type { SymmetricOperator } from './operator';

/** A part of the diagonal whose sum is wanted as well: one parameter tensor. */
export interface TraceSlice {
  name: string;
  offset: number;
  count: number;
}

export interface SliceTrace extends TraceEstimate {
  name: string;
}

export interface HutchinsonOptions {
  seed: number;
  /** Stop when the standard error is below this fraction of |trace|. Default 0.02. */
  relativeError?: number;
  /** A standard error needs some values to be trusted itself. Default 10. */
  minProbes?: number;
  /** Default 200. */
  maxProbes?: number;
  /** Probes pushed together. Default 8. */
  blockSize?: number;
  slices?: readonly TraceSlice[];
  /** zᵀHz of earlier, independent probes (`Slq.moments`), which count towards the estimate. */
  known?: readonly number[];
  signal?: AbortSignal;
  onProbes?: (estimate: TraceEstimate) => void;
}

export interface HutchinsonTrace extends TraceEstimate {
  products: number;
  /** As `slices`; from the probes of this run only. */
  bySlice: SliceTrace[];
}

/**
 * Trace by Hutchinson's estimator with Rademacher probes,
 *   tr H ≈ 1/m Σⱼ zⱼᵀHzⱼ,  Var zᵀHz = 2·(‖H‖_F² − Σᵢ Hᵢᵢ²),
 * and of each slice of the diagonal, Σ over the slice of zᵢ(Hz)ᵢ. Probes are added until the standard error of the mean
 * is small enough: a running mean may stand still long before it is right.
 * Cost: one product per probe. The estimate with maxProbes is returned with whatever standard error it has.
 * @throws NonFiniteError naming the probe
 * @see Hutchinson 1990, Commun. Stat. Simul. Comput. 19
 */
export async function hutchinsonTrace(op: SymmetricOperator, options: HutchinsonOptions): Promise<HutchinsonTrace> {
  const { seed, relativeError = 0.02, minProbes = 10, maxProbes = 200, blockSize = 8, slices = [], signal } = options;
  const moments = [...(options.known ?? [])];
  const bySlice = new SliceMoments(slices);
  let products = 0;
  let estimate = estimateTrace(moments);
  const isGood = () =>
    estimate.probes >= minProbes && estimate.standardError <= relativeError * Math.abs(estimate.value);
  while (products < maxProbes && !isGood()) {
    const first = products;
    const probes = Array.from({ length: Math.min(blockSize, maxProbes - products) }, (_, k) =>
      rademacherVector(op.dim, random(seed, 'hutchinson', first + k)),
    );
    const images = await applyChecked(op, probes, (k) => `trace probe ${first + k + 1}`, signal);
    images.forEach((image, k) => moments.push(bySlice.add(probes[k]!, image)));
    products += probes.length;
    estimate = estimateTrace(moments);
    options.onProbes?.(estimate);
  }
  return { ...estimate, products, bySlice: bySlice.estimates() };
}

/** Mean of the moments zᵀHz with its standard error. */
export function estimateTrace(moments: readonly number[]): TraceEstimate {
  return { value: mean(moments), standardError: standardError(moments), probes: moments.length };
}

/** Collects Σ zᵢ(Hz)ᵢ per slice over the probes. */
export class SliceMoments {
  private readonly moments: number[][];

  constructor(private readonly slices: readonly TraceSlice[]) {
    this.moments = slices.map(() => []);
  }

  /**
   * @param weight c, where the probe is z/√c: a run starts from unit vectors
   * @returns zᵀHz over all entries
   */
  add(z: Float32Array, image: Float32Array, weight = 1): number {
    this.slices.forEach(({ offset, count }, s) => {
      this.moments[s]!.push(weight * partialDot(z, image, offset, offset + count));
    });
    return weight * partialDot(z, image, 0, z.length);
  }

  estimates(): SliceTrace[] {
    return this.slices.map(({ name }, s) => ({ name, ...estimateTrace(this.moments[s]!) }));
  }
}

function partialDot(x: Float32Array, y: Float32Array, from: number, to: number): number {
  let total = 0;
  for (let i = from; i < to; i++) total += x[i]! * y[i]!;
  return total;
}
