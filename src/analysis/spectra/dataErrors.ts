import { scaled } from '../../numerics/vectors';
import type { Check } from '../../report/curvature';
import type { Eigenvalue, HessianSpectrum } from '../../report/report';
import type { Eigenpair } from '../../spectrum/eigenpair';
import { formatNumber } from '../../text/numbers';
import { forwardCheck, overSamples, unlessRounding } from '../checks/checks';
import { stretchOf } from '../checks/stretch';
import { changeUnderRounding } from '../checks/underRounding';
import type { CurvatureSource } from './source';

/**
 * Estimates how far other data or other rounding of the loss would move the ends of the spectrum. Also checks forward
 * mode against reverse mode along the two outermost eigenvectors.
 */
export async function dataErrors(
  { op, symbol, parameters, perSample }: CurvatureSource,
  { top, bottom, maxAbs }: { top: readonly Eigenpair[]; bottom: readonly Eigenpair[]; maxAbs: number },
  { seed, signal }: { seed: number; signal?: AbortSignal },
): Promise<{
  ends: Pick<HessianSpectrum, 'top' | 'bottom'>;
  /** Largest change of an eigenvalue through rounding of the loss. */
  lossRounding: number;
  checks: Check[];
  products: number;
}> {
  // The top and bottom lists of a small matrix may share pairs.
  const pairs = [...new Set([...top, ...bottom])];
  const vectors = pairs.map(({ vector }) => vector);
  const curvatures = await perSample(vectors, signal);
  const errors = new Map(pairs.map((pair, i) => [pair, overSamples(curvatures[i].curvatures).standardError]));
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
    const name = `forward mode of ${symbol} along λ = ${formatNumber(pair.value)}`;
    const both = forwardCheck(name, pair.vector, images[i], curvatures[pairs.indexOf(pair)], stretch);
    checks.push(await unlessRounding(both, () => changeUnderRounding(op, pair.vector, { seed, signal })));
  }
  return {
    ends: { top: top.map(withError), bottom: bottom.map(withError) },
    lossRounding: Math.max(0, ...curvatures.map(({ lossRounding }) => lossRounding?.curvature ?? 0)),
    products: images.length,
    checks,
  };
}
