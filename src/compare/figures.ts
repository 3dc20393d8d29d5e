import { pairedChange } from '../dynamics/pairedChange';
import type { PairedSamples } from '../dynamics/pairedChange';
import type { SampleAnswers } from '../objective/objective';
import type { Report } from '../report/report';
import { meanCurvatureRatio } from './meanCurvatureRatio';
import type { ComparedFigure } from '../report/sections/comparison';
import type { Estimate } from '../report/sections/estimate';

/** What is known of one of several models on the same data. */
export interface MeasuredModel {
  report: Report;
  /** Its answers to each sample; null where samples have no losses of their own. */
  answers: SampleAnswers | null;
  /** The same on the test data; null where there are none. */
  testAnswers: SampleAnswers | null;
  /** gᵢᵀg/‖g‖ of each sample, [samples]; null where they are not known. */
  slopes: Float64Array | null;
}

interface Figure {
  value: number;
  error: number;
  /** True where the error over other samples is not known. */
  estimateOnly?: boolean;
}

type Row = Pick<ComparedFigure, 'id' | 'name' | 'errors'> & {
  of(report: Report): Figure | null;
  /** The figure of each sample, whose weighted mean is the figure up to a constant. */
  samplesOf?(model: MeasuredModel): PairedSamples | null;
};

/** The figures that models are compared by, in the order in which people read them. */
const ROWS: readonly Row[] = [
  {
    id: 'loss',
    name: 'loss',
    errors: 'paired',
    of: ({ objective }) => optional(objective?.loss, objective?.standardError),
    samplesOf: ({ answers }) => answers,
  },
  {
    id: 'accuracy',
    name: 'accuracy',
    errors: 'paired',
    of: ({ objective }) => optional(objective?.accuracy, shareError(objective?.accuracy, objective?.samples)),
    samplesOf: ({ answers }) => rightAnswers(answers),
  },
  {
    id: 'testLoss',
    name: 'test loss',
    errors: 'paired',
    of: ({ dynamics }) => optional(dynamics?.test?.loss, dynamics?.test?.standardError),
    samplesOf: ({ testAnswers }) => testAnswers,
  },
  {
    id: 'testAccuracy',
    name: 'test accuracy',
    errors: 'paired',
    of: ({ dynamics }) =>
      optional(dynamics?.test?.accuracy, shareError(dynamics?.test?.accuracy, dynamics?.test?.samples)),
    samplesOf: ({ testAnswers }) => rightAnswers(testAnswers),
  },
  {
    id: 'gradientNorm',
    name: '‖g‖',
    errors: 'samples',
    // The norm moves by no more than the gradient does, and to first order by what the samples move it along itself.
    of: ({ gradient }) => overSamples(gradient?.norm, gradient?.noiseFloor, gradient?.samplingError),
    samplesOf: ({ slopes }) => slopes && { losses: slopes, shares: slopes.map(() => 1 / slopes.length) },
  },
  {
    id: 'lambdaMax',
    name: 'λ_max',
    errors: 'samples',
    of: ({ spectrum }) => eigenvalue(spectrum?.hessian, 'top'),
  },
  {
    id: 'lambdaMin',
    name: 'λ_min',
    errors: 'samples',
    of: ({ spectrum }) => eigenvalue(spectrum?.hessian, 'bottom'),
  },
  {
    id: 'trace',
    name: 'tr H',
    errors: 'estimate',
    of: ({ spectrum }) => optional(spectrum?.hessian?.trace?.value, spectrum?.hessian?.trace?.standardError),
  },
  {
    id: 'scaleFree',
    name: 'dᵀHd, scale-free',
    errors: 'estimate',
    of: ({ parameters }) =>
      optional(parameters?.filterNormalizedCurvature?.value, parameters?.filterNormalizedCurvature?.standardError),
  },
  {
    id: 'noiseScale',
    name: 'noise scale',
    errors: 'estimate',
    of: ({ dynamics }) => optional(dynamics?.noise?.scale.value, dynamics?.noise?.scale.error),
  },
  {
    id: 'totalVariation',
    name: 'total variation of lines',
    errors: 'directions',
    of: ({ landscape }) => overDirections(landscape?.roughness?.totalVariation),
  },
  {
    id: 'secondDifference',
    name: 'second difference of lines',
    errors: 'directions',
    of: ({ landscape }) => overDirections(landscape?.roughness?.secondDifference),
  },
  {
    id: 'planeCurvature',
    name: '|λ_min/λ_max| over planes',
    errors: 'directions',
    of: ({ planes }) => meanCurvatureRatio(planes.flatMap(({ curvature }) => curvature ?? [])),
  },
  { id: 'parameterNorm', name: '‖θ‖', errors: 'estimate', of: ({ parameters }) => optional(parameters?.norm, 0) },
];

