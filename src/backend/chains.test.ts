import { afterAll, describe, expect, it } from 'vitest';
import { normal } from '../../test/unit/checkRule';
import { linearize } from '../autodiff/linearize';
import { vmap } from '../autodiff/vmap';
import { Engine } from '../engine/engine';
import { RuntimeSession } from '../engine/runtime';
import { GraphBuilder } from '../graph/builder';
import { emit } from './emit';
import type { Value } from '../graph/graph';
import { nodesOf } from '../graph/graph';
import type { ConvAttributes, Op } from '../graph/ops';
import { sizeOf, tensor } from '../graph/tensor';
import { legalize } from './legalize';

const same: ConvAttributes = { strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], group: 1 };
const BLOCK = 16;
/** Enough for weights that are computed to be brought to blocks. */
const SAMPLES = 36;

const engine = new Engine({ provider: 'cpu', threads: 1 });
afterAll(() => engine.dispose());

/** A graph of its inputs, which come in the order of their shapes; the last ones stay from run to run. */
interface Chain {
  shapes: readonly (readonly number[])[];
  staying?: number;
  build(g: GraphBuilder, inputs: readonly Value[]): Value;
}

const operatorsOf = (values: readonly Value[]) => nodesOf(values).map((node): Op => node.op);

function legalOf({ shapes, staying = 0, build }: Chain, blockChannels: number | null) {
  const g = new GraphBuilder();
  const inputs = shapes.map((shape, i) => g.input(`x${i}`, 'float32', shape));
  const y = build(g, inputs);
  const tangents = staying > 0 ? inputs.slice(0, inputs.length - staying) : [];
  const legal = legalize(g, [y], new Set(inputs), { tangents, target: { blockChannels } });
  return { g, inputs, plain: y, legal };
}

/** The chain in blocks gives the numbers that the same operators give in the plain layout. */
async function checkChain(chain: Chain): Promise<void> {
  const { blockChannels } = await engine.target();
  const { g, inputs, plain, legal } = legalOf(chain, blockChannels);
  const ports = Object.fromEntries(inputs.map((input) => [input.name!, input]));
  const session = await RuntimeSession.open(emit(g, ports, { plain, blocked: legal[0] }, new Map()), {
    provider: 'cpu',
    threads: 1,
  });
  const feeds = inputs.map(({ name, shape }) => [name!, tensor('float32', shape, normal([...shape]).values)] as const);
  const results = await session.run(Object.fromEntries(feeds));
  await session.release();
  const [expected, found] = [results.plain.data as Float32Array, results.blocked.data as Float32Array];
  expect(results.blocked.shape).toEqual(plain.shape);
  const scale = expected.reduce((max, v) => Math.max(max, Math.abs(v)), 0);
  const worst = expected.reduce((max, v, i) => Math.max(max, Math.abs(v - found[i])), 0);
  expect(worst / scale).toBeLessThan(2e-6);
}

/** Whole convolutions, or each channel for itself. */
const inGroups = (channels: number, group: number) => ({
  attributes: { ...same, group },
  kernel: [channels, channels / group, 3, 3],
});

/** A residual block: two convolutions with biases, the input added, rectified. */
function residualBlock(channels: number, group = 1): Chain {
  const { attributes, kernel } = inGroups(channels, group);
  return {
    shapes: [[SAMPLES, channels, 6, 5], kernel, [1, channels, 1, 1], kernel, [channels, 1, 1]],
    build(g, [x, w1, b1, w2, b2]) {
      const inner = g.unary('Relu', g.add(g.conv(x, w1, attributes), b1));
      return g.unary('Relu', g.add(g.add(g.conv(inner, w2, attributes), b2), x));
    },
  };
}

/** The tangent of a convolution and a rectifier, with a second convolution after it: x, its weights and the mask stay. */
const tangentBlock = (channels: number): Chain => ({
  shapes: [
    [SAMPLES, channels, 6, 5],
    [channels, channels, 3, 3],
    [SAMPLES, channels, 6, 5],
    [channels, channels, 3, 3],
    [SAMPLES, channels, 6, 5],
  ],
  staying: 3,
  build(g, [xDot, wDot, x, w, mask]) {
    const yDot = g.add(g.conv(xDot, w, same), g.conv(x, wDot, same));
    return g.conv(g.mul(g.add(yDot, xDot), mask), w, same);
  },
});

/** Tangents of weights and biases alone, for several of them at once, through two layers. */
const stackedTangents = (channels: number, runs: number, group = 1): Chain => {
  const { attributes, kernel: w } = inGroups(channels, group);
  const [x, bias] = [
    [SAMPLES, channels, 6, 5],
    [1, channels, 1, 1],
  ];
  return {
    shapes: [[runs, ...w], [runs, ...bias], x, x, w, x],
    staying: 4,
    build(g, [wDots, biasDots, x1, x2, weights, mask]) {
      const [wDot, biasDot] = [w, bias].map((shape, i) => g.input(`single ${i}`, 'float32', shape));
      const conv = (input: Value, kernel: Value) => g.conv(input, kernel, attributes);
      const first = g.mul(g.add(conv(x1, wDot), biasDot), mask);
      const second = g.add(g.add(conv(first, weights), conv(x2, wDot)), biasDot);
      const outputs = [g.mul(g.add(second, first), mask)];
      return vmap(
        g,
        outputs,
        new Map([
          [wDot, wDots],
          [biasDot, biasDots],
        ]),
        runs,
      )[0];
    },
  };
};

