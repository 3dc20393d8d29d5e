import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { matchUnits } from '../../src/compare/matching/matchUnits';
import type { Objective, ParameterTensor } from '../../src/objective/objective';
import { openWide } from '../../src/objective/open/wideObjective';
import { readModelAndData } from '../../src/objective/open/readModelAndData';
import { resolveOptions } from '../../src/options/presets';
import type { Architecture, Exchange } from './architectures';
import { ARCHITECTURES } from './architectures';
import { modelFile } from './modelFile';
import { weights } from './sourceGraph';

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'ridgeline-matching-'))));
afterAll(() => rmSync(folder, { recursive: true }));

async function open({ parts, input, output }: Architecture) {
  const samples = 16;
  const data = { x: weights('x', [samples, ...input]), target: weights('target', [samples, ...output]) };
  const files = await modelFile(folder, parts, data);
  const options = resolveOptions({ data: files.data, loss: 'mse', provider: 'cpu', threads: 1 });
  const read = await readModelAndData(files.model, options);
  return openWide(files.model, options, { sha256: read.model.sha256, data: read.data, test: null });
}

/** Shuffles the units of a tensor; `name@from:to` names some of its rows. */
function exchange(theta: Float32Array, tensors: readonly ParameterTensor[], { tensor, axis, to }: Exchange): void {
  const [name, rows] = tensor.split('@');
  const { offset, shape } = tensors.find((each) => each.name === name)!;
  const [from, end] = rows?.split(':').map(Number) ?? [0, shape[0]];
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const before = theta.slice();
  const size = shape.slice(1).reduce((a, b) => a * b, 1);
  for (let at = from * size; at < end * size; at++) {
    const unit = Math.floor(at / inner) % shape[axis];
    theta[offset + at] = before[offset + at + (to[unit] - unit) * inner];
  }
}

async function lossAt({ value, theta }: Objective, other: Float32Array): Promise<number> {
  const d1 = other.map((x, i) => x - theta[i]);
  return (await value({ at: { d1, d2: null, alpha: 1, beta: 0 } })).loss;
}

describe('matching', () => {
  it.each(ARCHITECTURES.map((each) => [each.name, each] as const))('follows %s', async (_, architecture) => {
    const { objective, indices } = await open(architecture);
    try {
      const { theta, parameters } = objective;
      const match = (other: Float32Array) =>
        matchUnits({ tensors: parameters, indices: indices(), own: theta, other, seed: 1 });
      const shuffled = theta.slice();
      for (const each of architecture.shuffle) exchange(shuffled, parameters, each);
      expect(shuffled).not.toEqual(theta);
      // The test's own shuffling is right only if the network computes the same.
      expect((await lossAt(objective, shuffled)) / (await lossAt(objective, theta))).toBeCloseTo(1, 5);

      const found = await match(shuffled);
      expect(found.groups.map(({ units }) => units).sort((a, b) => a - b)).toEqual(architecture.units);
      expect(found.distanceBefore).toBeGreaterThan(1);
      expect(found.distance).toBe(0);
      expect(found.matched).toEqual(theta);

      // Another network, whose statistics and constants differ too.
      const other = theta.map((x, i) => Math.abs(x) + 0.3 * Math.sin(7 * i));
      const { matched, distance, distanceBefore } = await match(other);
      expect((await lossAt(objective, matched)) / (await lossAt(objective, other))).toBeCloseTo(1, 5);
      expect(distance).toBeLessThan(distanceBefore);
    } finally {
      await objective.dispose();
    }
  });
});
