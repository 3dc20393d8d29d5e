import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { resolveOptions } from '../../options/presets';
import type { LossValue } from '../objective';
import type { OpenedObjective } from '../open/openedObjective';
import { openObjective } from '../open/openObjective';

const fixture = (file: string) => resolve(__dirname, '../../../test/fixtures/mlp_digits', file);

function opened(batch?: number): Promise<OpenedObjective> {
  const options = { data: fixture('data.npz'), provider: 'cpu', threads: 2, batch } as const;
  return openObjective(fixture('model.onnx'), resolveOptions(options));
}

/** Enough points to start the lanes of a network of this size. */
const POINTS = Array.from({ length: 600 }, (_, i) => ({ alpha: i / 600, beta: -i / 1200 }));

let network: OpenedObjective;
let directions: [Float32Array, Float32Array];
beforeAll(async () => {
  network = await opened();
  const wave = (phase: number) => Float32Array.from({ length: network.objective.dim }, (_, i) => Math.sin(i + phase));
  directions = [wave(1), wave(2)];
});
afterAll(() => network.objective.dispose());

it('finds the same bits in any lane as alone', async () => {
  const { objective } = network;
  // A single point never goes to a lane.
  const alone: LossValue[] = [];
  for (const point of POINTS.filter((_, i) => i % 50 === 0)) {
    alone.push(...(await objective.plane(...directions, [point])));
  }
  const sideBySide = await objective.plane(...directions, POINTS);
  expect(sideBySide.filter((_, i) => i % 50 === 0)).toEqual(alone);
});

it('tells each point once, in order', async () => {
  const told: number[] = [];
  const found: LossValue[] = [];
  const values = await network.objective.plane(...directions, POINTS, {
    onPoint: (index, value) => {
      told.push(index);
      found.push(value);
    },
  });
  expect(told).toEqual(POINTS.map((_, i) => i));
  expect(found).toEqual(values);
});

it('stops between two points, and measures the next ones as if nothing had been', async () => {
  const stop = new AbortController();
  const stopping = network.objective.plane(...directions, POINTS, {
    signal: stop.signal,
    onPoint: (index) => index === 100 && stop.abort(),
  });
  await expect(stopping).rejects.toThrow(/abort/i);
  const [first] = await network.objective.plane(...directions, POINTS.slice(0, 2));
  expect(first).toEqual((await network.objective.plane(...directions, POINTS.slice(0, 1)))[0]);
});

it('sums every batch in each lane', async () => {
  const { objective } = await opened(500);
  try {
    expect(objective.batches).toBe(4);
    const whole = await network.objective.plane(...directions, POINTS);
    const summed = await objective.plane(...directions, POINTS);
    for (const [i, { loss, accuracy }] of summed.entries()) {
      expect(Math.abs(loss / whole[i].loss - 1)).toBeLessThan(1e-6);
      expect(accuracy).toBeCloseTo(whole[i].accuracy, 9);
    }
  } finally {
    await objective.dispose();
  }
});
