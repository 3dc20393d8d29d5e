import { afterEach, describe, expect, it } from 'vitest';
import { findDuplicates } from '../../dynamics/duplicates';
import { UnitElements } from '../../dynamics/unitElements';
import type { OpenedObjective } from '../../objective/open/openedObjective';
import { openObjective } from '../../objective/open/openObjective';
import type { UnitSet } from '../../objective/objective';
import { resolveOptions } from '../../options/presets';

const fixtures = new URL('../../../test/fixtures', import.meta.url).pathname;

let opened: OpenedObjective | undefined;
afterEach(() => opened?.objective.dispose());

/** θ with all weights of unit b of a set replaced by those of unit a; null where the two are of different kinds. */
function withCopy({ objective }: OpenedObjective, set: UnitSet): Float32Array | null {
  const { units, slices, kinds } = set;
  const [a, b] = [0, kinds ? kinds.indexOf(kinds[0], 1) : units - 1];
  if (b < 1) return null;
  const elements = new UnitElements(units, slices, objective.parameters);
  const theta = Float32Array.from(objective.theta);
  const places: number[][] = [[], []];
  elements.each((unit, place) => {
    if (unit === a) places[0].push(place);
    if (unit === b) places[1].push(place);
  });
  places[1].forEach((place, i) => (theta[place] = theta[places[0][i]]));
  return theta;
}

describe.each(['lenet_fashion', 'resnet_fashion', 'vit_fashion', 'lstm_fashion'])('copies of units in %s', (name) => {
  it('get the same gradient', async () => {
    const folder = `${fixtures}/${name}`;
    const options = resolveOptions({ data: `${folder}/data.npz`, loss: 'cross_entropy', samples: 8, provider: 'cpu' });
    const network = await openObjective(`${folder}/model.onnx`, options);
    opened = network;
    const { objective } = network;
    let compared = 0;
    for (const set of network.structure().sets) {
      const theta = withCopy(network, set);
      if (!theta) continue;
      const d1 = theta.map((value, i) => value - objective.theta[i]);
      const gradient = await objective.gradient({ at: { d1, d2: null, alpha: 1, beta: 0 } });
      const { duplicated, gradientDifference } = findDuplicates(set, {
        parameters: objective.parameters,
        theta,
        gradient,
      });
      expect(duplicated).toBeGreaterThanOrEqual(2);
      expect(gradientDifference).toBeLessThan(1e-3);
      compared++;
    }
    expect(compared).toBeGreaterThan(0);
  });
});
