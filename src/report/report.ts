import { about, flag, list, number, object, optional, text } from './schema';
import type { Infer } from './schema';
import { check } from './sections/checks';
import { comparison } from './sections/comparison';
import { finding } from './sections/diagnostics';
import { pendingQuestion } from './sections/pending';
import { headline } from './sections/headline';
import { dynamics } from './sections/dynamics';
import { gradient } from './sections/gradient';
import { landscape } from './sections/landscape';
import { line } from './sections/lines';
import { model } from './sections/model';
import { objective } from './sections/objective';
import { optimizer, race } from './sections/optimizers';
import { parameters } from './sections/parameters';
import { cluster } from './sections/cluster';
import { path } from './sections/path';
import { plane } from './sections/planes';
import { profile } from './sections/profile';
import { provenance } from './sections/provenance';
import { provider } from './sections/provider';
import { spectrum } from './sections/spectrum';
import { timings } from './sections/timings';

/** Version of the report's format. It rises when a field changes its meaning, but not when fields are added. */
export const SCHEMA_VERSION = 1;

export const report = object({
  schemaVersion: number,
  complete: about('False while the analysis runs, or when it was cancelled.', flag),
  model,
  objective: optional(objective),
  provider: optional(provider),
  gradient: optional(gradient),
  parameters: optional(parameters),
  spectrum: optional(spectrum),
  lines: list(line),
  planes: list(plane),
  cluster: optional(cluster, 'How a cluster measured the report, where one did.'),
  path: optional(path, 'The checkpoints of a training run, as "ridgeline path" follows them.'),
  landscape: optional(landscape, 'The shape of the loss around these weights.'),
  dynamics: optional(dynamics, 'What the loss around these weights means for training.'),
  optimizers: optional(list(optimizer), 'Runs of the usual optimizers from these weights, all with the same budget.'),
  optimizerRace: optional(race, 'What these runs have in common.'),
  comparison: optional(comparison, 'This model, the first, beside others.'),
  headline: optional(headline, 'The finished report in two plain sentences, from all verdicts and figures.'),
  diagnostics: list(finding),
  pending: optional(
    list(pendingQuestion),
    'Questions whose measurements are still to come; a finished report has none.',
  ),
  checks: optional(list(check), 'Self-checks of the derivatives and estimates, on this model, data and device.'),
  warnings: about(
    'Plain sentences about what limits these figures: generated data, fallbacks, tied or split parameters, missing directions.',
    list(text),
  ),
  notes: optional(
    list(text),
    'Plain sentences that change no figure: memory used, biases that random directions leave in place.',
  ),
  timings,
  profile: optional(profile, "Where the time of the graphs' runs went, when it was asked for."),
  provenance,
});

/**
 * The saved document. While an analysis runs, the same type holds what was measured so far: every measured section is
 * optional, and `complete` is false. In saved JSON, numbers that are not finite are the strings "NaN", "Infinity" and
 * "-Infinity"; in memory they are numbers.
 */
export type Report = Infer<typeof report>;

export type { Finding, Level, Severity, Verdict } from './sections/diagnostics';
export type { SpectralDensity } from './sections/density';
export type { Dynamics } from './sections/dynamics';
export type { CliffMeasurement } from './sections/dynamics/cliff';
export type { ElsewhereMeasurement, SearchElsewhere } from './sections/dynamics/elsewhere';
export type { SurrogateMeasurement } from './sections/dynamics/surrogate';
export type { NonConvexityMeasurement } from './sections/dynamics/nonConvexity';
export type { WideScan } from './sections/dynamics/wideScans';
export type { HeadroomMeasurement, NumericsMeasurement } from './sections/dynamics/numerics';
export type { GradientMeasurement } from './sections/gradient';
export type { DirectionName, Line } from './sections/lines';
export type { ModelSummary } from './sections/model';
export type { NotFinite } from './sections/notFinite';
export type { ObjectiveSummary } from './sections/objective';
export type { ParameterMeasurement } from './sections/parameters';
export type { Plane } from './sections/planes';
export type { ProfileEntry, ProfileMeasurement } from './sections/profile';
export type { Provenance } from './sections/provenance';
export type { ProviderSummary } from './sections/provider';
export type { Eigenvalue, GgnSpectrum, HessianSpectrum, TraceEstimate } from './sections/spectrum';
