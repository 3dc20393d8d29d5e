import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cpuDevice } from '../../engine/probe';
import { RUNTIME_VERSION } from '../../engine/runtime';
import { StoredGraphs } from '../../engine/storedGraphs';
import type { AnalysisOptions } from '../../options/options';
import { resolveOptions } from '../../options/presets';
import type { Objective } from '../objective';
import type { ThreadWish } from '../resources/bestThreads';
import type { OpenedObjective } from './openedObjective';
import { openObjective } from './openObjective';
import type { ThreadChoice } from '../resources/threadSearch';
import { threadCounts } from '../resources/threadSearch';

const folder = (name: string) => resolve(__dirname, '../../../test/fixtures', name);
const reference = (name: string) => JSON.parse(readFileSync(join(folder(name), 'reference.json'), 'utf8'));
const norm = (v: Float32Array) => Math.sqrt(v.reduce((sum, x) => sum + x * x, 0));

async function opened<T>(
  name: string,
  options: AnalysisOptions,
  use: (objective: Objective) => Promise<T>,
  graphs: StoredGraphs | null = null,
): Promise<T> {
  const data = join(folder(name), 'data.npz');
  const { objective } = await openObjective(
    join(folder(name), 'model.onnx'),
    resolveOptions({ data, provider: 'cpu', ...options }),
    { graphs },
  );
  try {
    return await use(objective);
  } finally {
    await objective.dispose();
  }
}

describe.each(['mlp_digits', 'linear_illconditioned', 'resnet_fashion', 'vit_fashion'])('%s', (name) => {
  it('has the losses of its reference on the plane of parameters and gradient', async () => {
    const { plane_theta_g: plane, theta_norm } = reference(name);
    await opened(name, {}, async (objective) => {
      const gradient = await objective.gradient();
      const scale = theta_norm / norm(gradient);
      const points = (plane.b as number[]).flatMap((beta) => (plane.a as number[]).map((alpha) => ({ alpha, beta })));
      const found = await objective.plane(
        objective.theta,
        gradient.map((x) => x * scale),
        points,
      );
      const at = (a: number, b: number) => found[b * plane.a.length + a].loss;
      for (const a of plane.a.keys()) {
        for (const b of plane.b.keys()) expect(at(a, b) / plane.loss[a][b], `a ${a}, b ${b}`).toBeCloseTo(1, 4);
      }
    });
  });

  it('has the gradient norms of its reference, tensor by tensor', async () => {
    const expected = Object.values(reference(name).gradient_norm_by_tensor as Record<string, number>).sort(
      (a, b) => a - b,
    );
    await opened(name, {}, async (objective) => {
      const gradient = await objective.gradient();
      const found = objective.parameters.map(({ offset, count }) => norm(gradient.subarray(offset, offset + count)));
      // Exporters rename and reorder parameters, so the norms are compared as a set.
      for (const [i, value] of found.sort((a, b) => a - b).entries()) expect(value / expected[i]).toBeCloseTo(1, 3);
    });
  });
});

it('gives the same figures whatever the batch, the last one partly filled', async () => {
  const measure = (batch: number) =>
    opened('mlp_digits', { batch }, async (objective) => {
      const { loss, standardError, accuracy } = await objective.value();
      const gradient = await objective.gradient();
      const [product] = await objective.products('hessian', [objective.theta]);
      const [ggn] = await objective.products('gaussNewton', [objective.theta]);
      return [loss, standardError, accuracy, norm(gradient), norm(product), norm(ggn)];
    });
  const whole = await measure(1797);
  const parts = await measure(400);
  for (const [i, value] of parts.entries()) expect(value / whole[i]).toBeCloseTo(1, 5);
});

it('tells the mean gradient of each batch', async () => {
  await opened('mlp_digits', { batch: 400 }, async (objective) => {
    const mean = new Float64Array(objective.dim);
    const counts: number[] = [];
    const gradient = await objective.gradient({
      onBatch: (batch, samples) => {
        counts.push(samples);
        for (const [i, x] of batch.entries()) mean[i] += (x * samples) / 1797;
      },
    });
    expect(counts).toEqual([400, 400, 400, 400, 197]);
    expect(norm(gradient.map((x, i) => x - mean[i]))).toBeLessThan(1e-6 * norm(gradient) + 1e-9);
  });
});

