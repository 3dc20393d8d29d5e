import { vectorFor } from '../../landscape/direction';
import type { Objective, SampleAnswers } from '../../objective/objective';
import { openObjective } from '../../objective/open/openObjective';
import type { ResolvedOptions } from '../../options/presets';
import type { WideLoss } from '../facts';
import type { ModelPlace } from './between';

/** The answers of one model to each sample, and to each sample of the test data. */
export interface ModelAnswers {
  answers: SampleAnswers | null;
  testAnswers: SampleAnswers | null;
}

/** The answers of a model: at its place where it has one, else by a session of its own. */
export async function answersOf(
  model: string,
  place: ModelPlace | undefined,
  { objective, test }: WideLoss,
  options: ResolvedOptions,
  signal?: AbortSignal,
): Promise<ModelAnswers> {
  if (place === undefined) {
    const opened = await openObjective(model, options, { signal });
    try {
      return await answersAt(opened.objective, opened.test, null, signal);
    } finally {
      await opened.objective.dispose();
    }
  }
  return answersAt(objective, test, place && vectorFor(objective, place), signal);
}

async function answersAt(
  objective: Objective,
  test: Objective | null,
  d1: Float32Array | null,
  signal?: AbortSignal,
): Promise<ModelAnswers> {
  const asked = { signal, ...(d1 ? { at: { d1, d2: null, alpha: 1, beta: 0 } } : {}) };
  return { answers: await objective.perSample(asked), testAnswers: (await test?.perSample(asked)) ?? null };
}
