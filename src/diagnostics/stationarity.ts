import { formatNumber, formatPercent, formatCompact } from '../text/numbers';
import type { Judgment } from './diagnostic';
import type { Limits } from './limits';
import { lossUnit } from './lossUnit';
import type { WithError, Measurements } from './measurements';

/**
 * States how near θ is to a critical point:
 *   'zero'        the gradient cannot be told from zero in float32
 *   'stationary'  no gradient step changes the loss noticeably
 *   'unclear'     small, but not zero; or not measured far enough
 *   'descending'  the loss still falls
 */
export type Nearness = 'zero' | 'stationary' | 'unclear' | 'descending';

export interface Stationarity {
  nearness: Nearness;
  /**
   * Decrease of the loss by the best step along −g, in units of the loss; null where the curvature along g is unknown.
   */
  decrease: WithError | null;
  /** Length of that step; null where it is unknown. */
  step: number | null;
  /** The same decrease, relative to the loss. */
  relativeDecrease: WithError | null;
  /** A sentence with the figures behind it. */
  sentence: string;
  evidence: Judgment['evidence'];
}

type Read = Pick<Measurements, 'loss' | 'gradient'> &
  Partial<Pick<Measurements, 'parameterNorm' | 'extremes' | 'descent'>>;

/**
 * Judges ‖g‖ by what it is good for: how far the best step along −g lowers the loss, before the loss first rises above
 * L(θ). This decrease is measured by a line search. Reports without one use the quadratic model
 *   L − t·gᵀg + t²/2·gᵀHg,  0 ≤ t·‖g‖ ≤ trustRadius·‖θ‖,
 * whose decrease is gᵀg·(gᵀg/gᵀHg)/2 where the curvature is positive and the step short enough. Relative to the loss the
 * decrease depends neither on the unit of the loss nor on how the parameters are scaled together. Where the loss has
 * nearly reached zero, every decrease is large relative to it, so a fraction of the chance loss is the smallest unit.
 * The gradient counts as zero if rounding θ to float32 changes it by as much as its norm.
 */
export function stationarity(read: Read, limits: Limits): Stationarity {
  const { loss, gradient } = read;
  const norm = gradient.norm.value;
  const noise = gradient.norm.error;
  const best = norm === 0 ? NO_STEP : (read.descent ?? bestStep(read, limits));
  const gain = best && best.decrease;
  // The standard error is the smallest unit of a loss without a chance loss.
  const unit = Math.max(lossUnit(loss, limits), loss.error);
  const relative = gain && { value: ratio(gain.value, unit), error: ratio(gain.error, unit) };
  const evidence: Judgment['evidence'] = [{ name: 'gradient norm', value: norm, error: noise }];
  if (relative)
    evidence.push({ name: 'relative decrease along −g', ...relative, threshold: nextLimit(relative.value, limits) });
  const { samplingError } = gradient;
  if (samplingError !== null) evidence.push({ name: 'sampling error of the gradient', value: samplingError, error: 0 });
  const scale = read.extremes && read.parameterNorm ? read.extremes.maxAbs * read.parameterNorm : 0;
  if (scale > 0) evidence.push({ name: 'gradient norm / (|λ|_max·‖θ‖)', value: norm / scale, error: noise / scale });
  const model = read.descent && bestStep(read, limits);
  if (model) {
    const { value, error } = model.decrease;
    evidence.push({
      name: 'decrease that the quadratic model promises, relative',
      value: ratio(value, unit),
      error: ratio(error, unit),
    });
  }

  const size = `‖g‖ = ${formatNumber(norm, 3)}`;
  const result = (nearness: Nearness, sentence: string): Stationarity => ({
    nearness,
    decrease: gain,
    step: best && best.step,
    relativeDecrease: relative,
    sentence,
    evidence,
  });
  if (norm === 0) return result('zero', 'The gradient is exactly zero.');
  if (norm <= noise)
    return result('zero', `The gradient is zero within float32 noise: ‖g‖ = ${formatCompact(norm, noise)}.`);
  if (!relative) return result('unclear', `${size}, but the curvature along it was not measured.`);
  const lowers = read.descent ? 'lowers' : 'would lower';
  const share = formatPercent(relative.value);
  const of = promisesTooMuch(read, relative)
    ? 'more than all of it, as far as its quadratic model holds'
    : unit > Math.abs(loss.value)
      ? `${formatNumber(gain!.value, 2)} (${share} of ${unitInWords(loss, unit, limits)})`
      : share;
  const step = `${size}, and the best step along it ${lowers} the loss by ${of}`;
  if (relative.value + relative.error <= limits.stationaryDecrease) return result('stationary', `${step} only.`);
  if (relative.value - relative.error < limits.descendingDecrease) {
    const comparison = belowSampling(gradient, limits)
      ? `; its sampling error is ${formatNumber(samplingError!, 3)}`
      : '';
    return result('unclear', `The gradient is small but not zero: ${step}${comparison}.`);
  }
  return belowSampling(gradient, limits)
    ? result(
        'unclear',
        `${step} on these samples, but ${formatNumber(samplingError!, 3)} of the norm may be chance (sampling error).`,
      )
    : result('descending', `${step}.`);
}

