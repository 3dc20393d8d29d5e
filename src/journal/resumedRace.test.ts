import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { softmaxRegression } from '../../test/unit/closedFormObjective';
import { raceOptimizers } from '../dynamics/optimizers/race';
import type { RaceResult } from '../dynamics/optimizers/race';
import type { Objective } from '../objective/objective';
import { Journal } from './journal';
import { journaled } from './journaled';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ridgeline-race-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Four samples of two features; counts what it is asked. */
function inner(): { objective: Objective; asked: () => number } {
  const objective = softmaxRegression(
    [
      [1, 2],
      [3, -1],
      [0.5, 0.25],
      [-1, 1],
    ],
    [0, 1, 1, 0],
    2,
    [0.1, -0.2, 0.3, 0.4, 0, 0.1],
  );
  let asked = 0;
  const counting = <Question extends unknown[], Answer>(answer: (...question: Question) => Answer) => {
    return (...question: Question): Answer => {
      asked++;
      return answer(...question);
    };
  };
  const { value, gradient, products } = objective;
  const counted = { value: counting(value), gradient: counting(gradient), products: counting(products) };
  return { objective: { ...objective, ...counted }, asked: () => asked };
}

/** @param runs stops after so many runs */
async function race(objective: Objective, runs = Infinity): Promise<RaceResult> {
  const journal = await Journal.open(join(folder, 'race.journal'), { limit: 2 ** 30 });
  const controller = new AbortController();
  let done = 0;
  try {
    const kept = journaled(objective, journal);
    return await raceOptimizers(kept, {
      loss: (await kept.value()).loss,
      gradient: await kept.gradient(),
      resolution: 1e-7,
      descentStep: null,
      effort: { budget: 12, trial: 3, products: 4 },
      seed: 0,
      projection: null,
      signal: controller.signal,
      onRun: () => void (++done === runs && controller.abort()),
    });
  } finally {
    await journal.close();
  }
}

it.each([3, 11])('a race that stops after %i of 12 runs ends with the same figures when resumed', async (runs) => {
  const [stopped, resumed, whole] = [inner(), inner(), inner()];
  await expect(race(stopped.objective, runs)).rejects.toThrow('aborted');
  const result = await race(resumed.objective);
  rmSync(join(folder, 'race.journal'));
  expect(result).toEqual(await race(whole.objective));
  // Nothing that was answered before the stop is asked again.
  expect(resumed.asked()).toBe(whole.asked() - stopped.asked());
  expect(resumed.asked()).toBeLessThan(whole.asked());
});
