import { withWeightDecay } from '../../objective/layers/weightDecay';
import type { ParameterTensor, SampleAnswers } from '../../objective/objective';
import type { MatchedModels } from '../../report/sections/comparison';
import type { MatchableLoss, WideLoss } from '../facts';
import type { StageReport } from '../progress';
import { lineBetween } from './between';
import { matchedDirection } from './matchedDirection';
import type { OtherEnd } from './matchedDirection';

/** Weights that fit into the file of the first model. */
export interface MatchedWeights {
  parameters: readonly ParameterTensor[];
  theta: Float32Array;
}

/** Shares of the progress that matching and the line take; the line with recomputed statistics takes the rest. */
const MATCHING = 0.6;
const LINE = 0.2;

/**
 * Matches the units of another model to those of the first, and measures the straight line to the re-ordered model.
 * @param loss in which everything moves that differs between the models
 * @param answers those of the first model to each sample
 * @param recomputed the loss with recomputed statistics; null where the model has none
 * @returns a sentence where the units cannot be matched
 */
export async function matchedLine(
  loss: MatchableLoss,
  other: OtherEnd,
  {
    seed,
    weightDecay,
    answers,
    recomputed,
  }: {
    seed: number;
    weightDecay: number;
    answers: SampleAnswers | null;
    recomputed: (() => Promise<WideLoss>) | null;
  },
  { signal, report }: { signal?: AbortSignal; report: StageReport },
): Promise<{ matched: MatchedModels; weights: MatchedWeights } | string> {
  const found = await matchedDirection(loss, other, {
    seed,
    signal,
    onProgress: (fraction) => report(MATCHING * fraction, 'matching units'),
  });
  if (typeof found === 'string') return found;
  const decayed = ({ objective, test }: WideLoss): WideLoss => ({
    objective: withWeightDecay(objective, weightDecay),
    test: test && withWeightDecay(test, weightDecay),
  });
  const line = await lineBetween(decayed(loss), [null, found.direction], {
    signal,
    known: { from: answers },
    report: (fraction, detail) => report(MATCHING + LINE * fraction, detail),
  });
  const repaired =
    recomputed &&
    (await lineBetween(decayed(await recomputed()), [null, found.direction], {
      signal,
      report: (fraction, detail) => report(MATCHING + LINE + (1 - MATCHING - LINE) * fraction, detail),
    }));
  return {
    matched: { ...found.figures, line, ...(repaired ? { repaired } : {}) },
    weights: { parameters: loss.objective.parameters, theta: found.theta },
  };
}
