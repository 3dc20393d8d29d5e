import { judge } from '../../diagnostics/judge';
import { LIMITS } from '../../diagnostics/limits';
import type { Finding, HessianSpectrum, Report } from '../../report/report';

/** Standard errors by which figures of drawn samples are moved to see whether a verdict depends on the draw. */
const ERRORS = 3;

/** Returns the findings on a question by their ids, in the order of the ids. */
export function findingsOn(report: Report, ids: readonly string[]): Finding[] {
  return ids.flatMap((id) => report.diagnostics.find((finding) => finding.id === id) ?? []);
}

/** Whether the verdicts are decided, and stay the same where loss and eigenvalues move by what the draw may hide. */
export function withstandsTheDraw(report: Report, ids: readonly string[]): boolean {
  const told = findingsOn(report, ids);
  if (told.length === 0 || told.some(({ verdict }) => verdict === 'inconclusive')) return false;
  return [-ERRORS, ERRORS].every((errors) => sameVerdicts(told, judge(movedBy(report, errors))));
}

export function sameVerdicts(told: readonly Finding[], others: readonly Finding[]): boolean {
  return told.every(({ id, verdict }) => others.some((other) => other.id === id && other.verdict === verdict));
}

/** The report with another loss, and with errors of eigenvalues that hold for all data. */
function movedBy(report: Report, errors: number): Report {
  const { objective, dynamics, spectrum } = report;
  if (!objective) return report;
  const change = errors * objective.standardError;
  return {
    ...report,
    objective: { ...objective, loss: objective.loss + change },
    ...(dynamics?.descent && {
      dynamics: { ...dynamics, descent: { ...dynamics.descent, loss: dynamics.descent.loss + change } },
    }),
    ...(spectrum?.hessian && { spectrum: { ...spectrum, hessian: overData(spectrum.hessian, Math.abs(errors)) } }),
  };
}

function overData({ certifiedNegative: _, ...hessian }: HessianSpectrum, errors: number): HessianSpectrum {
  if (hessian.exact) {
    // Of a matrix that is known in full every eigenvalue counts, and the ends alone have an error of their own.
    const most = Math.max(0, ...[...hessian.top, ...hessian.bottom].map(({ dataError = 0 }) => dataError));
    return { ...hessian, noiseFloor: hessian.noiseFloor + errors * most };
  }
  const widened = (ends: HessianSpectrum['top']) =>
    ends.map((end) => ({ ...end, residual: end.residual + errors * (end.dataError ?? 0) }));
  return { ...hessian, top: widened(hessian.top), bottom: widened(hessian.bottom) };
}

/** Confidence of one probe: e⁻³, so that all of two or more are wrong in less than 1 % of cases. */
const CONFIDENCE = 3;

/**
 * Whether λ_max is certainly far above the median |λ| of all data, judged on drawn samples. The Hessian of n samples has
 * a low rank, so that its own median is too small. Its sum of squares is not: E‖Hₙ‖² ≥ ‖E Hₙ‖². At least half of all
 * |λ| reach the median, so without the k largest eigenvalues and with S = Σ_{i>k} λᵢ²,
 *   median² ≤ S / (dim/2 − k).
 * A probe sees X = Σ λᵢ²χᵢ² in place of S. By the tail of χ² with λᵢ ≤ λₖ, S ≤ (√t·λₖ + √(t·λₖ² + X))² but for e⁻ᵗ.
 * @see Laurent & Massart 2000, Adaptive estimation of a quadratic functional by model selection, lemma 1
 */
export function isCertainlyIllConditioned({ spectrum, model: { parameterCount: dim } }: Report): boolean {
  const { top = [], ritz = [], noiseFloor = 0 } = spectrum?.hessian ?? {};
  const [max, last] = [top[0], top[top.length - 1]];
  if (!max || !last || ritz.length < 2 || dim / 2 <= top.length) return false;
  const highest = max.value - max.residual - noiseFloor - ERRORS * (max.dataError ?? Infinity);
  const edge = Math.max(last.value + last.residual, 0);
  const seen = ritz.map(({ nodes, weights }) =>
    nodes.reduce((sum, node, i) => (node < edge ? sum + weights[i] * node ** 2 : sum), 0),
  );
  const rest = (Math.sqrt(CONFIDENCE) * edge + Math.sqrt(CONFIDENCE * edge ** 2 + dim * Math.max(...seen))) ** 2;
  return highest >= LIMITS.medianRatio * Math.sqrt(rest / (dim / 2 - top.length));
}
