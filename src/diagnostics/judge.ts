import type { Finding, Report } from '../report/report';
import { easedWhereArrived } from './arrived';
import { cliff } from './cliff';
import { criticalPoint } from './criticalPoint';
import { deadUnits } from './deadUnits';
import type { Diagnostic } from './diagnostic';
import { explodingGradient } from './explodingGradient';
import { explodingOverTime } from './explodingOverTime';
import { edgeOfStability } from './edgeOfStability';
import { flatRegion } from './flatRegion';
import { gradientNoise } from './gradientNoise';
import { illConditioning } from './illConditioning';
import { LIMITS } from './limits';
import type { Limits } from './limits';
import { localGlobal } from './localGlobal';
import { measurementsOf } from './measurements';
import { maximum } from './maximum';
import { minimum } from './minimum';
import { initialization } from './initialization';
import { rescaling } from './rescaling';
import { numericalTrouble } from './numericalTrouble';
import { overfitting } from './overfitting';
import { pathEdge } from './pathEdge';
import { persistentGradient } from './persistentGradient';
import { progressiveSharpening } from './progressiveSharpening';
import { saddle } from './saddle';
import { saturation } from './saturation';
import { sharpness } from './sharpness';
import { surrogate } from './surrogate';
import { symmetry } from './symmetry';
import { vanishingGradient } from './vanishingGradient';
import { vanishingOverTime } from './vanishingOverTime';

/** Every diagnostic, in the order in which the page shows them. */
export const DIAGNOSTICS: readonly Diagnostic[] = [
  progressiveSharpening,
  pathEdge,
  persistentGradient,
  numericalTrouble,
  criticalPoint,
  saddle,
  minimum,
  maximum,
  flatRegion,
  gradientNoise,
  vanishingGradient,
  explodingGradient,
  vanishingOverTime,
  explodingOverTime,
  deadUnits,
  saturation,
  illConditioning,
  sharpness,
  edgeOfStability,
  surrogate,
  symmetry,
  rescaling,
  initialization,
  cliff,
  localGlobal,
  overfitting,
];

/**
 * Gives the verdicts that a report's measurements allow. It needs no model or data, so saved reports can be judged too.
 */
export function judge(report: Report, limits: Limits = LIMITS): Finding[] {
  const measurements = measurementsOf(report);
  // Where the loss is NaN or ∞, no figure speaks about a landscape.
  const diagnostics = measurements.numerics?.loss ? [numericalTrouble] : DIAGNOSTICS;
  const findings = diagnostics.flatMap((diagnostic) => diagnostic.judge(measurements, limits) ?? []);
  return easedWhereArrived(findings, report, measurements, limits);
}
