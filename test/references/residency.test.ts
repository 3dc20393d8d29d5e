import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Engine } from '../../src/engine/engine';
import type { Resident } from '../../src/engine/resident';
import { HeldTensor } from '../../src/engine/resident';
import type { Feeds } from '../../src/engine/runtime';
import { RuntimeSession } from '../../src/engine/runtime';
import { GraphBuilder } from '../../src/graph/builder';
import type { Tensor } from '../../src/graph/tensor';
import { tensor } from '../../src/graph/tensor';
import { DeviceSum, sumPrograms } from '../../src/objective/run/deviceSum';
import type { Objective } from '../../src/objective/objective';
import { openObjective } from '../../src/objective/open/openObjective';
import type { AnalysisOptions } from '../../src/options/options';
import { resolveOptions } from '../../src/options/presets';
import { fixtureFolder } from './reference';

/** The Vulkan software driver of Debian's chromium. */
const DRIVER = '/usr/lib/chromium/vk_swiftshader_icd.json';
process.env.VK_ICD_FILENAMES ??= DRIVER;

const BATCHES = 4;
const SIZE = { samples: 30, batch: 8 };

/** Both sides compute in float32 and sum in different orders. */
const SAME = 1e-3;

async function opened(provider: 'cpu' | 'webgpu', options: AnalysisOptions = {}): Promise<Objective> {
  const at = (file: string) => join(fixtureFolder('mlp_digits_untrained'), file);
  const asked = resolveOptions({ data: at('data.npz'), provider, ...SIZE, ...options });
  const { objective, provider: found } = await openObjective(at('model.onnx'), asked);
  expect(found.used).toBe(provider);
  return objective;
}

const wave = ({ dim }: Objective, phase: number) => Float32Array.from({ length: dim }, (_, i) => Math.sin(i + phase));

