import type { Direction } from '../../landscape/direction';
import { withWeightDecay } from '../../objective/layers/weightDecay';
import type { Objective } from '../../objective/objective';
import { resolveOptions } from '../../options/presets';
import type { AnalysisOptions } from '../../options/options';
import type { Comparison } from '../../report/sections/comparison';
import { formatNumber } from '../../text/numbers';
import type { OtherModels } from '../otherModels';
import { LOSSES } from '../measurements/measurement';
import { ProgressTracker } from '../progress';
import type { MatchableLoss } from '../facts';
import type { Progress } from '../../protocol/worker';
import { distanceBetween, lineBetween, planeThrough } from './between';
import { matchedLine } from './matchedLine';
import type { MatchedWeights } from './matchedLine';
import { answersOf } from './modelAnswers';
import type { ModelAnswers } from './modelAnswers';
import { pairsOf, placesOf } from './modelPlaces';

type Between = Omit<Comparison, 'models' | 'figures'>;

interface Together {
  between: Between;
  /** One per model. */
  answers: ModelAnswers[];
  /** The second of two models in the order of the first, where that was asked for and can be. */
  matchedWeights: MatchedWeights | null;
  warnings: string[];
}

export interface TogetherRequest {
  models: readonly string[];
  /** The losses of the models alone. */
  losses: readonly number[];
  /** Whether the gradient of each model is known. */
  haveGradients: readonly boolean[];
  asked: AnalysisOptions;
  match: boolean;
  /** The first model on its data, without weight decay. */
  first: MatchableLoss;
  others: OtherModels;
}

/** Losses that a line takes, and answers of single samples. */
const LINE_COST = 32;
const ANSWERS_COST = 2;
/** Slopes of single samples along the gradient, and the gradient. */
const SLOPES_COST = LOSSES.gradient + LOSSES.hvp;
const MATCHING_COST = 2 * LINE_COST;
/** Largest relative distance of the end of a line from the model there, by rounding of weights and losses. */
const SAME_LOSS = 1e-4;

/**
 * Measures what the analyses of the single models cannot: the answers of all models to the same samples, and the loss
 * on lines and the plane between them.
 * @throws AbortError when the signal aborts
 */
export async function measureTogether(
  { models, losses, haveGradients, asked, match, first, others }: TogetherRequest,
  { signal, onProgress }: { signal?: AbortSignal; onProgress?: (progress: Progress) => void },
): Promise<Together> {
  const options = resolveOptions(asked);
  const { places, apart, thetas } = await placesOf(models, first.objective, others);
  const moves = places.some((place) => (place?.statistics?.length ?? 0) > 0);
  const bare = moves ? await others.wide() : first;
  const decayed = (loss: Objective) => withWeightDecay(loss, options.weightDecay);
  const loss = { objective: decayed(bare.objective), test: bare.test && decayed(bare.test) };

  const pairs = pairsOf(places, models.length);
  const drawn = places.filter((place): place is Direction => place !== undefined && place !== null);
  const hasPlane = models.length === 3 && drawn.length === 2;
  const plane = resolveOptions({ ...asked, plane: undefined }).planes[0];
  const stages = {
    answers: {
      name: 'Answers to each sample',
      cost: ANSWERS_COST * models.length + SLOPES_COST * haveGradients.filter(Boolean).length,
    },
    lines: { name: 'Line between the models', cost: LINE_COST * pairs.length },
    matching: { name: 'Matched units', cost: match ? MATCHING_COST * drawn.length : 0 },
    plane: { name: 'Plane through the models', cost: hasPlane ? plane.xRange.steps ** 2 : 0 },
  };
  const tracker = new ProgressTracker(Object.values(stages), onProgress);

  const answers = await tracker.during(stages.answers, async (report) => {
    const found: ModelAnswers[] = [];
    for (const [i, model] of models.entries()) {
      report(i / models.length);
      found.push(await answersOf(model, places[i], bare, { options, hasGradient: haveGradients[i], signal }));
    }
    return found;
  });
  const between: Between = {
    ...(apart === null ? {} : { apart }),
    ...(moves ? { movesStatistics: true } : {}),
    ...(models.length === 2 && places[1] ? { distance: distanceBetween(null, places[1]) } : {}),
  };
  const warnings: string[] = [];
  await tracker.during(stages.lines, async (report) => {
    for (const [k, [from, to]] of pairs.entries()) {
      const ends = [places[from]!, places[to]!] as const;
      const line = await lineBetween(loss, ends, {
        signal,
        known: { from: answers[from].answers, to: answers[to].answers },
        report: (fraction, detail) => report((k + fraction) / pairs.length, detail),
      });
      warnings.push(...endsElsewhere(line.loss, [losses[from], losses[to]], [models[from], models[to]]));
      if (models.length === 2) between.line = line;
      else {
        const distance = distanceBetween(...ends);
        between.pairs = [...(between.pairs ?? []), { from, to, distance, barrier: line.barrier }];
      }
    }
  });
  let matchedWeights: MatchedWeights | null = null;
  if (match && drawn.length > 0) {
    const everything = others.hasStatistics ? await others.wide() : first;
    await tracker.during(stages.matching, async (report) => {
      for (const [k, other] of drawn.entries()) {
        const found = await matchedLine(
          everything,
          { direction: other, theta: thetas.get(other)! },
          {
            ...options,
            answers: answers[0].answers,
            recomputed: others.hasStatistics && models.length === 2 ? others.recomputed : null,
          },
          { signal, report: (fraction, detail) => report((k + fraction) / drawn.length, detail) },
        );
        if (typeof found === 'string') {
          warnings.push(found);
          continue;
        }
        const { distance, permutedUnits, line } = found.matched;
        const to = places.indexOf(other);
        if (models.length === 2) between.matched = found.matched;
        else {
          between.pairs = between.pairs?.map((pair) =>
            pair.from === 0 && pair.to === to
              ? { ...pair, matched: { distance, permutedUnits, barrier: line.barrier } }
              : pair,
          );
        }
        matchedWeights = found.weights;
      }
    });
  }
  if (hasPlane) {
    const found = await tracker.during(stages.plane, (report) =>
      planeThrough(
        loss.objective,
        [drawn[0], drawn[1]],
        { steps: plane.xRange.steps, tolerance: plane.tolerance },
        { signal, report },
      ),
    );
    if (found) between.plane = found;
    else warnings.push('There is no plane through the models: their parameters lie on one line.');
  }
  return { between, answers, matchedWeights, warnings: [...new Set(warnings)] };
}

/** A warning for each end of a line that is not the model there: the files then differ in more than their weights. */
function endsElsewhere(
  loss: readonly number[],
  alone: readonly [number, number],
  models: readonly [string, string],
): string[] {
  const ends = [loss[0], loss[loss.length - 1]];
  return models.flatMap((model, i) => {
    const isSame = Math.abs(ends[i] - alone[i]) <= SAME_LOSS * Math.max(1, Math.abs(alone[i]));
    if (isSame || !Number.isFinite(alone[i])) return [];
    return [
      `The line ends at a loss of ${formatNumber(ends[i])}, while ${model} has ${formatNumber(alone[i])}: the files differ in more than their weights.`,
    ];
  });
}
