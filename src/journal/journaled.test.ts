import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { softmaxRegression } from '../../test/unit/closedFormObjective';
import type { CountedObjective } from '../../test/unit/closedFormObjective';
import type { LossValue, Objective } from '../objective/objective';
import { Journal } from './journal';
import { journaled } from './journaled';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ridgeline-journaled-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const inner = () =>
  softmaxRegression(
    [
      [1, 2],
      [3, -1],
      [0.5, 0.25],
    ],
    [0, 1, 1],
    2,
    [0.1, -0.2, 0.3, 0.4, 0, 0.1],
  );
const v = Float32Array.of(1, 2, 3, 4, 5, 6);
const w = Float32Array.of(-1, 0, 1, 0, 2, 0.5);
const points = [-1, 0, 1, 2].map((alpha) => ({ alpha, beta: alpha / 2 }));

/** Runs `work` on an objective whose answers are kept in the same file each time. */
async function run<T>(objective: Objective, work: (objective: Objective) => Promise<T>): Promise<T> {
  const journal = await Journal.open(join(folder, 'run.journal'), { limit: 2 ** 30 });
  try {
    return await work(journaled(objective, journal));
  } finally {
    await journal.close();
  }
}

const everything = async (objective: Objective) => {
  const told: [number, LossValue][] = [];
  return [
    await objective.value(),
    await objective.gradient(),
    await objective.products('hessian', [v, w]),
    await objective.products('hessian', [v], { nudge: 7 }),
    await objective.products('gaussNewton', [w]),
    await objective.plane(v, w, points, { onPoint: (i, value) => told.push([i, value]) }),
    await objective.plane(w, null, points),
    told,
  ];
};

const costOf = ({ counts: { hvp, ggnvp, losses } }: CountedObjective) => hvp + ggnvp + losses;

