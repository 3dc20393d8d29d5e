import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { softmaxRegression } from '../../../test/unit/closedFormObjective';
import type { CountedObjective } from '../../../test/unit/closedFormObjective';
import { gaussianVector, random } from '../../numerics/random';
import type { Objective } from '../../objective/objective';
import { withWeightDecay } from '../../objective/layers/weightDecay';
import { resolveOptions } from '../../options/presets';
import type { AnalysisNote } from '../../protocol/worker';
import { reportFromJson, reportToJson } from '../../report/json';
import type { Report } from '../../report/report';
import { analyzeObjective } from '../analyzeObjective';
import type { ObjectiveFacts } from '../facts';
import { Cache } from './cache';
import { Kept } from './kept';
import { plannedProducts, scheduleOf } from '../schedule';

/** Gives a model with too many parameters for an exact spectrum, so that Lanczos runs. */
const [FEATURES, CLASSES, SAMPLES] = [99, 3, 12];
const options = resolveOptions({ preset: 'quick', line: ['gradient', 'top/1'], plane: ['random,random:-1:1:9'] });

function objective(): CountedObjective {
  const source = random(1, 'samples');
  const x = Array.from({ length: SAMPLES }, () => [...gaussianVector(FEATURES, source)]);
  const theta = [...gaussianVector(CLASSES * (FEATURES + 1), source)].map((value) => value / 10);
  return softmaxRegression(
    x,
    x.map((_, i) => i % CLASSES),
    CLASSES,
    theta,
  );
}

const planned = plannedProducts(
  scheduleOf(options, { dim: CLASSES * (FEATURES + 1), canDifferentiate: true, batches: 1 }),
);

const costOf = ({ counts }: CountedObjective) => counts.hvp + counts.ggnvp + counts.losses;

function report(of: Objective, signal?: AbortSignal): Promise<Report> {
  const facts: ObjectiveFacts = {
    model: { path: 'm.onnx', sha256: '', opset: 17, producer: '', parameterCount: of.dim, parameters: [] },
    function: 'cross_entropy',
    reads: 'logits',
    batchSize: of.samples,
    provider: { requested: 'cpu', used: 'cpu', device: 'by hand', fallbacks: [] },
    generated: false,
    notes: [],
    canDifferentiate: true,
    operators: [],
    seconds: { load: 0, compile: 0 },
    provenance: { version: '0', seed: 0, options: {}, data: '', started: '', machine: '' },
    readOther: () => Promise.reject(new Error('there is no other model')),
  };
  return analyzeObjective(withWeightDecay(of, 0.01), facts, options, { signal });
}

let folder: string;
let cache: Cache;
let notes: AnalysisNote[];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ridgeline-kept-'));
  cache = await Cache.open(folder);
  notes = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const begin = (measured: Objective, same: unknown = 'cpu', fresh = false) =>
  Kept.begin(
    measured,
    { cache, key: 'key', fresh, tell: (note) => notes.push(note) },
    { same, started: '2026-11-24T11:20:00', planned },
  );

/** Runs an analysis and stops it once the objective has given this many answers. */
async function stoppedAfter(answers: number, measured = objective()): Promise<void> {
  const controller = new AbortController();
  const stopping = new Proxy(measured, {
    get(target, name) {
      if (costOf(target) >= answers) controller.abort();
      return Reflect.get(target, name) as unknown;
    },
  });
  const kept = await begin(stopping);
  await expect(report(kept.objective, controller.signal)).rejects.toThrow('aborted');
  await kept.leave();
}

const figuresOf = ({ timings, ...figures }: Report) => ({
  ...figures,
  products: [timings.hvp?.count, timings.ggnvp?.count],
});

describe('a run that was stopped', () => {
  it.each([1, 60, 180, 220, 260])('after %i answers resumes and gives exactly the same report', async (answers) => {
    const whole = objective();
    const expected = await report(whole);
    const first = objective();
    await stoppedAfter(answers, first);
    const second = objective();
    const kept = await begin(second);
    const continued = await report(kept.objective);
    await kept.finish(continued);
    expect(figuresOf(continued)).toEqual(figuresOf(expected));
    // Every answer is measured once, in one of the two runs.
    expect(costOf(first) + costOf(second)).toBe(costOf(whole));
    expect(notes[0]).toEqual({
      kind: 'continued',
      text: `Continues a run of 24 Nov 2026, 11:20: ${first.counts.hvp + first.counts.ggnvp} of at most ${planned} products are there.`,
    });
  });

  it('may be stopped several times', async () => {
    const expected = await report(objective());
    const runs = [objective(), objective(), objective()];
    for (const run of runs) await stoppedAfter(50, run);
    const last = objective();
    const kept = await begin(last);
    expect(figuresOf(await report(kept.objective))).toEqual(figuresOf(expected));
    await kept.leave();
    const whole = objective();
    await report(whole);
    expect([...runs, last].reduce((sum, run) => sum + costOf(run), 0)).toBe(costOf(whole));
  });

  it('starts afresh on another device or on request', async () => {
    await stoppedAfter(100);
    for (const [same, fresh] of [
      ['webgpu', false],
      ['webgpu', true],
    ] as const) {
      const kept = await begin(objective(), same, fresh);
      await kept.leave();
      expect(notes).toEqual([]);
    }
  });
});

it('a finished run leaves only its report', async () => {
  const kept = await begin(objective());
  const finished = await report(kept.objective);
  await kept.finish(finished);
  expect(readdirSync(folder, { recursive: true }).sort()).toEqual(['journals', 'reports', join('reports', 'key.json')]);
  expect(await cache.report('key')).toEqual(reportFromJson(reportToJson(finished)));
  expect(await cache.report('another')).toBeNull();
});

it('two runs of the same analysis do not share a journal', async () => {
  const [one, other] = [await begin(objective()), await begin(objective())];
  const [a, b] = await Promise.all([report(one.objective), report(other.objective)]);
  expect(figuresOf(a)).toEqual(figuresOf(b));
  await one.finish(a);
  await other.finish(b);
  expect(readdirSync(join(folder, 'journals'))).toEqual([]);
});
