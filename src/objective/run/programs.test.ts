import { afterAll, expect, it } from 'vitest';
import { Engine } from '../../engine/engine';
import { GraphBuilder } from '../../graph/builder';
import { tensor } from '../../graph/tensor';
import { lossHead } from '../../loss/head';
import { NUMBERS } from '../../loss/prediction';
import type { LossGraph } from './lossGraph';
import { TARGET, WEIGHTS } from './lossGraph';
import { LossPrograms } from './programs';

const engine = new Engine({ provider: 'cpu', threads: 1 });
afterAll(() => engine.dispose());

const BATCH = 3;
const DIM = 4;

/** Mean of (xᵀ tanh θ − y)² over three samples. */
function regression(): LossGraph {
  const g = new GraphBuilder();
  const x = g.input('x', 'float32', [BATCH, DIM]);
  const target = g.input(TARGET, 'float32', [BATCH, 1]);
  const theta = g.input('theta', 'float32', [DIM, 1]);
  const output = g.matmul(x, g.tanh(theta));
  const names = { loss: 'mse', outputName: 'y', prediction: NUMBERS, classAxis: 1 } as const;
  const head = lossHead(g, { ...names, output, target, precision: 'float64' });
  return {
    g,
    data: { x, [TARGET]: target },
    weights: g.input(WEIGHTS, 'float64', [BATCH]),
    parameters: [{ name: 'theta', value: theta, tensor: tensor('float32', [DIM, 1], [0.1, -0.2, 0.3, 0.5]) }],
    head,
    batchSize: BATCH,
    dim: DIM,
  };
}

const feeds = {
  x: tensor('float32', [BATCH, DIM], [1, 2, 3, 4, -1, 0, 2, 1, 0.5, 0.25, -3, 1]),
  [TARGET]: tensor('float32', [BATCH, 1], [1, -1, 2]),
  [WEIGHTS]: tensor('float64', [BATCH], [1 / 3, 1 / 3, 1 / 3]),
};
const vectors = tensor('float32', [1, DIM], [1, -1, 0.5, 2]);

/** Computes loss, a product, the gradient and the product again. If only one program fits, each is compiled anew. */
async function figures(programs: LossPrograms) {
  const product = async () => {
    const { primal, tangent } = await programs.products('hessian', 1);
    const residuals = await (await primal()).run(feeds);
    return (await (await (await tangent()).run({ ...feeds, ...residuals, vectors })).products.read()).data;
  };
  const first = await product();
  const { loss } = await (await programs.value()).run(feeds);
  const { gradient } = await (await programs.gradient()).run(feeds);
  return { first, loss: loss.data, gradient: gradient.data, again: await product() };
}

it('computes the same with programs released between their uses', async () => {
  const [roomy, tight] = [Infinity, 0].map((bytes) => new LossPrograms(regression(), engine, bytes));
  const kept = await figures(roomy);
  expect(await figures(tight)).toEqual(kept);
  expect(kept.again).toEqual(kept.first);
});

it('releases the programs used longest ago, and compiles none twice where all fit', async () => {
  const [roomy, tight] = [Infinity, 0].map((bytes) => new LossPrograms(regression(), engine, bytes));
  const [value, same] = [await roomy.value(), (await roomy.gradient(), await roomy.value())];
  expect(same).toBe(value);
  const [before, after] = [await tight.value(), (await tight.gradient(), await tight.value())];
  expect(after).not.toBe(before);
  await expect(before.run(feeds)).rejects.toThrow();
});

it('computes for points of a plane what depends on the data alone once, and the same without that', async () => {
  const programs = new LossPrograms(regression(), engine, Infinity);
  const { primal, tangent, whole, residuals } = await programs.plane();
  expect(residuals.size).toBeGreaterThan(0);
  const flat = (values: number[]) => tensor('float32', [DIM], values);
  const point = {
    theta: flat([0.1, -0.2, 0.3, 0.5]),
    d1: flat([1, -1, 0.5, 2]),
    d2: flat([0, 1, 1, 0]),
    alpha: tensor('float32', [], [0.25]),
    beta: tensor('float32', [], [-0.5]),
  };
  const kept = await (await primal()).run(feeds);
  const { loss } = await (await tangent()).run({ ...feeds, ...kept, ...point });
  expect((await (await whole()).run({ ...feeds, ...point })).loss.data).toEqual(loss.data);
  const at = [0.1 + 0.25, -0.2 - 0.25 - 0.5, 0.3 + 0.125 - 0.5, 0.5 + 0.5].map(Math.tanh);
  const outputs = [0, 1, 2].map((i) => at.reduce((sum, t, j) => sum + t * Number(feeds.x.data[i * DIM + j]), 0));
  const squares = outputs.map((y, i) => (y - Number(feeds[TARGET].data[i])) ** 2);
  expect(Number(loss.data[0])).toBeCloseTo(squares.reduce((sum, square) => sum + square) / 3, 5);
});