describe('a journaled objective', () => {
  it('answers like the objective, and answers a second time without it', async () => {
    const [plain, first, second] = [inner(), inner(), inner()];
    const expected = await everything(plain);
    expect(await run(first, everything)).toEqual(expected);
    expect(await run(second, everything)).toEqual(expected);
    expect([costOf(first), costOf(second)]).toEqual([costOf(plain), 0]);
  });

  it('measures concurrent requests concurrently and keeps them in order', async () => {
    let [underWay, most] = [0, 0];
    const slow = (objective: CountedObjective): Objective => ({
      ...objective,
      async products(kind, vectors) {
        most = Math.max(most, ++underWay);
        // The first request gets its answer last.
        await new Promise((resolve) => setTimeout(resolve, vectors[0] === v ? 20 : 0));
        underWay--;
        return objective.products(kind, vectors);
      },
    });
    const pairs = async (objective: Objective) => [
      ...(await Promise.all([
        objective.products('hessian', [v]),
        objective.products('hessian', [w]),
        objective.value(),
      ])),
      await objective.products('hessian', [v, w]),
    ];
    const expected = await pairs(inner());
    expect(await run(slow(inner()), pairs)).toEqual(expected);
    expect(most).toBe(2);
    const again = inner();
    expect(await run(again, pairs)).toEqual(expected);
    expect(costOf(again)).toBe(0);
  });

  it('treats a call with a signal like one without', async () => {
    const { signal } = new AbortController();
    await run(inner(), async (o) => [
      await o.value({ signal }),
      await o.products('hessian', [v], { signal }),
      await o.products('gaussNewton', [v], { signal, nudge: 3 }),
    ]);
    const objective = inner();
    await run(objective, async (o) => [
      await o.value(),
      await o.products('hessian', [v]),
      await o.products('gaussNewton', [v], { nudge: 3 }),
    ]);
    expect(costOf(objective)).toBe(0);
  });

  it('measures again for another vector, nudge or point', async () => {
    await run(inner(), everything);
    const changes: ((objective: Objective) => Promise<unknown>)[] = [
      (objective) => objective.products('hessian', [v, v]),
      (objective) => objective.products('hessian', [v, w], { nudge: 1 }),
      (objective) => objective.products('gaussNewton', [v, w]),
    ];
    for (const change of changes) {
      const objective = inner();
      const start = async (o: Objective) => (await o.value(), await o.gradient(), change(o));
      expect(await run(objective, start)).toEqual(await change(inner()));
      expect(costOf(objective)).toBeGreaterThan(0);
    }
  });

  it('resumes a plane where it was stopped', async () => {
    const controller = new AbortController();
    const stopped = run(inner(), (objective) =>
      objective.plane(v, w, points, { signal: controller.signal, onPoint: (i) => i === 1 && controller.abort() }),
    );
    await expect(stopped).rejects.toThrow('aborted');
    const objective = inner();
    expect(await run(objective, (o) => o.plane(v, w, points))).toEqual(await inner().plane(v, w, points));
    expect(objective.counts.losses).toBe(2);
  });

  it('stops when aborted, even while the journal answers', async () => {
    const half = (objective: Objective) => {
      const controller = new AbortController();
      const { signal } = controller;
      return objective.plane(v, w, points, { signal, onPoint: (i) => i === 1 && controller.abort() });
    };
    await run(inner(), (objective) => objective.plane(v, w, points));
    await expect(run(inner(), half)).rejects.toThrow('aborted');
    await expect(run(inner(), (o) => o.products('hessian', [v], { signal: AbortSignal.abort() }))).rejects.toThrow(
      'aborted',
    );
  });

  it('keeps the gradients of batches together with their mean', async () => {
    const batched = (objective: CountedObjective): Objective => ({
      ...objective,
      gradient({ onBatch } = {}) {
        objective.counts.losses++;
        onBatch?.(v, 2);
        onBatch?.(w, 1);
        return Promise.resolve(v);
      },
    });
    const ask = async (objective: Objective) => {
      const told: unknown[] = [];
      return [await objective.gradient({ onBatch: (mean, samples) => told.push([mean, samples]) }), told];
    };
    const [first, second] = [inner(), inner()];
    const expected = [
      v,
      [
        [v, 2],
        [w, 1],
      ],
    ];
    expect(await run(batched(first), ask)).toEqual(expected);
    expect(await run(batched(second), ask)).toEqual(expected);
    expect([costOf(first), costOf(second)]).toEqual([1, 0]);
  });

  it('answers concurrent calls in the order they were made', async () => {
    const atOnce = (objective: Objective) =>
      Promise.all([
        objective.products('hessian', [v]),
        objective.products('gaussNewton', [v]),
        objective.products('hessian', [w]),
      ]);
    const [first, second] = [inner(), inner()];
    expect(await run(first, atOnce)).toEqual(await run(second, atOnce));
    expect(costOf(second)).toBe(0);
  });

  it("keeps curvatures and the samples' answers, tells a part of the data from the whole, and a point beside θ from θ", async () => {
    const at = { d1: v, d2: w, alpha: 0.5, beta: -1 };
    const extended = (): CountedObjective => ({ ...inner(), preview: (batches) => (batches > 2 ? null : inner()) });
    const ask = async (objective: Objective) => [
      await objective.curvatures('hessian', [v]),
      await objective.preview(1)!.products('hessian', [v]),
      await objective.preview(2)!.products('hessian', [v]),
      await objective.products('hessian', [v]),
      await objective.products('hessian', [v], { at }),
      await objective.products('hessian', [v], { at: { ...at, alpha: 0.25 } }),
      await objective.gradient(),
      await objective.gradient({ at }),
      await objective.value({ at }),
      await objective.perSample(),
      await objective.perSample({ at }),
      await objective.inside(),
      objective.preview(3),
    ];
    const expected = await ask(extended());
    expect(new Set(expected.slice(3, 6).map(String)).size).toBe(3);
    expect(await run(extended(), ask)).toEqual(expected);
    const again = extended();
    expect(await run(again, ask)).toEqual(expected);
    expect(again.counts).toEqual({ hvp: 0, ggnvp: 0, curvatures: 0, losses: 0 });
  });
});
