import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyObjective } from '../../src/analysis/verifyObjective';
import { sizeOf } from '../../src/graph/tensor';
import { openObjective } from '../../src/objective/open/openObjective';
import { GENERATED_DATA } from '../../src/options/options';
import { resolveOptions } from '../../src/options/presets';
import type { WritableModel } from '../../src/onnx/write';
import { mobilenet, MOBILENET_V3_LARGE } from '../bench/networks/mobilenet';
import { resnet, RESNET_18, RESNET_50 } from '../bench/networks/resnet';
import { bert, vit } from '../bench/networks/transformer';
import { writeNetwork } from '../bench/networks/writeNetwork';

/** Networks narrow enough for a unit test, with every kind of layer that the full network has. */
const TINY: Record<string, () => WritableModel> = {
  'ResNet of basic blocks': () => resnet({ batch: 2, image: 16, width: 4, blocks: [1, 1], block: 'basic', classes: 3 }),
  'ResNet of bottlenecks': () =>
    resnet({ batch: 2, image: 16, width: 4, blocks: [1, 1], block: 'bottleneck', classes: 3 }),
  MobileNetV3: () =>
    mobilenet({
      batch: 2,
      image: 16,
      blocks: [
        [3, 16, 16, false, 'Relu', 1],
        [5, 24, 16, true, 'HardSwish', 2],
      ],
      head: [16, 16],
      classes: 3,
    }),
  ViT: () => vit({ batch: 2, image: 8, patch: 4, width: 8, heads: 2, depth: 2, classes: 3 }),
  BERT: () => bert({ batch: 2, tokens: 5, vocabulary: 11, width: 8, heads: 2, depth: 2, classes: 3 }),
};

describe('networks of the benchmark', () => {
  let folder = '';
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'ridgeline-networks-'))));
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it.each(Object.entries(TINY))('%s opens and passes its self-checks', async (_, build) => {
    const path = join(folder, 'model.onnx');
    await writeNetwork(path, build());
    const options = resolveOptions({ data: GENERATED_DATA, batch: 2, loss: 'cross_entropy', provider: 'cpu' });
    const opened = await openObjective(path, options);
    try {
      expect(opened.canDifferentiate).toBe(true);
      // No two parameters were tied because their tensors happened to be equal.
      expect(opened.notes.filter((note) => note.includes('equal'))).toEqual([]);
      const checks = await verifyObjective(opened.objective, { kinks: ['Relu'] });
      expect(checks.filter(({ passed }) => !passed)).toEqual([]);
    } finally {
      await opened.objective.dispose();
    }
  });

  it.each([
    ['ResNet-18', () => resnet({ batch: 1, ...RESNET_18 }), 11_684_712],
    ['ResNet-50', () => resnet({ batch: 1, ...RESNET_50 }), 25_530_472],
    ['MobileNetV3', () => mobilenet({ batch: 1, ...MOBILENET_V3_LARGE }), 5_470_832],
  ])(
    '%s has the parameters of the published one',
    (_, build, count) => {
      expect(parameters(build())).toBe(count);
    },
    240_000,
  );
});

const parameters = ({ graph }: WritableModel) =>
  [...graph.initializers.values()].reduce(
    (sum, { dtype, shape }) => sum + (dtype === 'float32' && shape.length > 0 ? sizeOf(shape) : 0),
    0,
  );