/** Gradients of depthwise weights, strided, with either operand moving, for several tangents at once. */
const depthwiseGradients = (channels: number, runs: number): Chain => {
  const [x, y] = [
    [SAMPLES, channels, 7, 6],
    [SAMPLES, channels, 4, 3],
  ];
  const attributes = { ...inGroups(channels, channels).attributes, strides: [2, 2], kernel: [3, 3] };
  return {
    shapes: [[runs, ...x], [runs, ...y], x, y],
    staying: 2,
    build(g, [xDots, yDots, xStays, yStays]) {
      const [xDot, yDot] = [x, y].map((shape, i) => g.input(`single ${i}`, 'float32', shape));
      const weights = (left: Value, right: Value) => g.apply('ConvWeight', [left, right], attributes);
      const outputs = [g.concat([weights(xDot, yStays), weights(xStays, yDot), weights(xDot, yDot)], 1)];
      return vmap(
        g,
        outputs,
        new Map([
          [xDot, xDots],
          [yDot, yDots],
        ]),
        runs,
      )[0];
    },
  };
};

describe.each([6, 8, 10, 12, 16, 20, 32])('%i channels', (channels) => {
  it('give a residual block the same numbers', () => checkChain(residualBlock(channels)));
  it('give its tangent the same numbers', () => checkChain(tangentBlock(channels)));
  it.each([2, 3])('give %i tangents at once the same numbers', (runs) => checkChain(stackedTangents(channels, runs)));
  it('give the same numbers in depthwise convolutions', async () => {
    await checkChain(residualBlock(channels, channels));
    for (const runs of [2, 3]) await checkChain(stackedTangents(channels, runs, channels));
  });
  it('give the same gradient of depthwise weights for several tangents at once', () =>
    checkChain(depthwiseGradients(channels, 3)));
  it('give the same sums over positions', () =>
    checkChain({
      shapes: [
        [3, channels, 6, 5],
        [channels, channels, 3, 3],
      ],
      build: (g, [x, w]) => g.sum(g.conv(x, w, same), [0, 2, 3]),
    }));
  it('give the same gradient of weights', () =>
    checkChain({
      shapes: [
        [SAMPLES, channels, 6, 5],
        [channels, channels, 3, 3],
        [SAMPLES, channels, 6, 5],
      ],
      staying: 1,
      build: (g, [y, w, x]) => g.apply('ConvWeight', [x, g.conv(y, w, same)], { ...same, kernel: [3, 3] }),
    }));
});

it('fuses biases, sums and rectifiers into the convolutions', () => {
  const operators = operatorsOf(legalOf(residualBlock(32), BLOCK).legal);
  expect(operators).not.toContain('Add');
  expect(operators).not.toContain('Relu');
  expect(operators.filter((op) => op === 'BlockedConv')).toHaveLength(2);
  expect(operators.filter((op) => op === 'Unblock')).toHaveLength(1);
});

it('stays in blocks for several tangents at once', () => {
  const operators = operatorsOf(legalOf(stackedTangents(32, 3), BLOCK).legal);
  expect(operators.filter((op) => op === 'Unblock')).toHaveLength(1);
  expect(operators).not.toContain('Add');
});

it('keeps one blocked copy of what all runs of a depthwise convolution read', () => {
  const { inputs, legal } = legalOf(stackedTangents(32, 3, 32), BLOCK);
  const given = new Set(inputs.slice(2));
  const { residuals } = linearize(legal, inputs.slice(0, 2), given, new Set());
  // What two layers read, the mask, and weights.
  const sizes = residuals.map(({ shape }) => sizeOf(shape)).sort((a, b) => b - a);
  expect(sizes).toEqual([...Array<number>(3).fill(SAMPLES * 32 * 30), 32 * 9]);
  expect(operatorsOf(legal).filter((op) => op === 'Unblock')).toHaveLength(1);
});

it('leaves the blocked layout once, at the end of a chain', () => {
  const operators = operatorsOf(legalOf(tangentBlock(32), BLOCK).legal);
  expect(operators.filter((op) => op === 'Unblock')).toHaveLength(1);
});

it('does not fuse a sum whose operand is read elsewhere', () => {
  const chain: Chain = {
    shapes: [
      [SAMPLES, 16, 6, 5],
      [16, 16, 3, 3],
    ],
    build(g, [x, w]) {
      const y = g.conv(x, w, same);
      return g.mul(g.unary('Relu', g.add(y, x)), y);
    },
  };
  expect(operatorsOf(legalOf(chain, BLOCK).legal)).toContain('Add');
  return checkChain(chain);
});

it('does not run operators that change zero on padded channels', () => {
  const chain: Chain = {
    shapes: [
      [SAMPLES, 8, 6, 5],
      [8, 8, 3, 3],
    ],
    build(g, [x, w]) {
      const y = g.exp(g.conv(x, w, same));
      return g.conv(g.div(y, g.shift(y, 1)), w, same);
    },
  };
  return checkChain(chain);
});
