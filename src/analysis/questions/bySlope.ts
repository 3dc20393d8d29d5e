import { dataLoss } from '../../diagnostics/dataLoss';
import { judge } from '../../diagnostics/judge';
import { LIMITS } from '../../diagnostics/limits';
import { measurementsOf } from '../../diagnostics/measurements';
import type { WithError } from '../../diagnostics/measurements';
import { saddle } from '../../diagnostics/saddle';
import { stationarity } from '../../diagnostics/stationarity';
import type { Finding, Report } from '../../report/report';

/** Standard errors by which a loss has to stay away from a threshold. */
const ERRORS = 3;

/**
 * The decrease of the loss along −g that certainly holds for all data, and not only on these samples: its smallest value.
 * Null where it was not measured.
 */
function certainDecrease(report: Report, { value, error }: WithError): number | null {
  if (isAllData(report)) return value - error;
  // E‖g‖² over n samples is ‖∇L‖² + σ²/n, and a step along g gains in proportion: that share is no slope of all data.
  const { samplingError, norm } = measurementsOf(report).gradient!;
  return samplingError === null ? null : value * (1 - (samplingError / norm.value) ** 2) - error;
}

/** Whether the loss certainly falls along −g. */
function certainlyDescends(report: Report): boolean {
  const { loss, gradient, descent } = measurementsOf(report);
  if (!loss || !gradient || !descent) return false;
  const { nearness, relativeDecrease } = stationarity({ loss, gradient, descent }, LIMITS);
  if (nearness !== 'descending' || !relativeDecrease) return false;
  return isAllData(report) || (certainDecrease(report, relativeDecrease) ?? 0) >= LIMITS.descendingDecrease;
}

/** No saddle lies where the loss still falls: answers without any curvature, or null if the slope does not decide. */
export function saddleBySlope(report: Report): Finding | null {
  const { loss, gradient, descent } = measurementsOf(report);
  if (!loss || !gradient || !certainlyDescends(report)) return null;
  const { sentence, evidence } = stationarity({ loss, gradient, descent }, LIMITS);
  return {
    id: saddle.id,
    title: saddle.title,
    verdict: 'absent',
    severity: 'info',
    summary: `No saddle: ${sentence}`,
    evidence,
    advice: [],
    shownIn: 'descent',
  };
}

/**
 * Answers whether the ground is flat without any curvature: one step along −g leads certainly below what guessing gives,
 * or the loss lies certainly below it and either falls or is so low that a flat place would be the bottom. Returns null
 * if the slope does not decide.
 */
export function flatRegionBySlope(report: Report): Finding | null {
  const { loss, gradient, descent } = measurementsOf(report);
  const finding = judge(report).find(({ id }) => id === 'flat-region');
  if (!loss?.chance || !gradient || !descent || finding?.verdict !== 'absent') return null;
  const { chanceLoss, reachedLoss, learningStep } = LIMITS;
  const point = stationarity({ loss, gradient, descent }, LIMITS);
  const data = dataLoss({ loss, gradient }, point);
  const error = isAllData(report) ? 0 : ERRORS * loss.error;
  if (data.value + error < chanceLoss * loss.chance) {
    const isLow = data.value + error < reachedLoss * loss.chance;
    return isLow || certainlyDescends(report) ? finding : null;
  }
  const isSteep = point.nearness === 'descending' && data.decrease !== null;
  const decrease = isSteep ? certainDecrease(report, data.decrease!) : null;
  const isAbove = data.value - error >= chanceLoss * loss.chance;
  const leadsBelow =
    decrease !== null &&
    data.value + error - decrease < (1 - learningStep) * (Math.min(data.value, loss.chance) - error);
  return isAbove && leadsBelow ? finding : null;
}

/** Whether every sample of the data was used. */
function isAllData({ objective }: Report): boolean {
  return objective?.drawnFrom === undefined;
}
