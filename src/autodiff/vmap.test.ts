import { afterAll, describe, expect, it } from 'vitest';
import { normal } from '../../test/unit/checkRule';
import { Engine } from '../engine/engine';
import { GraphBuilder } from '../graph/builder';
import type { Value } from '../graph/graph';
import { sizeOf, tensor } from '../graph/tensor';
import { vjp } from './differentiate';
import { vmap } from './vmap';

const engine = new Engine({ provider: 'cpu', threads: 1 });
afterAll(() => engine.dispose());

const RUNS = 3;

/**
 * A function of x and w and its gradient, stacked over x, over w and over both: the same numbers as one run after the
 * other, but for the order of sums.
 */
async function checkStacked(
  build: (g: GraphBuilder, x: Value, w: Value) => Value,
  shapes: { x: readonly number[]; w: readonly number[] },
): Promise<void> {
  for (const which of [['x'], ['w'], ['x', 'w']] as ('x' | 'w')[][]) {
    const g = new GraphBuilder();
    const inputs = { x: g.input('x', 'float32', shapes.x), w: g.input('w', 'float32', shapes.w) };
    const y = build(g, inputs.x, inputs.w);
    const outputs = [y, ...vjp(g, [y], [g.tanh(y)], [inputs.x, inputs.w])].filter((value) => value !== null);
    const stacks = new Map(
      which.map((name) => [inputs[name], g.input(`${name}s`, 'float32', [RUNS, ...shapes[name]])]),
    );
    const stacked = vmap(g, outputs, stacks, RUNS);
    const named = (values: readonly Value[]) => Object.fromEntries(values.map((value, i) => [`y${i}`, value]));
    const free = Object.fromEntries(Object.entries(inputs).filter(([, value]) => !stacks.has(value)));
    const many = Object.fromEntries(which.map((name) => [`${name}s`, stacks.get(inputs[name])!]));
    const single = await engine.compile(g, { inputs, outputs: named(outputs), constants: new Map() });
    const together = await engine.compile(g, {
      inputs: { ...free, ...many },
      outputs: named(stacked),
      constants: new Map(),
    });
    const runsOf = (name: 'x' | 'w') => {
      const { values } = normal(shapes[name]);
      const moved = (run: number) => values.map((v, i) => v + (which.includes(name) ? 0.1 * Math.sin(7 * i + run) : 0));
      return Array.from({ length: RUNS }, (_, run) => moved(run));
    };
    const feed = { x: runsOf('x'), w: runsOf('w') };
    const all = await together.run({
      ...Object.fromEntries(Object.keys(free).map((n) => [n, tensor('float32', shapes[n as 'x'], feed[n as 'x'][0])])),
      ...Object.fromEntries(which.map((n) => [`${n}s`, tensor('float32', [RUNS, ...shapes[n]], feed[n].flat())])),
    });
    for (let run = 0; run < RUNS; run++) {
      const one = await single.run({
        x: tensor('float32', shapes.x, feed.x[run]),
        w: tensor('float32', shapes.w, feed.w[run]),
      });
      for (const [name, { data, shape }] of Object.entries(one)) {
        const size = sizeOf(shape);
        const [expected, found] = [
          Array.from(data as Float32Array),
          (all[name].data as Float32Array).slice(run * size),
        ];
        const scale = expected.reduce((max, v) => Math.max(max, Math.abs(v)), 1e-3);
        const worst = expected.reduce((max, v, i) => Math.max(max, Math.abs(v - found[i])), 0);
        expect(worst / scale, `${name}, ${which.join(' and ')} stacked`).toBeLessThan(2e-5);
      }
    }
    await single.release();
    await together.release();
  }
}

const same = { strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], group: 1 };

/** What may follow a convolution, whose stacked result has the runs behind the samples; y is [3,4,3,2]. */
const followers: Record<string, (g: GraphBuilder, y: Value, x: Value) => Value> = {
  'a bias': (g, y) => g.add(y, g.constant({ dtype: y.dtype, shape: [4, 1, 1], data: Float32Array.of(1, 2, 3, 4) })),
  'what was convolved': (g, y, x) => g.mul(y, g.tanh(x)),
  'a product of channels': (g, y) => g.mul(y, g.sum(y, [2, 3], true)),
  'a sum over samples': (g, y) => g.mul(y, g.tanh(g.sum(y, [0]))),
  'a sum over samples that keeps the axis': (g, y) => g.mul(y, g.tanh(g.sum(y, [0], true))),
  'a softmax over channels': (g, y) => g.apply('Softmax', [y], { axis: 1 }),
  'a softmax over samples': (g, y) => g.apply('Softmax', [y], { axis: 0 }),
  'a classifier': (g, y) => g.matmul(g.reshape(y, [3, 24]), g.reshape(g.sum(y, [0]), [24, 1])),
  'a fixed classifier': (g, y, x) => g.matmul(g.reshape(y, [3, 24]), g.reshape(g.sliceAxis(x, 0, 0, 1), [24, 1])),
  'a product of places': (g, y, x) => g.matmul(y, g.swapLast(x)),
  'the samples as channels': (g, y) => g.tanh(g.transpose(y, [1, 0, 2, 3])),
  'the places first': (g, y) => g.tanh(g.transpose(y, [0, 3, 2, 1])),
  'samples and channels as one': (g, y) => g.tanh(g.reshape(y, [12, 6])),
  'a window': (g, y) => g.sliceAxis(g.sliceAxis(y, 2, 1, 3), 0, 1, 3),
  padding: (g, y) => g.tanh(g.pad(y, [1, 0, 0, 1], [0, 2, 1, 0])),
  'a maximum over places': (g, y) => g.apply('ReduceMax', [y], { axes: [2, 3], keepdims: false }),
  pooling: (g, y) =>
    g.apply('MaxPool', [y], { kernel: [2, 2], strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], ceil: false }),
  'another convolution': (g, y) => g.conv(y, g.reshape(g.sum(y, [0, 3]), [1, 4, 3, 1]), same),
};

describe('runs stacked on the sample axis of a convolution, followed by', () => {
  it.each(Object.entries(followers))('%s', (_, follow) =>
    checkStacked((g, x, w) => follow(g, g.conv(x, w, same), x), { x: [3, 4, 3, 2], w: [4, 4, 3, 3] }),
  );
});

describe('grouped, depthwise and strided convolutions', () => {
  it.each([
    { group: 2, m: 6, c: 4 },
    { group: 4, m: 4, c: 4 },
    { group: 1, m: 2, c: 4, strides: [2, 1] },
  ])('$group groups, $c into $m channels', ({ group, m, c, strides = [1, 1] }) =>
    checkStacked((g, x, w) => g.tanh(g.conv(x, w, { ...same, group, strides })), {
      x: [2, c, 4, 3],
      w: [m, c / group, 3, 3],
    }),
  );
});

describe('products', () => {
  it.each([
    { of: 'rows and a matrix for each', x: [3, 1, 4], w: [3, 4, 5] },
    { of: 'rows and matrices of two axes', x: [2, 3, 1, 4], w: [2, 3, 4, 5] },
    { of: 'rows and one matrix', x: [3, 1, 4], w: [4, 5] },
    { of: 'a row and matrices', x: [1, 1, 4], w: [3, 4, 5] },
    { of: 'matrices', x: [3, 2, 4], w: [3, 4, 5] },
  ])('of $of', ({ x, w }) => checkStacked((g, a, b) => g.tanh(g.matmul(a, b)), { x, w }));
});
