import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine } from '../../engine/engine';
import { GraphBuilder } from '../../graph/builder';
import { scalar, tensor } from '../../graph/tensor';
import type { AnalysisOptions } from '../../options/options';
import { resolveOptions } from '../../options/presets';
import type { Objective } from '../objective';
import type { OnnxObjective } from './onnxObjective';
import type { OpenedObjective } from '../open/openedObjective';
import { openObjective } from '../open/openObjective';

const fixture = (file: string) => resolve(__dirname, '../../../test/fixtures/lenet_fashion', file);
/** Relative tolerance. Kernels round differently with other threads; sums over batches are float64 in either case. */
const SAME = 1e-5;
/** Three batches: one lane has two, the other has one that is not full. */
const SIZE = { samples: 250, batch: 100 };

function opened(threads: number, options: AnalysisOptions = {}): Promise<OpenedObjective> {
  const asked = { data: fixture('data.npz'), provider: 'cpu', ...SIZE, threads, ...options } as const;
  return openObjective(fixture('model.onnx'), resolveOptions(asked));
}

const wave = ({ dim }: Objective, phase: number) => Float32Array.from({ length: dim }, (_, i) => Math.sin(i + phase));

function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const off = Math.hypot(...Array.from(a, (v, i) => v - b[i]));
  return off / Math.max(Math.hypot(...Array.from(b)), 1e-30);
}

/** Computes every quantity of an objective, by name. */
async function figures(objective: Objective): Promise<Record<string, ArrayLike<number>>> {
  const [a, b] = [wave(objective, 1), wave(objective, 2)];
  const value = await objective.value();
  const perBatch: number[] = [];
  const gradient = await objective.gradient({
    onBatch: (mean, samples) => perBatch.push(samples, ...mean.slice(0, 9)),
  });
  const [curvature] = await objective.curvatures('hessian', [a, b]);
  const points = [0, 1e-3, -1e-3].map((alpha) => ({ alpha, beta: -alpha / 2 }));
  const told: number[] = [];
  const plane = await objective.plane(a, b, points, { onPoint: (index, { loss }) => told.push(index, loss) });
  const [one] = await objective.products('hessian', [a]);
  const [first, second] = await objective.products('hessian', [a, b]);
  return {
    value: [value.loss, value.accuracy, value.standardError],
    gradient,
    perBatch,
    slopes: curvature.slopes,
    curvatures: curvature.curvatures,
    plane: plane.flatMap(({ loss, accuracy }) => [loss, accuracy]),
    told,
    one,
    first,
    second,
    gaussNewton: (await objective.products('gaussNewton', [b]))[0],
    nudged: (await objective.products('hessian', [a], { nudge: 7 }))[0],
    preview: (await objective.preview(1)!.products('hessian', [a]))[0],
    previewed: [(await objective.preview(2)!.value()).loss],
  };
}

describe('batches side by side', () => {
  let [alone, lanes]: OpenedObjective[] = [];
  let expected: Record<string, ArrayLike<number>>;
  beforeAll(async () => {
    [alone, lanes] = [await opened(1), await opened(2)];
    expected = await figures(alone.objective);
  });
  afterAll(async () => {
    await alone.objective.dispose();
    await lanes.objective.dispose();
  });

  function expectSame(found: Record<string, ArrayLike<number>>): void {
    for (const [name, numbers] of Object.entries(found)) {
      expect(distance(numbers, expected[name]), name).toBeLessThan(SAME);
    }
  }

  it('are what several threads are used for', () => {
    expect([alone.lanes, lanes.lanes]).toEqual([1, 2]);
  });

  it('give the figures of one after the other', async () => expectSame(await figures(lanes.objective)));

  it('give the same bits again', async () => {
    const [a, b] = [await figures(lanes.objective), await figures(lanes.objective)];
    expect(a).toEqual(b);
  });

  it('give the same figures where residuals are computed anew', async () => {
    expectSame(await figures((lanes.objective as OnnxObjective).recomputing()));
  });

  it('stop between two runs', async () => {
    const { objective } = lanes;
    const controller = new AbortController();
    const stopped = objective.plane(wave(objective, 1), null, Array(50).fill({ alpha: 0, beta: 0 }), {
      signal: controller.signal,
      onPoint: () => controller.abort(),
    });
    await expect(stopped).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    expect((await objective.value()).loss).toBeCloseTo(expected.value[0], 5);
  });
});

describe('a lane', () => {
  const engine = new Engine({ provider: 'cpu', threads: 1, lanes: 2 });
  afterAll(() => engine.dispose());

  it('counts denormals as zero, as every thread of the runtime does', async () => {
    const g = new GraphBuilder();
    const x = g.input('x', 'float32', []);
    const program = await engine.compile(g, { inputs: { x }, outputs: { y: g.mul(x, x) }, constants: new Map() });
    for (const lane of [0, 1]) {
      const { y } = await program.run({ x: scalar('float32', 1e-20) }, lane);
      expect(y.data[0]).toBe(0);
    }
    await program.release();
  });

  it('says what was wrong with a run, and goes on', async () => {
    const g = new GraphBuilder();
    const x = g.input('x', 'float32', [2]);
    const request = { inputs: { x }, outputs: { y: g.shift(x, 1) }, constants: new Map() };
    const program = await engine.compileResident(g, request);
    await expect(program.run({ x: tensor('float32', [3], [1, 2, 3]) }, 1)).rejects.toThrow(/dimension/i);
    const { y } = await program.run({ x: tensor('float32', [2], [1, 2]) }, 1);
    const { y: again } = await program.run({ x: y }, 1);
    expect([...(await again.read()).data]).toEqual([3, 4]);
    y.dispose();
    await expect(program.run({ x: y }, 1)).rejects.toThrow('disposed');
  });

  it('is sent the numbers of a view alone', async () => {
    const whole = Float32Array.from({ length: 1000 }, (_, i) => i);
    const part = { dtype: 'float32' as const, shape: [3], data: whole.subarray(10, 13) };
    const held = await engine.upload(part, 1);
    const { data } = await held.read();
    expect([[...data], data.buffer.byteLength]).toEqual([[10, 11, 12], 12]);
  });

  it('ends with its engine, and says so', async () => {
    const other = new Engine({ provider: 'cpu', threads: 1, lanes: 2 });
    const held = await other.upload(tensor('float32', [1], [1]), 1);
    await other.dispose();
    await expect(held.read()).rejects.toThrow(/ended/);
  });
});
