import { escapesOf } from './escape';
import type { Escapes } from './escape';
import type { LossName } from '../options/options';
import { numericsOf } from './numerics';
import type { ReadNumerics } from './numerics';
import { pathCourseOf } from './pathCourse';
import type { PathCourse } from './pathCourse';
import type { StabilityMeasurement } from '../report/sections/dynamics/stability';
import type { DepthEntry, DepthTrend } from '../report/sections/dynamics/depth';
import type { SurrogateMeasurement } from '../report/sections/dynamics/surrogate';
import type { FeatureMeasurement } from '../report/sections/dynamics/features';
import type { RescalingMeasurement } from '../report/sections/dynamics/rescaling';
import type { SymmetryMeasurement } from '../report/sections/dynamics/symmetry';
import type { WeightMeasurement } from '../report/sections/dynamics/weights';
import type { CliffMeasurement, Eigenvalue, ElsewhereMeasurement, Report } from '../report/report';
import type { TimeTrend } from '../report/sections/dynamics/time';
import type { ActivationEntry } from '../report/sections/dynamics/units';

/** A figure with its error. */
export interface WithError {
  value: number;
  error: number;
}

/** The measurements that the diagnostics read from a report. Errors of eigenvalues are residual + noise floor. */
export interface Measurements {
  loss: WithError & {
    function: LossName;
    /** The weight decay in `value`, x/2·‖θ‖², and its rate x; null without one. */
    weightDecay: { rate: number; value: number } | null;
    /** Loss of the best answer that ignores the input, where it is known. */
    chance: number | null;
    accuracy: number | null;
    /** Accuracy of the best answer that ignores the input; older reports do not have it. */
    chanceAccuracy: number | null;
    classes: number | null;
    samples: number;
  };
  gradient: {
    /** ‖g‖; its error is the float32 noise. */
    norm: WithError;
    /** gᵀHg; null where no Hessian product was taken. */
    curvature: number | null;
    /** √(Σ var(gᵢ)/N): the norm a gradient of zero would show on as many samples. */
    samplingError: number | null;
    /** θᵀg; older reports do not have it. */
    alongParameters: number | null;
  };
  /** The spread of the gradients of single samples. */
  noise: { trace: WithError; samples: number; standardError: number; unbiasedScale: number | null };
  /** The best step along −g before the loss first rises above L(θ), by a line search. */
  descent: { step: number; decrease: WithError };
  /** The attempts to leave θ. */
  escape: Escapes;
  /** Scales of the features that a layer reads as they are. */
  features: readonly FeatureMeasurement[];
  /** Units that may be exchanged, and copies among them. */
  symmetry: SymmetryMeasurement;
  /** Layers that can take a factor from one another. */
  rescaling: RescalingMeasurement;
  /** What every parameter does, and its scale. */
  weights: readonly WeightMeasurement[];
  /** ‖θ‖ */
  parameterNorm: number;
  /** Signal and gradient by depth of the network. */
  depth: DepthTrend & { layers: readonly DepthEntry[] };
  /** The gradient over time, for each recurrence whose last step the loss reads. */
  time: readonly TimeTrend[];
  /** Flat parts of the activations, and the recurrent layers among theirs. */
  units: { activations: readonly ActivationEntry[]; recurrent: ReadonlySet<string>; samples: number };
  /** Gradient per parameter tensor, in the order of the graph. */
  layers: LayerGradient[];
  extremes: ExtremeEigenvalues;
  /** Nodes and weights over the whole spectrum, one list per probe; the exact spectrum is one probe. */
  quadratures: { nodes: readonly number[]; weights: readonly number[] }[];
  trace: WithError;
  /** Present where the losses of single samples are known and cannot be negative. */
  surrogate: SurrogateMeasurement & Required<Pick<SurrogateMeasurement, 'worst'>>;
  stability: StabilityMeasurement;
  /** On data that the model was not trained on. Where a figure is not known, it is null. */
  test: {
    loss: WithError;
    accuracy: number | null;
    /** Cosine of the gradients of training and test loss. */
    cosine: WithError | null;
    /** Change of the test loss by the step along −g that lowers the training loss most. */
    change: WithError | null;
  };
  /** Length of θ. */
  dim: number;
  /** Slopes far from θ; only where some scan has finite losses. */
  cliff: CliffMeasurement & { wall: NonNullable<CliffMeasurement['wall']> };
  /** Lower losses away from θ. */
  elsewhere: ElsewhereMeasurement;
  numerics: ReadNumerics;
  /** How the figures change along the checkpoints of a training run. */
  course: PathCourse;
}

