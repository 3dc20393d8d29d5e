import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkNetwork, TOLERANCE } from '../zoo/checkNetwork';

/** `npm run zoo` does the same for a whole folder. The two networks here are small. */
describe('networks of the ONNX model zoo, with random weights', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ridgeline-zoo-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(['squeezenet', 'shufflenet'])('%s: derivatives agree with central differences', async (name) => {
    const path = new URL(`../fixtures/zoo/light_${name}.onnx`, import.meta.url).pathname;
    const comparisons = await checkNetwork(path, folder);
    expect(comparisons.map(({ what }) => what)).toEqual(['slope', 'slope, smooth', 'curvature, smooth']);
    for (const { what, error } of comparisons) expect(error, what).toBeLessThan(TOLERANCE);
  });
});
