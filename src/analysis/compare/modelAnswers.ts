import { vectorFor } from '../../landscape/direction';
import { norm, scaled } from '../../numerics/vectors';
import { withWeightDecay } from '../../objective/layers/weightDecay';
import type { Asked, Objective, SampleAnswers } from '../../objective/objective';
import { openObjective } from '../../objective/open/openObjective';
import type { ResolvedOptions } from '../../options/presets';
import type { WideLoss } from '../facts';
import type { ModelPlace } from './between';

/** The answers of one model to each sample, and to each sample of the test data. */
export interface ModelAnswers {
  answers: SampleAnswers | null;
  testAnswers: SampleAnswers | null;
  /** gᵢᵀg/‖g‖ of each sample, [samples], whose plain mean is ‖g‖; null where the gradient was not asked for. */
  slopes: Float64Array | null;
}

interface Asking {
  options: ResolvedOptions;
  /** Whether the gradient of this model is known. */
  hasGradient: boolean;
  signal?: AbortSignal;
}

/** The answers of a model: at its place where it has one, else by a session of its own. */
export async function answersOf(
  model: string,
  place: ModelPlace | undefined,
  { objective, test }: WideLoss,
  asking: Asking,
): Promise<ModelAnswers> {
  if (place === undefined) {
    const opened = await openObjective(model, asking.options, { signal: asking.signal });
    try {
      return await answersAt(opened.objective, opened.test, null, asking);
    } finally {
      await opened.objective.dispose();
    }
  }
  return answersAt(objective, test, place && vectorFor(objective, place), asking);
}

async function answersAt(
  objective: Objective,
  test: Objective | null,
  d1: Float32Array | null,
  { options, hasGradient, signal }: Asking,
): Promise<ModelAnswers> {
  const asked: Asked = { signal, ...(d1 ? { at: { d1, d2: null, alpha: 1, beta: 0 } } : {}) };
  const answers = await objective.perSample(asked);
  return {
    answers,
    testAnswers: (await test?.perSample(asked)) ?? null,
    slopes: answers && hasGradient ? await slopesAlong(withWeightDecay(objective, options.weightDecay), asked) : null,
  };
}

/** Cost: one gradient, and one pass over the samples forward over forward. */
async function slopesAlong(objective: Objective, asked: Asked): Promise<Float64Array | null> {
  const gradient = await objective.gradient(asked);
  // Running statistics move with the line between the models, but the norm is that of the parameters.
  for (const { offset, count, statistic } of objective.parameters)
    if (statistic) gradient.fill(0, offset, offset + count);
  const length = norm(gradient);
  if (!(length > 0) || !Number.isFinite(length)) return null;
  const [{ slopes }] = await objective.curvatures('hessian', [scaled(1 / length, gradient)], asked);
  return slopes;
}