export interface LayerGradient {
  name: string;
  shape: readonly number[];
  count: number;
  norm: number;
  /** ‖Wₗ‖; older reports do not have it. */
  weightNorm?: number;
}

export interface ExtremeEigenvalues {
  max: WithError & { converged: boolean };
  min: WithError & { converged: boolean };
  /** The largest eigenvalues, as many as were asked for. */
  top: readonly number[];
  /** Largest |λ| seen. */
  maxAbs: number;
  noiseFloor: number;
  /** True where every eigenvalue is known. */
  exact: boolean;
  /** Eigenvalues proven negative: the saddle's index when exact, a lower bound otherwise. */
  negative: number;
  /** Eigenvalues that cannot be told from zero; null unless exact. */
  zero: number | null;
}

/** Reads the measurements from a report. A measurement that was not made or is not finite is absent. */
export function measurementsOf(report: Report): Partial<Measurements> {
  const { objective, gradient, parameters, spectrum, model } = report;
  // A first estimate on part of the data is shown but not judged.
  const hessian = spectrum?.hessian?.preliminary ? undefined : spectrum?.hessian;
  const measurements: Partial<Measurements> = { dim: model.parameterCount };
  if (objective && Number.isFinite(objective.loss)) {
    measurements.loss = {
      value: objective.loss,
      error: finiteOr(objective.standardError, 0),
      function: objective.function,
      weightDecay: weightDecayOf(report),
      chance: objective.chanceLoss ?? null,
      accuracy: objective.accuracy === undefined || Number.isNaN(objective.accuracy) ? null : objective.accuracy,
      chanceAccuracy: finiteOr(objective.chanceAccuracy, null),
      classes: objective.classes ?? null,
      samples: objective.samples,
    };
  }
  const { stability, surrogate, test, depth, depthFit, time, timeFits, units } = report.dynamics ?? {};
  if (test && Number.isFinite(test.loss)) {
    measurements.test = {
      loss: { value: test.loss, error: finiteOr(test.standardError, 0) },
      accuracy: finiteOr(test.accuracy, null),
      cosine: test.cosine ?? null,
      change: test.change ? { value: test.change.value, error: test.change.error } : null,
    };
  }
  if (stability) measurements.stability = stability;
  if (depth && depthFit) measurements.depth = { ...depthFit, layers: depth };
  if (timeFits?.length) measurements.time = timeFits;
  if (units && objective) {
    const recurrent = new Set(time?.map(({ layer }) => layer));
    measurements.units = { activations: units, recurrent, samples: objective.samples };
  }
  if (surrogate?.worst) measurements.surrogate = { ...surrogate, worst: surrogate.worst };
  if (parameters && Number.isFinite(parameters.norm)) measurements.parameterNorm = parameters.norm;
  if (gradient && Number.isFinite(gradient.norm)) {
    measurements.gradient = {
      norm: { value: gradient.norm, error: finiteOr(gradient.noiseFloor, 0) },
      curvature: finiteOr(gradient.curvature, null),
      samplingError: finiteOr(gradient.samplingError, null),
      alongParameters: finiteOr(gradient.alongParameters, null),
    };
    measurements.layers = layersOf(report);
  }
  const noise = report.dynamics?.noise;
  if (objective && noise) {
    measurements.noise = {
      trace: noise.traceOfCovariance,
      samples: objective.samples,
      standardError: noise.gradientStandardError,
      unbiasedScale: noise.unbiasedScale ?? null,
    };
  }
  const descent = report.dynamics?.descent;
  if (objective && descent) {
    const decrease = { value: objective.loss - descent.loss, error: descent.error };
    measurements.descent = { step: descent.step, decrease };
  }
  const escape = escapesOf(report);
  if (escape) measurements.escape = escape;
  const { symmetry, rescaling, weights, features } = report.dynamics ?? {};
  if (features) measurements.features = features;
  Object.assign(measurements, symmetry && { symmetry }, rescaling && { rescaling }, weights && { weights });
  const { cliff, elsewhere } = report.dynamics ?? {};
  if (cliff?.wall) measurements.cliff = { ...cliff, wall: cliff.wall };
  if (elsewhere) measurements.elsewhere = elsewhere;
  const course = pathCourseOf(report);
  if (course) measurements.course = course;
  const numerics = numericsOf(report);
  if (numerics) measurements.numerics = numerics;
  if (hessian) {
    const extremes = extremesOf(hessian);
    if (extremes) measurements.extremes = extremes;
    if (hessian.trace) measurements.trace = { value: hessian.trace.value, error: hessian.trace.standardError };
    if (hessian.all?.length) {
      const weight = 1 / hessian.all.length;
      measurements.quadratures = [{ nodes: hessian.all, weights: hessian.all.map(() => weight) }];
    } else if (hessian.ritz?.length) measurements.quadratures = hessian.ritz;
  }
  return measurements;
}

