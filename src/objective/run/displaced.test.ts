import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { node, sourceGraph, weights } from '../../../test/unit/sourceGraph';
import { npzFile } from '../../data/testing/npyFile';
import type { Tensor } from '../../graph/tensor';
import { tensor } from '../../graph/tensor';
import { gaussianVector, random } from '../../numerics/random';
import { norm } from '../../numerics/vectors';
import { writeModel } from '../../onnx/write';
import { resolveOptions } from '../../options/presets';
import { openObjective } from '../open/openObjective';
import type { Displacement, Objective } from '../objective';

/** A network of two layers, tanh between them, on 11 samples in batches of 4. */
const SHAPES = { w1: [3, 5], w2: [5, 4] };
const SAMPLES = 11;
const DIM = 35;

let folder: string;
let data: string;
let objective: Objective;

async function modelWith(values: Readonly<Record<string, Tensor>>, name: string): Promise<Objective> {
  const path = join(folder, `${name}.onnx`);
  const graph = sourceGraph({
    nodes: [node('MatMul', 'x w1', 'h'), node('Tanh', 'h', 't'), node('MatMul', 't w2', 'logits')],
    initializers: values,
    inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 3] }],
  });
  const outputs = [{ name: 'logits', dtype: 'float32' as const, shape: ['batch', 4] }];
  await writeFile(path, writeModel({ graph: { ...graph, outputs }, opset: 17 }).bytes);
  const options = resolveOptions({ data, batch: 4, loss: 'cross_entropy', provider: 'cpu', threads: 1 });
  return (await openObjective(path, options)).objective;
}

const vectorOf = (stream: string) => gaussianVector(DIM, random(5, stream));
const at = (): Displacement => ({ d1: vectorOf('d1'), d2: vectorOf('d2'), alpha: 0.3, beta: -0.2 });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-displaced-'));
  data = join(folder, 'data.npz');
  const x = tensor('float32', [SAMPLES, 3], [...gaussianVector(SAMPLES * 3, random(1, 'x'))]);
  const target = tensor(
    'int64',
    [SAMPLES],
    Array.from({ length: SAMPLES }, (_, i) => (i * 7) % 4),
  );
  await writeFile(data, npzFile({ x, target }));
  const initial = Object.entries(SHAPES).map(([name, shape]) => [name, weights(name, shape)]);
  objective = await modelWith(Object.fromEntries(initial), 'initial');
});

afterAll(async () => {
  await objective.dispose();
  await rm(folder, { recursive: true });
});

const close = (found: Float32Array, expected: Float32Array) =>
  norm(found.map((value, i) => value - expected[i])) / norm(expected);

describe('at a displaced point', () => {
  it('every answer is that of a model file with the displaced weights', async () => {
    const { d1, d2, alpha, beta } = at();
    const theta = objective.theta.map((t, i) => t + alpha * d1[i] + beta * d2![i]);
    const written = objective.parameters.map(({ name, shape, offset, count }) => [
      name,
      tensor('float32', shape, [...theta.subarray(offset, offset + count)]),
    ]);
    const moved = await modelWith(Object.fromEntries(written), 'moved');
    const v = [vectorOf('v'), vectorOf('w')];
    try {
      const [found, expected] = [await objective.value({ at: at() }), await moved.value()];
      expect(found.loss).toBeCloseTo(expected.loss, 5);
      expect(found.accuracy).toBeCloseTo(expected.accuracy, 6);
      expect(found.standardError).toBeCloseTo(expected.standardError, 5);
      expect(found.loss).not.toBeCloseTo((await objective.value()).loss, 2);
      expect(close(await objective.gradient({ at: at() }), await moved.gradient())).toBeLessThan(1e-5);
      for (const kind of ['hessian', 'gaussNewton'] as const) {
        const products = await objective.products(kind, v, { at: at() });
        (await moved.products(kind, v)).forEach((product, k) => expect(close(products[k], product)).toBeLessThan(1e-5));
        const along = await objective.curvatures(kind, v, { at: at() });
        (await moved.curvatures(kind, v)).forEach(({ slopes, curvatures }, k) => {
          expect(close(Float32Array.from(along[k].slopes), Float32Array.from(slopes))).toBeLessThan(1e-5);
          expect(close(Float32Array.from(along[k].curvatures), Float32Array.from(curvatures))).toBeLessThan(1e-5);
        });
      }
      const [first, movedFirst] = [objective.preview(1)!, moved.preview(1)!];
      expect(close(await first.gradient({ at: at() }), await movedFirst.gradient())).toBeLessThan(1e-5);
    } finally {
      await moved.dispose();
    }
  });

  it('gradient and Hessian products are the differences of losses and gradients', async () => {
    const step = 1e-2;
    const place = at();
    const along = async (h: number) => objective.gradient({ at: { ...place, alpha: place.alpha + h } });
    const [ahead, behind] = await objective.plane(
      place.d1,
      place.d2,
      [step, -step].map((h) => ({ alpha: place.alpha + h, beta: place.beta })),
    );
    const gradient = await objective.gradient({ at: place });
    const slope = gradient.reduce((sum, g, i) => sum + g * place.d1[i], 0);
    expect((ahead.loss - behind.loss) / (2 * step) / slope).toBeCloseTo(1, 2);
    const [product] = await objective.products('hessian', [place.d1], { at: place });
    const [after, before] = [await along(step), await along(-step)];
    expect(
      close(
        after.map((g, i) => (g - before[i]) / (2 * step)),
        product,
      ),
    ).toBeLessThan(1e-2);
  });

  it('batches are told in order, and the mean of their gradients is the gradient', async () => {
    const mean = new Float64Array(DIM);
    const counts: number[] = [];
    const gradient = await objective.gradient({
      at: at(),
      onBatch(part, samples) {
        counts.push(samples);
        part.forEach((g, i) => (mean[i] += (g * samples) / SAMPLES));
      },
    });
    expect(counts).toEqual([4, 4, 3]);
    expect(close(Float32Array.from(mean), gradient)).toBeLessThan(1e-6);
  });

  it('leaves θ as it was', async () => {
    const before = await objective.gradient();
    await objective.products('hessian', [vectorOf('v')], { at: at() });
    expect(await objective.gradient()).toEqual(before);
  });
});
