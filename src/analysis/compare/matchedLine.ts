import { withWeightDecay } from '../../objective/layers/weightDecay';
import type { ParameterTensor } from '../../objective/objective';
import type { MatchedModels } from '../../report/sections/comparison';
import type { MatchableLoss } from '../facts';
import type { StageReport } from '../progress';
import { lineBetween } from './between';
import { matchedDirection } from './matchedDirection';
import type { OtherEnd } from './matchedDirection';

/** Weights that fit into the file of the first model. */
export interface MatchedWeights {
  parameters: readonly ParameterTensor[];
  theta: Float32Array;
}

/** Share of the progress that matching takes, beside the line. */
const MATCHING = 0.6;

/**
 * Matches the units of another model to those of the first, and measures the straight line to the re-ordered model.
 * @param loss in which everything moves that differs between the models
 * @returns a sentence where the units cannot be matched
 */
export async function matchedLine(
  loss: MatchableLoss,
  other: OtherEnd,
  { seed, weightDecay }: { seed: number; weightDecay: number },
  { signal, report }: { signal?: AbortSignal; report: StageReport },
): Promise<{ matched: MatchedModels; weights: MatchedWeights } | string> {
  const found = await matchedDirection(loss, other, {
    seed,
    signal,
    onProgress: (fraction) => report(MATCHING * fraction, 'matching units'),
  });
  if (typeof found === 'string') return found;
  const { objective, test } = loss;
  const decayed = {
    objective: withWeightDecay(objective, weightDecay),
    test: test && withWeightDecay(test, weightDecay),
  };
  const line = await lineBetween(decayed, [null, found.direction], {
    signal,
    report: (fraction, detail) => report(MATCHING + (1 - MATCHING) * fraction, detail),
  });
  return {
    matched: { ...found.figures, line },
    weights: { parameters: objective.parameters, theta: found.theta },
  };
}
