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

/** Most step sizes that are tried: with steps of a factor of four first, and with steps of two. */
const MOST = { coarse: 6, fine: 4 };

/**
 * Searches the step size of a method in ratios of two: a short run with each, as long as a larger or smaller one ends at a
 * lower loss. The best run goes on to the end of the budget. A short run favours steps that pay soon.
 * @see Wu, Ren, Liao & Grosse 2018, arXiv:1803.02021, on this bias
 */
export async function searchStep(method: FirstOrder, request: StepSearchRequest): Promise<FoundStep> {
  const { setting, seed, coarse, trial, budget } = request;
  const runs = new Map<number, FirstOrderRun>();
  /** Tries the step size seed · 2^exponent. */
  const attempt = async (exponent: number): Promise<number> => {
    const known = runs.get(exponent);
    if (known) return known.end;
    const run = new FirstOrderRun(method, seed * 2 ** exponent, setting);
    await run.until(Math.max(trial, method.price));
    runs.set(exponent, run);
    return run.end;
  };
  const climb = async (from: number, by: number, most: number): Promise<number> => {
    let best = from;
    const startsWell = (await attempt(from)) < setting.start.loss;
    for (const way of startsWell ? [by, -by] : [-by, by]) {
      const before = best;
      while (runs.size < most && isBetter(await attempt(best + way), runs.get(best)!.end, way)) best += way;
      if (best !== before) break;
    }
    return best;
  };
  let best = await climb(0, coarse ? 2 : 1, coarse ? MOST.coarse : MOST.fine);
  if (coarse) best = await climb(best, 1, MOST.coarse + 2);
  const chosen = runs.get(best)!;
  const tried = [...runs.entries()]
    .sort(([a], [b]) => a - b)
    .map(([, run]) => ({ stepSize: run.stepSize, loss: run.walk.loss }));
  const others = [...runs.values()].reduce((sum, run) => sum + (run === chosen ? 0 : run.walk.spent), 0);
  runs.clear();
  await chosen.until(budget);
  return { stepSize: chosen.stepSize, walk: chosen.walk, tried, others };
}

/** Where both runs have diverged, the shorter step is better. */
function isBetter(candidate: number, best: number, way: number): boolean {
  return candidate < best || (candidate === Infinity && best === Infinity && way < 0);
}
