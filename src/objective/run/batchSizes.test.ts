import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { rademacherVector, random } from '../../numerics/random';
import { axpy, norm } from '../../numerics/vectors';
import { resolveOptions } from '../../options/presets';
import { extremeEigenpairs } from '../../spectrum/extremes';
import { hessianOf } from '../../spectrum/operator';
import { openObjective } from '../open/openObjective';

const fixture = (name: string, file: string) => resolve(__dirname, '../../../test/fixtures', name, file);
/** Relative tolerance, for the data order and float32 graphs; sums over batches are float64. */
const SAME = 1e-5;

async function figures(name: string, samples: number, batch: number) {
  const files = { data: fixture(name, 'data.npz'), provider: 'cpu' as const };
  const options = resolveOptions({ ...files, samples, batch });
  const { objective } = await openObjective(fixture(name, 'model.onnx'), options);
  try {
    const { loss, accuracy, standardError } = await objective.value();
    const gradient = await objective.gradient();
    const vectors = [rademacherVector(objective.dim, random(1, 'direction')), objective.theta];
    const products = [
      ...(await objective.products('hessian', vectors)),
      ...(await objective.products('gaussNewton', vectors)),
    ];
    const request = { top: 3, bottom: 1, seed: 0, maxProducts: 20, memoryBytes: Infinity };
    const { top, bottom } = await extremeEigenpairs(hessianOf(objective), request);
    const eigenvalues = Float32Array.from([...top, ...bottom].map(({ value }) => value));
    return [
      Float32Array.of(loss),
      Float32Array.of(accuracy),
      Float32Array.of(standardError),
      gradient,
      ...products,
    ].concat(eigenvalues);
  } finally {
    await objective.dispose();
  }
}

it.each([
  ['mlp_digits', 1797, [1000, 64, 37]],
  ['lenet_fashion', 100, [100, 64, 37]],
  ['vit_fashion', 80, [80, 37]],
] as const)(
  '%s has the same loss, gradient, products and eigenvalues in batches of any size',
  async (name, samples, sizes) => {
    const [first, ...others] = sizes;
    const expected = await figures(name, samples, first);
    for (const batch of others) {
      for (const [i, found] of (await figures(name, samples, batch)).entries()) {
        axpy(-1, expected[i], found);
        expect(norm(found), `figure ${i}, batch ${batch}`).toBeLessThan(SAME * norm(expected[i]));
      }
    }
  },
);