it('pushes any number of vectors through together', async () => {
  await opened('mlp_digits', {}, async (objective) => {
    const vectors = Array.from({ length: 11 }, (_, k) => objective.theta.map((_x, i) => Math.sin(i * (k + 1))));
    const together = await objective.products('hessian', vectors);
    const [alone] = await objective.products('hessian', [vectors[9]]);
    expect(norm(alone.map((x, i) => x - together[9][i]))).toBeLessThan(1e-5 * norm(alone));
  });
});

it('freezes all but the parameters asked for', async () => {
  await opened('mlp_digits', { parameters: ['net.4.*'] }, async (objective) => {
    expect(objective.parameters.map(({ name }) => name)).toEqual(['net.4.weight', 'net.4.bias']);
    expect(objective.dim).toBe(170);
  });
});

it('labels generated inputs by the model itself', async () => {
  await opened('mlp_digits', { data: 'generated' }, async (objective) => {
    const { accuracy } = await objective.value();
    expect(accuracy).toBe(1);
  });
});

it.each(['resnet_fashion', 'vit_fashion', 'lstm_fashion'])(
  'gives the same figures of %s, bit by bit, with graphs that were prepared before',
  async (name) => {
    const folder = mkdtempSync(join(tmpdir(), 'ridgeline-prepared-'));
    const measure = (graphs: StoredGraphs | null) =>
      opened(
        name,
        { samples: 12, batch: 6 },
        async (objective) => {
          const { theta } = objective;
          const gradient = await objective.gradient();
          const [along] = await objective.curvatures('hessian', [gradient]);
          return {
            loss: await objective.value(),
            gradient,
            products: [
              ...(await objective.products('hessian', [theta])),
              ...(await objective.products('hessian', [gradient, theta])),
              ...(await objective.products('gaussNewton', [theta])),
            ],
            curvatures: [along.slopes, along.curvatures],
            points: await objective.plane(theta, gradient, [{ alpha: 0.1, beta: -0.1 }]),
          };
        },
        graphs,
      );
    try {
      const plain = await measure(null);
      expect(await measure(await StoredGraphs.open(folder, RUNTIME_VERSION))).toEqual(plain);
      const stored = readdirSync(folder).sort();
      expect(stored.length).toBeGreaterThan(3);
      expect(await measure(await StoredGraphs.open(folder, RUNTIME_VERSION))).toEqual(plain);
      expect(readdirSync(folder).sort()).toEqual(stored);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);

describe('threads that nobody asked for', () => {
  const open = (threads: number | undefined, wish: Partial<ThreadWish> | null) =>
    openObjective(
      join(folder('mlp_digits'), 'model.onnx'),
      resolveOptions({ data: join(folder('mlp_digits'), 'data.npz'), provider: 'cpu', threads }),
      { threads: wish && { known: null, cost: () => Infinity, remember: () => Promise.resolve(), ...wish } },
    );
  const gradientOf = async (found: Promise<OpenedObjective>) => {
    const { objective, provider, threads } = await found;
    const gradient = await objective.gradient();
    await objective.dispose();
    return { gradient, device: provider.device, threads };
  };

  it('are searched for, remembered, and taken again', async () => {
    let remembered: ThreadChoice | null = null;
    const remember = (choice: ThreadChoice) => Promise.resolve(void (remembered = choice));
    const first = await gradientOf(open(undefined, { remember }));
    const all = availableParallelism();
    if (all === 1) return;
    expect(remembered).not.toBeNull();
    const { threads, timed } = remembered! as ThreadChoice;
    expect(timed.map((each) => each.threads)).toEqual(threadCounts(all));
    expect(first.device).toBe(cpuDevice(threads));
    expect(first.threads).toEqual(remembered);
    expect(await gradientOf(open(undefined, { known: remembered }))).toEqual(first);
    expect((await gradientOf(open(threads, null))).gradient).toEqual(first.gradient);
  });

  it('are those that were found before, and the person’s word comes before them', async () => {
    const known = { threads: 1, timed: [{ threads: 64, milliseconds: 9 }] };
    expect((await gradientOf(open(undefined, { known }))).device).toBe('CPU, 1 thread');
    expect((await gradientOf(open(3, { known }))).device).toBe('CPU, 3 threads');
  });

  it('are all of them in a short analysis, and where a choice cannot be remembered', async () => {
    const all = cpuDevice(availableParallelism());
    const short = await gradientOf(open(undefined, { cost: () => 300, remember: () => Promise.reject(new Error()) }));
    expect([short.device, short.threads]).toEqual([all, undefined]);
    const lost = await gradientOf(open(undefined, { remember: () => Promise.reject(new Error('ENOSPC')) }));
    expect([lost.device, lost.threads]).toEqual([all, undefined]);
  });
});