/**
 * Every figure of the models side by side, and the differences from the first. Where each sample has a figure of its
 * own, the error of a difference is that of the mean of the differences of each sample:
 *   se² = N/(N − 1) · Σ wᵢ²(dᵢ − Δ)².
 * The errors of other figures add in quadrature. A figure that no model has is left out.
 */
export function comparedFigures(models: readonly MeasuredModel[]): ComparedFigure[] {
  return ROWS.flatMap((row) => {
    const found = models.map(({ report }) => row.of(report) ?? { value: NaN, error: NaN });
    const values = found.map(({ value, error }) => ({ value, error }));
    if (values.every(({ value }) => Number.isNaN(value))) return [];
    const samples = models.map((model) => row.samplesOf?.(model) ?? null);
    const pairs = values.map((_, i) => pairedError(samples[0], samples[i]));
    const arePaired = pairs.every((error, i) => error !== null || Number.isNaN(values[i].value));
    const differences = values.map(({ value, error }, i) => ({
      value: i === 0 ? 0 : value - values[0].value,
      error: i === 0 ? 0 : ((arePaired ? pairs[i] : inQuadrature(error, values[0].error)) ?? NaN),
    }));
    return [{ id: row.id, name: row.name, values, differences, errors: errorsOf(row, found, arePaired) }];
  });
}

function errorsOf({ errors }: Row, found: readonly Figure[], arePaired: boolean): ComparedFigure['errors'] {
  if (arePaired) return 'paired';
  if (errors === 'paired') return 'samples';
  return found.some(({ estimateOnly }) => estimateOnly) ? 'estimate' : errors;
}

/** Standard error of the mean difference; null where the answers are not to the same samples. */
function pairedError(here: PairedSamples | null, there: PairedSamples | null): number | null {
  if (!here || !there || here.losses.length !== there.losses.length) return null;
  return pairedChange(here, there).error;
}

/** The wrong answers of each sample in the place of its losses: their differences are those of the accuracy. */
function rightAnswers(answers: SampleAnswers | null): SampleAnswers | null {
  return answers?.classes ? { ...answers, losses: answers.classes.errors } : null;
}

function eigenvalue(hessian: NonNullable<Report['spectrum']>['hessian'], end: 'top' | 'bottom'): Figure | null {
  const [found] = hessian?.[end] ?? [];
  return found ? overSamples(found.value, found.residual + (hessian?.noiseFloor ?? 0), found.dataError) : null;
}

/** A figure with the error of its computation and, where that is known, its error over other samples. */
function overSamples(value: number | undefined, computed: number | undefined, data: number | undefined): Figure | null {
  const known = optional(value, inQuadrature(computed, data));
  return known && { ...known, estimateOnly: data === undefined };
}

const overDirections = (found: Estimate | undefined): Figure | null => optional(found?.value, found?.standardError);

/** Standard error of a fraction of right answers, √(p(1 − p)/N). */
function shareError(share: number | undefined, samples: number | undefined): number | undefined {
  return share === undefined || !samples ? undefined : Math.sqrt((share * (1 - share)) / samples);
}

/** √(a² + b²); a part that is not known counts nothing, and neither is known only if both are not. */
function inQuadrature(a: number | undefined, b: number | undefined): number | undefined {
  const known = [a, b].filter((error) => error !== undefined && !Number.isNaN(error)) as number[];
  return known.length > 0 ? Math.hypot(...known) : undefined;
}

const optional = (value: number | undefined, error = NaN): Figure | null =>
  value === undefined ? null : { value, error };
