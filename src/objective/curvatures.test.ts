import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rademacherVector, random } from '../numerics/random';
import { dot } from '../numerics/vectors';
import type { AnalysisOptions } from '../options/options';
import { resolveOptions } from '../options/presets';
import type { Objective, ProductKind } from './objective';
import { openObjective } from './openObjective';

async function opened<T>(
  name: string,
  options: AnalysisOptions,
  use: (objective: Objective) => Promise<T>,
): Promise<T> {
  const folder = resolve(__dirname, '../../test/fixtures', name);
  const files = { data: resolve(folder, 'data.npz'), provider: 'cpu' as const };
  const { objective } = await openObjective(resolve(folder, 'model.onnx'), resolveOptions({ ...files, ...options }));
  try {
    return await use(objective);
  } finally {
    await objective.dispose();
  }
}

const mean = (values: Float64Array) => values.reduce((sum, v) => sum + v, 0) / values.length;
const directions = ({ dim, theta }: Objective) => [theta, rademacherVector(dim, random(1, 'direction'))];
const KINDS: ProductKind[] = ['hessian', 'gaussNewton'];

// Fully connected, convolutional with pooling, residual, attention.
describe.each([
  ['mlp_digits', {}],
  ['lenet_fashion', { samples: 60, batch: 25 }],
  ['resnet_fashion', { samples: 40, batch: 40 }],
  ['vit_fashion', { samples: 30, batch: 20 }],
] as [string, AnalysisOptions][])('slopes and curvatures of the samples of %s', (name, options) => {
  it.each(KINDS)('average to gᵀd and dᵀAd of the %s products', async (kind) => {
    await opened(name, options, async (objective) => {
      const vectors = directions(objective);
      const found = await objective.curvatures(vectors, undefined, kind);
      const gradient = await objective.gradient();
      const products = await (kind === 'hessian' ? objective.hvp(vectors) : objective.ggnvp(vectors));
      for (const [k, { slopes, curvatures }] of found.entries()) {
        expect(curvatures).toHaveLength(objective.samples);
        const spread = Math.sqrt(dot(curvatures, curvatures) / curvatures.length);
        expect(Math.abs(mean(curvatures) - dot(vectors[k], products[k]))).toBeLessThan(1e-5 * spread);
        const slopeSpread = Math.sqrt(dot(slopes, slopes) / slopes.length);
        expect(Math.abs(mean(slopes) - dot(vectors[k], gradient))).toBeLessThan(1e-5 * slopeSpread);
      }
    });
  });
});
