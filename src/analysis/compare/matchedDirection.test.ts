import { expect, it } from 'vitest';
import { layoutOf, readWeights } from '../../objective/open/otherWeights';
import { readModelAndData } from '../../objective/open/readModelAndData';
import { openWide } from '../../objective/open/wideObjective';
import { resolveOptions } from '../../options/presets';
import { matchedDirection } from './matchedDirection';
import { directionTo } from './otherDirections';

const folder = 'test/fixtures/landscapes/pair-cnn-bn';
/** Found by another library in float64, the best of 20 starts. */
const NEAREST = 7.21019623;

it('brings a network with BatchNormalization as near as another library does, at the same loss', async () => {
  const options = resolveOptions({ data: `${folder}/data.npz`, loss: 'cross_entropy', provider: 'cpu', threads: 1 });
  const read = await readModelAndData(`${folder}/a.onnx`, options);
  const { sha256 } = read.model;
  const opened = await openWide(`${folder}/a.onnx`, options, { sha256, data: read.data, test: null });
  const { objective } = opened;
  try {
    const own = objective.parameters.filter(({ statistic }) => !statistic);
    const dim = own.reduce((sum, { count }) => sum + count, 0);
    const layout = layoutOf(read, own, []);
    const { theta, statistics } = await readWeights(`${folder}/b.onnx`, layout);
    const changes = statistics.map(({ name, values }) => {
      const here = layout.statistics.find((each) => each.name === name)!.values;
      return { name, values: values.map((value, i) => value - here[i]) };
    });
    const start = objective.theta.slice(0, dim);
    const direction = directionTo('b.onnx', start, { theta, statistics: changes });
    const found = await matchedDirection(opened, { direction, theta }, { seed: 0 });
    if (typeof found === 'string') throw new Error(found);
    const { distance, units, permutedUnits, groups, lossChange } = found.figures;
    expect(distance / NEAREST).toBeLessThan(1.0001);
    expect(found.direction.norm).toBeCloseTo(distance, 4);
    expect(groups.map((group) => group.units).sort((a, b) => a - b)).toEqual([6, 8, 16]);
    expect(units).toBe(30);
    expect(permutedUnits).toBe(groups.reduce((sum, { moved }) => sum + moved, 0));
    expect(lossChange).toBeLessThan(1e-6);
    // Every weight of the other model is still there, to the last bit.
    expect([...found.theta.subarray(0, dim)].sort()).toEqual([...theta].sort());
  } finally {
    await objective.dispose();
  }
});