/** What a decrease is compared with where the loss itself is smaller. */
function unitInWords(loss: Measurements['loss'], unit: number, limits: Limits): string {
  const said = formatNumber(unit, 3);
  if (unit > lossUnit(loss, limits)) return `${said}, the standard error of the loss`;
  return `${said}, which is ${formatPercent(limits.interpolatedLoss)} of what guessing gives`;
}

/** Whether a quadratic model promises to lower the loss by more than there is. No line search finds that. */
export function promisesTooMuch({ descent }: Pick<Read, 'descent'>, relative: WithError): boolean {
  return !descent && relative.value > 1;
}

/**
 * Largest step that still lowers the loss along −g, 2·gᵀg/gᵀHg; ∞ where the loss curves down, null where not measured.
 */
export function largestDescendingStep(gradient: Measurements['gradient']): number | null {
  const { curvature, norm } = gradient;
  if (curvature === null || norm.value === 0) return null;
  return curvature > 0 ? (2 * norm.value ** 2) / curvature : Infinity;
}

/** A critical point has to stay below one limit, a slope above the other. */
function nextLimit(decrease: number, { stationaryDecrease, descendingDecrease }: Limits): number {
  return decrease <= stationaryDecrease ? stationaryDecrease : descendingDecrease;
}

/** Whether chance dominates the gradient, by the measure of the verdict on gradient noise. */
function belowSampling({ norm, samplingError }: Measurements['gradient'], { gradientSignal }: Limits): boolean {
  return samplingError !== null && norm.value ** 2 < gradientSignal * samplingError ** 2;
}

const NO_STEP = { step: 0, decrease: { value: 0, error: 0 } };

/** Returns the best step along −g inside the trust radius and its decrease of the quadratic model. */
function bestStep(read: Read, limits: Limits): { step: number; decrease: WithError } | null {
  const { gradient, extremes, parameterNorm = 0 } = read;
  const norm = gradient.norm.value;
  if (gradient.curvature === null) return null;
  const along = gradient.curvature / norm ** 2;
  // At θ = 0 the parameters give no scale: a step that the curvature bounds is taken as it is, another has length 1.
  const radius = parameterNorm > 0 ? limits.trustRadius * parameterNorm : along > 0 ? Infinity : 1;
  const step = along > 0 ? Math.min(norm / along, radius) : radius;
  const value = norm * step - (along / 2) * step ** 2;
  const error = gradient.norm.error * step + ((extremes?.noiseFloor ?? 0) / 2) * step ** 2;
  return { step, decrease: { value, error: Math.min(value, error) } };
}

function ratio(value: number, unit: number): number {
  if (unit > 0) return value / unit;
  return value === 0 ? 0 : Infinity;
}
