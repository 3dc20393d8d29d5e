import { UserError } from '../errors';
import type { AnalysisOptions } from '../options/options';
import { LOSSES, PROVIDERS } from '../options/options';
import type { Check, Estimate, Outliers, PartCurvature, ResidualPart, SpectralSummary } from './curvature';
import type {
  Eigenvalue,
  Finding,
  GgnSpectrum,
  GradientMeasurement,
  HessianSpectrum,
  Line,
  ModelSummary,
  ObjectiveSummary,
  ParameterMeasurement,
  Plane,
  ProfileEntry,
  ProfileMeasurement,
  ProviderSummary,
  Provenance,
  Report,
  SpectralDensity,
  Timings,
  TraceEstimate,
} from './report';

/** Reads a parsed JSON value as a T, or throws naming the path of what does not fit. */
export type Reader<T> = (value: unknown, path: string) => T;

/** The spellings of the numbers JSON has no word for. */
export const NON_FINITE = new Map([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
]);

/** One of the report's fields is missing or holds something else. */
export class ReportFormatError extends UserError {}

/** Every field of `T` has its reader; the compiler asks for a new one when the report grows. */
type Fields<T> = { [K in keyof T]-?: Reader<T[K]> };

const text: Reader<string> = (value, path) => (typeof value === 'string' ? value : refuse(path, 'text', value));
const flag: Reader<boolean> = (value, path) =>
  typeof value === 'boolean' ? value : refuse(path, 'true or false', value);
const number: Reader<number> = (value, path) => {
  if (typeof value === 'number') return value;
  const spelled = typeof value === 'string' ? NON_FINITE.get(value) : undefined;
  return spelled ?? refuse(path, 'a number', value);
};
const optional =
  <T>(read: Reader<T>): Reader<T | undefined> =>
  (value, path) =>
    value === undefined ? undefined : read(value, path);
const list =
  <T>(read: Reader<T>): Reader<T[]> =>
  (value, path) =>
    Array.isArray(value) ? value.map((item, i) => read(item, `${path}[${i}]`)) : refuse(path, 'a list', value);
const oneOf =
  <T extends string>(words: readonly T[]): Reader<T> =>
  (value, path) =>
    words.find((word) => word === value) ?? refuse(path, `one of ${words.join(', ')}`, value);
/** Fields this version does not know are kept as they are: a newer version may have added them. */
const object =
  <T extends object>(fields: Fields<T>): Reader<T> =>
  (value, path) => {
    const read: Record<string, unknown> = { ...record(value, path) };
    for (const [name, field] of Object.entries<Reader<unknown>>(fields)) {
      const item = field(read[name], path === '' ? name : `${path}.${name}`);
      if (item !== undefined) read[name] = item;
    }
    return read as T;
  };

const numbers = list(number);
/** Earlier versions wrote NaN where it was not known. */
const standardError = optional(number);
const estimate = object<Estimate>({ value: number, standardError });
const eigenvalue = object<Eigenvalue>({
  value: number,
  residual: number,
  converged: flag,
  dataError: optional(number),
});
const trace = object<TraceEstimate>({ value: number, standardError: number, probes: number });
const density = object<SpectralDensity>({ lambda: numbers, density: numbers, sigma: number });
const named = list(object<{ name: string; norm: number }>({ name: text, norm: number }));
const axis = object<Plane['x']>({ direction: text, values: numbers });
const quadratures = list(object<{ nodes: number[]; weights: number[] }>({ nodes: numbers, weights: numbers }));
const spectralSummary = object<SpectralSummary>({
  frobenius: estimate,
  effectiveRank: object<SpectralSummary['effectiveRank']>({ value: number, standardError, c: number }),
  nearZero: object<SpectralSummary['nearZero']>({ value: number, standardError, bound: number }),
  negative: estimate,
  outliers: object<Outliers>({ values: numbers, bound: number, complete: flag }),
});
const part = object<PartCurvature>({
  name: text,
  level: oneOf(['tensor', 'layer', 'block'] as const),
  count: number,
  trace: estimate,
  rowNorm: estimate,
  diagonalSpread: optional(number),
});
const check = object<Check>({
  name: text,
  value: number,
  limit: number,
  passed: flag,
  judged: optional(flag),
  detail: text,
});
const profiled = list(object<ProfileEntry>({ name: text, seconds: number, calls: number }));
const count = optional(object<{ count: number; seconds: number }>({ count: number, seconds: number }));

