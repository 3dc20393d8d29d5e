import { LIMITS } from '../../diagnostics/limits';
import { escapeFromNearby, escapesAlong } from '../../dynamics/escapes';
import type { Preset } from '../../options/options';
import type { Report } from '../../report/report';
import type { Escape } from '../../report/sections/dynamics/escape';
import { descent } from './descent';
import { defineMeasurement, LOSSES } from './measurement';
import { spectrum } from './spectrum';

/** Random starts, and gradients that each may spend. */
const PROBES: Record<Preset, { probes: number; budget: number }> = {
  quick: { probes: 2, budget: 15 },
  standard: { probes: 4, budget: 25 },
  thorough: { probes: 8, budget: 50 },
};
/** Usual number of losses along both signs of an eigenvector. */
const ALONG = 36;

/**
 * Tries to leave θ: along the eigenvector of the smallest eigenvalue, and where neither gradient nor negative curvature
 * leads down, by descents from random points nearby.
 */
export const escape = defineMeasurement({
  id: 'escape',
  title: 'Ways out of this point',
  part: 'dynamics',
  timedAs: 'dynamics',
  needs: ({ only }) => (only.includes('spectrum') ? [descent, spectrum] : [descent]),
  // The random starts are needed at critical points only, and most weights are at none.
  cost: () => ({ losses: ALONG * LOSSES.planePoint, graphs: ['points'] }),
  async measure({ objective, options: { preset, seed }, draft, signal, report, found }) {
    const resolution = found(descent);
    const start = draft.report.objective?.loss;
    if (resolution === null || start === undefined) return;
    const request = { loss: start, resolution, signal };
    const escapes: Escape[] = [];
    const bottom = found(spectrum)?.bottom[0];
    if (bottom) escapes.push(...(await escapesAlong(objective, bottom, request)));
    draft.addDynamics({ escape: escapes });
    if (!holdsStill(draft.report, resolution) || escapes.some(({ loss }) => loss < start - worthOf(draft.report)))
      return;
    const { probes, budget } = PROBES[preset];
    for (let probe = 0; probe < probes; probe++) {
      report(probe / probes);
      escapes.push(await escapeFromNearby(objective, { ...request, seed, probe, budget }));
    }
    draft.addDynamics({ escape: [...escapes] });
  },
});

/** The least decrease that tells θ from a critical point. */
function worthOf({ objective }: Report): number {
  const { loss = 0, chanceLoss = 0, standardError = 0 } = objective ?? {};
  const unit = Math.max(Math.abs(loss), LIMITS.interpolatedLoss * chanceLoss, standardError);
  return LIMITS.stationaryDecrease * unit;
}

/** Whether neither the gradient nor an eigenvalue that is negative beyond its error leads down from θ. */
function holdsStill(report: Report, resolution: number): boolean {
  const { objective, gradient, dynamics, spectrum } = report;
  if (!objective || !gradient) return false;
  const gain = objective.loss - (dynamics?.descent?.loss ?? objective.loss);
  const isZero = gradient.norm <= (gradient.noiseFloor ?? 0);
  if (!isZero && gain + resolution > worthOf(report)) return false;
  const hessian = spectrum?.hessian;
  if (!hessian || hessian.preliminary) return true;
  const lowest = [...hessian.bottom, ...hessian.top];
  return !lowest.some(({ value, residual }) => value + residual + hessian.noiseFloor < 0);
}
