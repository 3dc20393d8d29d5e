import { afterEach, describe, expect, it } from 'vitest';
import { resolveOptions } from '../../options/presets';
import type { LossName } from '../../options/options';
import type { UnitSlices } from '../../model/layers/structure';
import type { OpenedObjective } from './openedObjective';
import { openObjective } from './openObjective';

const fixtures = new URL('../../../test/fixtures', import.meta.url).pathname;

let opened: OpenedObjective | undefined;
afterEach(() => opened?.objective.dispose());

async function open(name: string, loss: LossName = 'cross_entropy'): Promise<OpenedObjective> {
  const folder = `${fixtures}/${name}`;
  const options = resolveOptions({ data: `${folder}/data.npz`, loss, samples: 16, provider: 'cpu' });
  opened = await openObjective(`${folder}/model.onnx`, options);
  return opened;
}

/** L at other weights. */
async function lossAt({ objective }: OpenedObjective, theta: Float32Array): Promise<number> {
  const d1 = theta.map((value, i) => value - objective.theta[i]);
  return (await objective.value({ at: { d1, d2: null, alpha: 1, beta: 0 } })).loss;
}

/** Places in θ of the elements of a unit. */
function placesOf({ objective }: OpenedObjective, units: number, unit: number, slices: UnitSlices): number[] {
  const { offset } = objective.parameters.find(({ name }) => name === slices.parameter)!;
  const places: number[] = [];
  for (let o = 0; o < slices.outer; o++)
    for (let i = 0; i < slices.inner; i++) places.push(offset + (o * units + unit) * slices.inner + i);
  return places;
}

const NETWORKS = ['mlp_digits', 'lenet_fashion', 'resnet_fashion', 'vit_fashion', 'lstm_fashion', 'plain_fashion'];

describe.each(NETWORKS)('%s', (name) => {
  it('computes the same with two units of any layer exchanged', async () => {
    const network = await open(name);
    const { sets } = network.structure();
    const start = await lossAt(network, network.objective.theta);
    expect(sets.length).toBeGreaterThan(0);
    const changes: number[] = [];
    for (const { units, slices, kinds } of sets) {
      const theta = Float32Array.from(network.objective.theta);
      const other = kinds ? kinds.findIndex((kind, unit) => unit > 0 && kind === kinds[0]) : units - 1;
      if (other < 1) continue;
      for (const each of slices) {
        const [a, b] = [0, other].map((unit) => placesOf(network, units, unit, each));
        a.forEach((place, i) => ([theta[place], theta[b[i]]] = [theta[b[i]], theta[place]]));
      }
      changes.push(Math.abs((await lossAt(network, theta)) / start - 1));
    }
    expect(Math.max(...changes)).toBeLessThan(1e-5);
  });

  it('computes the same with units rescaled', async () => {
    const network = await open(name);
    const { scalings } = network.structure();
    const start = await lossAt(network, network.objective.theta);
    for (const { units, first, second } of scalings) {
      const theta = Float32Array.from(network.objective.theta);
      for (const each of first) for (const place of placesOf(network, units, 1, each)) theta[place] *= 4;
      for (const each of second) for (const place of placesOf(network, units, 1, each)) theta[place] /= 4;
      expect(Math.abs((await lossAt(network, theta)) / start - 1)).toBeLessThan(1e-5);
    }
  });
});

const named = (slices: readonly UnitSlices[]) => [...new Set(slices.map(({ parameter }) => parameter))];

describe('units', () => {
  it('of convolutions reach through a flattening, and rectifiers pass a factor on', async () => {
    const { sets, scalings } = (await open('lenet_fashion')).structure();
    expect(sets.map(({ units }) => units)).toEqual([6, 16, 120, 84]);
    expect(scalings[1]).toEqual({
      units: 16,
      first: [
        { parameter: 'c2.weight', outer: 1, inner: 150 },
        { parameter: 'c2.bias', outer: 1, inner: 1 },
      ],
      second: [{ parameter: 'f1.weight', outer: 120, inner: 25 }],
    });
  });

  it('of a residual stream are tied through all its blocks', async () => {
    const { sets } = (await open('resnet_fashion')).structure();
    expect(named(sets[0].slices)).toContain('body.1.c2.weight');
    expect(named(sets[0].slices)).toContain('body.2.sc.0.weight');
  });

  it('of attention are heads, and the units within each head', async () => {
    const { sets } = (await open('vit_fashion')).structure();
    const attention = sets.filter(({ slices }) => named(slices).includes('bl.0.qkv.bias'));
    expect(attention.map(({ units, kinds }) => [units, kinds && new Set(kinds).size])).toEqual([
      [4, null],
      [32, 4],
    ]);
  });

  it('of a recurrent layer are rows and columns of its recurrent weights', async () => {
    const { sets, scalings, weights } = (await open('lstm_fashion')).structure();
    const recurrent = weights.filter(({ kind }) => kind === 'recurrent').map(({ parameter }) => parameter);
    expect(sets).toHaveLength(1);
    expect(sets[0].slices.filter(({ parameter }) => parameter === recurrent[1])).toHaveLength(2);
    expect(scalings).toEqual([]);
  });

  it('under a bounded activation cannot be rescaled', async () => {
    expect((await open('mlp_digits')).structure().scalings).toEqual([]);
  });
});
