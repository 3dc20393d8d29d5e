import type { FirstOrder } from './firstOrder';
import { FirstOrderRun } from './firstOrderRun';
import type { Walk, WalkSetting } from './walk';

export interface StepSearchRequest {
  setting: WalkSetting & { theta: Float32Array };
  /** The first step size to try. */
  seed: number;
  /** Whether the seed is a guess from lengths alone. The search then begins with steps of a factor of four. */
  coarse: boolean;
  /** What each tried step size may spend, and what the best one may spend in all, in gradients. */
  trial: number;
  budget: number;
}

export interface FoundStep {
  stepSize: number;
  walk: Walk;
  /** Step sizes and the losses at the end of their short runs, in ascending order. */
  tried: { stepSize: number; loss: number }[];
  /** What the runs with the other step sizes have spent, in gradients. */
  others: number;
}

/** Most step sizes that are tried: with steps of a factor of four first, with steps of two, and after a run that diverged. */
const MOST = { coarse: 6, fine: 4, back: 2 };

/**
 * Searches the step size of a method in ratios of two: a short run with each, as long as a larger or smaller one ends at a
 * lower loss. The best run goes on to the end of the budget. A short run favours steps that pay soon, so a run that ends
 * above its short run gives way to one with half its step.
 * @see Wu, Ren, Liao & Grosse 2018, arXiv:1803.02021, on this bias
 */
export async function searchStep(method: FirstOrder, request: StepSearchRequest): Promise<FoundStep> {
  const { setting, seed, coarse, trial, budget } = request;
  const tried = new Map<number, { stepSize: number; loss: number; end: number; spent: number }>();
  // A run holds several vectors, so only the best one so far is kept, and the one that is tried.
  const kept = new Map<number, FirstOrderRun>();
  const begin = async (exponent: number): Promise<FirstOrderRun> => {
    const run = new FirstOrderRun(method, seed * 2 ** exponent, setting);
    await run.until(Math.max(trial, method.price));
    const { stepSize, end, walk } = run;
    tried.set(exponent, { stepSize, loss: walk.loss, end, spent: walk.spent });
    kept.set(exponent, run);
    return run;
  };
  const endOf = async (exponent: number) => tried.get(exponent)?.end ?? (await begin(exponent)).end;
  const climb = async (from: number, by: number, most: number): Promise<number> => {
    let best = from;
    const startsWell = (await endOf(from)) < setting.start.loss;
    for (const way of startsWell ? [by, -by] : [-by, by]) {
      const before = best;
      while (tried.size < most) {
        const next = best + way;
        const isBetterThere = isBetter(await endOf(next), await endOf(best), way);
        kept.delete(isBetterThere ? best : next);
        if (!isBetterThere) break;
        best = next;
      }
      if (best !== before) break;
    }
    return best;
  };
  let best = await climb(0, coarse ? 2 : 1, coarse ? MOST.coarse : MOST.fine);
  if (coarse) best = await climb(best, 1, MOST.coarse + 2);

  const finish = async (exponent: number): Promise<FirstOrderRun> => {
    const run = kept.get(exponent) ?? (await begin(exponent));
    await run.until(budget);
    tried.get(exponent)!.spent = run.walk.spent;
    return run;
  };
  let chosen = await finish(best);
  // What pays at first may diverge later: then half the step goes the whole way, too.
  for (let back = 1; back <= MOST.back && !(chosen.end <= tried.get(best)!.end); back++) {
    const shorter = await finish(best - 1);
    if (shorter.end > chosen.end) break;
    [chosen, best] = [shorter, best - 1];
  }
  const known = [...tried].sort(([first], [second]) => first - second);
  return {
    stepSize: chosen.stepSize,
    walk: chosen.walk,
    tried: known.map(([, { stepSize, loss }]) => ({ stepSize, loss })),
    others: known.reduce((sum, [exponent, { spent }]) => sum + (exponent === best ? 0 : spent), 0),
  };
}

/** Where both runs have diverged, the shorter step is better. */
function isBetter(candidate: number, best: number, way: number): boolean {
  return candidate < best || (candidate === Infinity && best === Infinity && way < 0);
}