function weightDecayOf({ objective, parameters }: Report): Measurements['loss']['weightDecay'] {
  const rate = objective?.weightDecay ?? 0;
  return rate === 0 || !parameters ? null : { rate, value: (rate / 2) * parameters.norm ** 2 };
}

function layersOf({ model, gradient, parameters }: Report): LayerGradient[] {
  const weights = new Map(parameters?.byParameter?.map((tensor) => [tensor.name, tensor.norm]));
  const shapes = new Map(model.parameters.map((parameter) => [parameter.name, parameter]));
  return (gradient?.byParameter ?? []).flatMap(({ name, norm }) => {
    const parameter = shapes.get(name);
    const { shape, count } = parameter ?? {};
    return shape && count !== undefined ? [{ name, norm, shape, count, weightNorm: weights.get(name) }] : [];
  });
}

function extremesOf(hessian: NonNullable<NonNullable<Report['spectrum']>['hessian']>): ExtremeEigenvalues | null {
  const { noiseFloor } = hessian;
  // If only one end was asked for, it stands for both.
  const both = [...hessian.top, ...hessian.bottom];
  if (both.length === 0) return null;
  const largest = both.reduce((a, b) => (b.value > a.value ? b : a));
  const smallest = both.reduce((a, b) => (b.value < a.value ? b : a));
  const estimate = (pair: Eigenvalue) => ({
    value: pair.value,
    error: pair.residual + noiseFloor,
    converged: pair.converged,
  });
  const exact = hessian.exact === true && hessian.all !== undefined;
  const certain = exact ? hessian.all!.map((value) => ({ value, residual: 0 })) : hessian.bottom;
  const counted = certain.filter((pair) => pair.value + pair.residual + noiseFloor < 0).length;
  return {
    max: estimate(largest),
    min: estimate(smallest),
    top: hessian.top.map((pair) => pair.value),
    maxAbs: Math.max(Math.abs(largest.value), Math.abs(smallest.value)),
    noiseFloor,
    exact,
    negative: Math.max(hessian.certifiedNegative ?? 0, counted),
    zero: exact ? hessian.all!.filter((value) => Math.abs(value) <= noiseFloor).length : null,
  };
}

function finiteOr<T>(value: number | undefined, otherwise: T): number | T {
  return value !== undefined && Number.isFinite(value) ? value : otherwise;
}