const report = object<Report>({
  schemaVersion: number,
  complete: flag,
  model: object<ModelSummary>({
    path: text,
    sha256: text,
    opset: number,
    producer: text,
    parameterCount: number,
    parameters: list(object<ModelSummary['parameters'][number]>({ name: text, shape: numbers, count: number })),
  }),
  objective: optional(
    object<ObjectiveSummary>({
      function: oneOf(LOSSES),
      loss: number,
      accuracy: optional(number),
      samples: number,
      batchSize: number,
      weightDecay: number,
      standardError: number,
      reads: optional(text),
      generated: optional(flag),
      classes: optional(number),
      chanceLoss: optional(number),
      chanceAccuracy: optional(number),
    }),
  ),
  provider: optional(
    object<ProviderSummary>({
      requested: oneOf(PROVIDERS),
      used: text,
      device: text,
      fallbacks: list(object<ProviderSummary['fallbacks'][number]>({ node: text, operator: text, reason: text })),
    }),
  ),
  gradient: optional(
    object<GradientMeasurement>({
      norm: number,
      byParameter: named,
      curvature: optional(number),
      hessianProductNorm: optional(number),
      gaussNewtonCurvature: optional(number),
      meanSquaredSampleNorm: optional(number),
      samplesUsed: optional(number),
      samplingError: optional(number),
      alongParameters: optional(number),
      noiseFloor: optional(number),
    }),
  ),
  parameters: optional(
    object<ParameterMeasurement>({
      norm: number,
      curvature: optional(number),
      hessianProductNorm: optional(number),
      byParameter: optional(
        list(
          object<NonNullable<ParameterMeasurement['byParameter']>[number]>({
            name: text,
            norm: number,
            curvature: optional(estimate),
          }),
        ),
      ),
      filterNormalizedCurvature: optional(
        object<NonNullable<ParameterMeasurement['filterNormalizedCurvature']>>({
          value: number,
          standardError: number,
          directions: number,
        }),
      ),
      symmetry: optional(text),
    }),
  ),
  spectrum: optional(
    object<NonNullable<Report['spectrum']>>({
      hessian: optional(
        object<HessianSpectrum>({
          top: list(eigenvalue),
          bottom: list(eigenvalue),
          trace: optional(trace),
          density: optional(density),
          ritz: optional(quadratures),
          products: number,
          noiseFloor: number,
          exact: optional(flag),
          all: optional(numbers),
          certifiedNegative: optional(number),
          summary: optional(spectralSummary),
          parts: optional(list(part)),
          preliminary: optional(object<{ samples: number }>({ samples: number })),
        }),
      ),
      ggn: optional(
        object<GgnSpectrum>({
          top: list(eigenvalue),
          trace: optional(trace),
          density: optional(density),
          ritz: optional(quadratures),
          products: number,
          noiseFloor: number,
          exact: optional(flag),
          summary: optional(spectralSummary),
          isFisher: optional(flag),
          residualPart: optional(object<ResidualPart>({ trace: estimate, relativeNorm: estimate, probes: number })),
        }),
      ),
    }),
  ),
  lines: list(
    object<Line>({
      direction: text,
      alpha: numbers,
      loss: numbers,
      accuracy: optional(numbers),
      directionNorm: optional(number),
      evaluated: optional(list(flag)),
      error: optional(numbers),
      interpolationError: optional(number),
      tolerance: optional(number),
    }),
  ),
  planes: list(
    object<Plane>({
      x: axis,
      y: axis,
      loss: list(numbers),
      accuracy: optional(list(numbers)),
      cosine: optional(number),
      evaluated: optional(list(list(flag))),
      error: optional(list(numbers)),
      interpolationError: optional(number),
      tolerance: optional(number),
    }),
  ),
  diagnostics: list(
    object<Finding>({
      id: text,
      title: text,
      verdict: oneOf(['present', 'absent', 'inconclusive'] as const),
      severity: oneOf(['info', 'low', 'medium', 'high'] as const),
      summary: text,
      evidence: list(object<Finding['evidence'][number]>({ name: text, value: number, error: number })),
      advice: list(text),
      shownIn: optional(oneOf(['plane', 'lines', 'spectrum', 'layers', 'loss'] as const)),
      source: optional(text),
    }),
  ),
  checks: optional(list(check)),
  warnings: list(text),
  timings: (value, path): Timings => {
    const read: Timings = {};
    for (const [part, spent] of Object.entries(record(value, path))) {
      const at = `${path}.${part}`;
      read[part] = typeof spent === 'object' ? count(spent, at) : number(spent, at);
    }
    return read;
  },
  profile: optional(
    object<ProfileMeasurement>({ seconds: number, runs: number, operators: profiled, nodes: profiled }),
  ),
  provenance: object<Provenance>({
    version: text,
    seed: number,
    // As the person asked for them: shown, never computed with.
    options: (value, path) => record(value, path) as AnalysisOptions,
    data: text,
    started: text,
    machine: text,
    threads: optional(text),
  }),
});

/** The report in parsed JSON, with "NaN" and "±Infinity" turned back into numbers where a number belongs. */
export function readReport(value: unknown): Report {
  return report(value, '');
}

function record(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(path, 'an object', value);
  return value as Record<string, unknown>;
}

function refuse(path: string, expected: string, value: unknown): never {
  throw new ReportFormatError({
    what: `This is not a Ridgeline report: ${path === '' ? 'the document' : `"${path}"`} should be ${expected}, but is ${describe(value)}.`,
    action: 'Choose a report written by "ridgeline analyze MODEL --output FILE.json".',
  });
}

function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : JSON.stringify(value).slice(0, 40);
}