/** Relative distance max |aᵢ − bᵢ| / max |bᵢ|. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const size = Array.from(b).reduce((max, x) => Math.max(max, Math.abs(x)), 0);
  return Array.from(a).reduce((max, x, i) => Math.max(max, Math.abs(x - b[i])), 0) / size;
}

async function figures(objective: Objective): Promise<Record<string, ArrayLike<number>>> {
  const [a, b] = [wave(objective, 0), wave(objective, 1)];
  const [along] = await objective.curvatures('hessian', [a]);
  const [hvp, second] = await objective.products('hessian', [a, b]);
  const points = [0, 1e-2, 1].map((alpha) => ({ alpha, beta: -alpha }));
  return {
    loss: [(await objective.value()).loss],
    plane: (await objective.plane(a, b, points)).map(({ loss }) => loss),
    gradient: await objective.gradient(),
    hvp,
    second,
    again: (await objective.products('hessian', [a]))[0],
    ggnvp: (await objective.products('gaussNewton', [b]))[0],
    nudged: (await objective.products('hessian', [a], { nudge: 3 }))[0],
    slopes: along.slopes,
    curvatures: along.curvatures,
    preview: (await objective.preview(2)!.products('hessian', [b]))[0],
  };
}

describe.skipIf(!existsSync(DRIVER))('on a device with memory of its own', () => {
  let cpu: Objective;
  let gpu: Objective;
  let expected: Record<string, ArrayLike<number>>;
  beforeAll(async () => {
    [cpu, gpu] = [await opened('cpu'), await opened('webgpu')];
    expected = await figures(cpu);
  });
  afterAll(() => cpu.dispose());

  function expectSame(found: Record<string, ArrayLike<number>>): void {
    for (const [name, numbers] of Object.entries(found)) {
      expect(distance(numbers, expected[name]), name).toBeLessThan(SAME);
    }
  }

  it('every figure agrees with the CPU’s', async () => expectSame(await figures(gpu)));

  it('every figure is the same where memory is too small to keep anything between runs', async () => {
    const tight = await opened('webgpu', { memory: 1e-6 });
    expectSame(await figures(tight));
    await tight.dispose();
  });

  it('a product uploads its vector and downloads only the sum over all batches', async () => {
    const vector = wave(gpu, 0);
    await gpu.products('hessian', [vector]);
    const { up, down } = await crossing(() => gpu.products('hessian', [vector]));
    expect(down).toBe(4 * gpu.dim);
    // Besides the vector, each batch uploads the types the device cannot hold: int64 classes and float64 sample
    // weights.
    expect(up).toBe(4 * gpu.dim + BATCHES * SIZE.batch * (8 + 8));
  });

  it('each point of a plane uploads its two coordinates', async () => {
    const [a, b] = [wave(gpu, 0), wave(gpu, 1)];
    const bytes = async (count: number) =>
      (await crossing(() => gpu.plane(a, b, Array(count).fill({ alpha: 1e-3, beta: 0 })))).up;
    expect((await bytes(3)) - (await bytes(2))).toBe(BATCHES * (4 + 4 + SIZE.batch * (8 + 8)));
  });

  it('a product leaves nothing on the device except what the next one reuses', async () => {
    const tight = await opened('webgpu', { memory: 1e-6 });
    const made = vi.spyOn(HeldTensor, 'result');
    const alive = () => made.mock.results.filter(({ value }) => !(value as HeldTensor).disposed).length;
    const kept: number[] = [];
    for (let i = 0; i < 3; i++) {
      for (const objective of [gpu, tight]) await objective.products('gaussNewton', [wave(gpu, i)]);
      kept.push(alive());
    }
    expect(kept[1]).toBe(kept[0]);
    expect(kept[2]).toBe(kept[0]);
    await tight.dispose();
    await gpu.dispose();
    expect(alive()).toBe(0);
    made.mockRestore();
  });
});

describe.skipIf(!existsSync(DRIVER))('sums on a device', () => {
  const engine = new Engine({ provider: 'webgpu', threads: 1 });
  afterAll(() => engine.dispose());

  async function summed(terms: readonly (readonly number[])[]): Promise<number[]> {
    const sum = new DeviceSum(await programs);
    for (const values of terms) await sum.add(await engine.upload(tensor('float32', [1, 3], values)));
    const result = await sum.result();
    sum.dispose();
    return [...result];
  }
  let programs: ReturnType<typeof sumPrograms>;
  beforeAll(() => void (programs = sumPrograms(engine, [1, 3])));

  it('keep many small terms that plain float32 sums would lose', async () => {
    const small = Array.from({ length: 2 ** 7 }, () => [2 ** -26, -(2 ** -30), 1]);
    expect(await summed([[1, 1, 2 ** 30], ...small])).toEqual([1 + 2 ** -19, 1 - 2 ** -23, 2 ** 30 + 2 ** 7]);
  });

  it('of a single term return that term', async () =>
    expect(await summed([[1, -2, 3e38]])).toEqual([1, -2, Math.fround(3e38)]));

  it('beyond the largest float32 are infinite', async () => {
    const far = [3e38, -3e38, 1];
    expect(await summed([far, far, far])).toEqual([Infinity, -Infinity, 3]);
  });
});

describe.skipIf(!existsSync(DRIVER))('a tensor on the device', () => {
  it('is disposed with the program that wrote it, and reading it later fails with a message', async () => {
    const engine = new Engine({ provider: 'webgpu', threads: 1 });
    const g = new GraphBuilder();
    const x = g.input('x', 'float32', [2]);
    const request = { inputs: { x }, outputs: { y: g.shift(x, 1) }, constants: new Map() };
    const [writer, reader] = [await engine.compileResident(g, request), await engine.compile(g, request)];
    const { y } = await writer.run({ x: tensor('float32', [2], [1, 2]) });
    expect([...((await reader.run({ x: y })).y.data as Float32Array)]).toEqual([3, 4]);
    await writer.release();
    expect(y.disposed).toBe(true);
    await expect(reader.run({ x: y })).rejects.toThrow('disposed');
    await engine.dispose();
  });
});

/** Counts the bytes that runs read from the host and write to it. */
async function crossing(work: () => Promise<unknown>): Promise<{ up: number; down: number }> {
  const bytes = { up: 0, down: 0 };
  const size = (tensors: Readonly<Record<string, Tensor | Resident>>) =>
    Object.values(tensors)
      .map((held) => (held instanceof HeldTensor ? held.host : (held as Tensor)))
      .reduce((sum, held) => sum + (held?.data.byteLength ?? 0), 0);
  const spies = (['run', 'runResident'] as const).map((method) => {
    const run: (feeds: Feeds) => Promise<Record<string, Tensor | Resident>> = RuntimeSession.prototype[method];
    return vi.spyOn(RuntimeSession.prototype, method).mockImplementation(async function (
      this: RuntimeSession,
      feeds: Feeds,
    ) {
      bytes.up += size(feeds);
      const results = await run.call(this, feeds);
      bytes.down += size(results);
      return results as never;
    });
  });
  await work();
  for (const spy of spies) spy.mockRestore();
  return bytes;
}
