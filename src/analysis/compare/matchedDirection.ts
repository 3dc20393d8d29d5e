import type { MatchHooks } from '../../compare/matching/matchUnits';
import { matchUnits } from '../../compare/matching/matchUnits';
import type { Direction } from '../../landscape/direction';
import { vectorFor } from '../../landscape/direction';
import { norm } from '../../numerics/vectors';
import type { NamedValues } from '../../objective/objective';
import type { MatchedModels } from '../../report/sections/comparison';
import { formatNumber } from '../../text/numbers';
import type { MatchableLoss } from '../facts';

/** Another model with its units in the order of the first one. */
export interface MatchedModel {
  /** Leads to it from the first model. */
  direction: Direction;
  /** [dim], with the running statistics where these count. */
  theta: Float32Array;
  figures: Required<Pick<MatchedModels, 'distance' | 'permutedUnits' | 'units' | 'groups' | 'lossChange'>>;
  /** Number of starting orders that were tried. */
  starts: number;
}

/** Another model before its units are matched. */
export interface OtherEnd {
  /** Leads to it from the first model. */
  direction: Direction;
  /** Its parameters as they are in its file: a difference would have rounded them. */
  theta: Float32Array;
}

/** Largest change of the loss by an exchange of units, relative to the loss: sums in another sequence round otherwise. */
const SAME_LOSS = 1e-5;
/** Below this loss the change counts as if it were this: float32 logits round by as much. */
const SMALLEST_LOSS = 1e-2;

/**
 * Matches the units of another model to those of the first one, and measures that its loss stays what it was.
 * @param loss in which everything moves that differs: with the running statistics, where the model has any
 * @returns a sentence where the units cannot be matched
 * @throws AbortError when the signal aborts
 */
export async function matchedDirection(
  { objective, indices }: Pick<MatchableLoss, 'objective' | 'indices'>,
  { direction, theta: exact }: OtherEnd,
  { seed, ...hooks }: MatchHooks & { seed: number },
): Promise<MatchedModel | string> {
  const { theta: own, parameters } = objective;
  const vector = vectorFor(objective, direction);
  const other = own.map((value, i) => value + vector[i]);
  // The statistics follow the parameters.
  other.set(exact);
  const match = await matchUnits({ tensors: parameters, indices: indices(), own, other, seed }, hooks);
  const { matched: theta, groups, starts, distance } = match;
  if (groups.length === 0) return 'No units of this network can be exchanged without changing what it computes.';
  const difference = theta.map((value, i) => value - own[i]);
  const lossAt = async (d1: Float32Array) =>
    (await objective.value({ signal: hooks.signal, at: { d1, d2: null, alpha: 1, beta: 0 } })).loss;
  const [before, after] = [await lossAt(vector), await lossAt(difference)];
  const lossChange = Math.abs(after - before);
  if (!(lossChange <= SAME_LOSS * Math.max(Math.abs(before), SMALLEST_LOSS))) {
    return `The loss of the re-ordered model is ${formatNumber(after)} instead of ${formatNumber(before)}, so its units were not exchanged right, or sums in another sequence round too much. No matched line is drawn.`;
  }
  const sum = (field: 'units' | 'moved') => groups.reduce((total, group) => total + group[field], 0);
  return {
    direction: directionOf(direction.name, difference, parameters),
    theta,
    figures: { distance, permutedUnits: sum('moved'), units: sum('units'), groups, lossChange },
    starts,
  };
}

/** Takes the statistics, which follow the parameters, out of a vector. */
function directionOf(
  name: string,
  difference: Float32Array,
  tensors: MatchableLoss['objective']['parameters'],
): Direction {
  const statistics = tensors.flatMap(({ name: tensor, offset, count, statistic }): NamedValues[] =>
    statistic ? [{ name: tensor, values: difference.slice(offset, offset + count) }] : [],
  );
  const dim = tensors.reduce((sum, { count, statistic }) => sum + (statistic ? 0 : count), 0);
  const vector = difference.slice(0, dim);
  const moving = statistics.filter(({ values }) => values.some((change) => change !== 0));
  return { name, vector, norm: norm(vector), ...(moving.length > 0 ? { statistics: moving } : {}), notes: [] };
}
