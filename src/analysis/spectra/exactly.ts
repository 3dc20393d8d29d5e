import type { ParameterTensor } from '../../objective/objective';
import type { PartCurvature } from '../../report/curvature';
import { densityFromRitz } from '../../report/density';
import { exactSpectrum, extremesOfExact, quadratureOfExact } from '../../spectrum/exact';
import type { ExactSpectrum } from '../../spectrum/exact';
import { summarize } from '../../spectrum/spectralSums';
import { formatCount } from '../../text/counts';
import { dataErrors } from './dataErrors';
import { partsOf } from './parts';
import type { CurvatureSource, MeasuredSpectrum, SpectrumHooks, SpectrumRequest } from './source';

/** Measures every eigenvalue of a small matrix by forming the matrix column by column. */
export async function measureExactly(
  source: CurvatureSource,
  request: SpectrumRequest,
  { signal, onProgress }: SpectrumHooks,
): Promise<MeasuredSpectrum> {
  const exact = await exactSpectrum(source.op, {
    signal,
    onColumns: (done, dim) => onProgress?.(done / dim, `${formatCount(done)} of ${formatCount(dim)} columns`),
  });
  const { top, bottom } = extremesOfExact(exact, request.top, request.bottom);
  const quadrature = quadratureOfExact(exact);
  const { seed } = request;
  const maxAbs = exact.values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  const overData = await dataErrors(source, { top, bottom, maxAbs }, { seed, signal });
  const ritzValues = exact.values.map((value, i) => ({ value, residual: exact.errors[i] }));
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
      certifiedNegative: exact.values.filter((value, i) => value < -Math.max(exact.errors[i], rounding)).length,
      summary: summarize(sampled, { noiseFloor: noise, ritzValues }),
      parts: exactParts(exact, source.parameters),
    },
    top: top.map(({ vector }) => vector),
    bottom: bottom.map(({ vector }) => vector),
    warnings: [],
    checks: overData.checks,
  };
}

function exactParts({ matrix }: ExactSpectrum, parameters: readonly ParameterTensor[]): PartCurvature[] {
  return partsOf(parameters).map(({ name, level, count, ranges }) => {
    const rows = ranges.flatMap(({ offset, count: length }) => Array.from({ length }, (_, i) => offset + i));
    const diagonal = rows.map((i) => matrix[i][i]);
    const trace = diagonal.reduce((a, b) => a + b, 0);
    const square = rows.reduce((sum, i) => matrix[i].reduce((total, x) => total + x * x, sum), 0);
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
