import type { Finding, Report } from '../report/report';
import { criticalPoint } from './criticalPoint';
import type { Diagnostic } from './diagnostic';
import { flatRegion } from './flatRegion';
import { illConditioning } from './illConditioning';
import { LIMITS } from './limits';
import type { Limits } from './limits';
import { measurementsOf } from './measurements';
import { minimum } from './minimum';
import { saddle } from './saddle';
import { sharpness } from './sharpness';
import { vanishingGradient } from './vanishingGradient';

/** Every question, in the order in which the page shows the answers. */
export const DIAGNOSTICS: readonly Diagnostic[] = [
  criticalPoint,
  saddle,
  minimum,
  flatRegion,
  vanishingGradient,
  illConditioning,
  sharpness,
];

/** The verdicts that the report's measurements allow. Needs no model and no data: a saved report can be judged again. */
export function judge(report: Report, limits: Limits = LIMITS): Finding[] {
  const measurements = measurementsOf(report);
  return DIAGNOSTICS.flatMap((diagnostic) => diagnostic.judge(measurements, limits) ?? []);
}
