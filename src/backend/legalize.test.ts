import { afterAll, describe, expect, it } from 'vitest';
import { normal } from '../../test/unit/checkRule';
import { Engine } from '../engine/engine';
import { RuntimeSession } from '../engine/runtime';
import { GraphBuilder } from '../graph/builder';
import { emit } from './emit';
import type { Value } from '../graph/graph';
import { nodesOf } from '../graph/graph';
import type { ConvAttributes, Op, OpAttributes } from '../graph/ops';
import { sizeOf, tensor } from '../graph/tensor';
import { legalize } from './legalize';

const plain: ConvAttributes = { strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], group: 1 };
const none = { ...plain, pads: [0, 0, 0, 0] };

/** Geometries: [name, x, y, w, attributes]. */
const cases: [string, number[], number[], number[], ConvAttributes][] = [
  ['3 × 3', [2, 3, 6, 5], [2, 4, 6, 5], [4, 3, 3, 3], plain],
  ['full blocks', [2, 16, 6, 5], [2, 16, 6, 5], [16, 16, 3, 3], plain],
  ['two blocks to three', [2, 32, 4, 4], [2, 48, 4, 4], [48, 32, 3, 3], plain],
  ['half a block', [2, 8, 6, 5], [2, 8, 6, 5], [8, 8, 3, 3], plain],
  ['a block and a half', [2, 24, 6, 5], [2, 20, 6, 5], [20, 24, 3, 3], plain],
  ['not by fours', [2, 18, 6, 5], [2, 17, 6, 5], [17, 18, 3, 3], plain],
  ['one channel', [3, 1, 9, 8], [3, 6, 9, 8], [6, 1, 5, 5], { ...plain, pads: [2, 2, 2, 2] }],
  ['large', [8, 16, 16, 16], [8, 32, 16, 16], [32, 16, 3, 3], plain],
  ['5 × 5 without pads', [4, 6, 14, 14], [4, 16, 10, 10], [16, 6, 5, 5], none],
  ['unevenly padded', [2, 16, 6, 5], [2, 16, 7, 4], [16, 16, 3, 3], { ...plain, pads: [2, 0, 1, 1] }],
  ['wide kernel, blocks', [2, 16, 6, 5], [2, 16, 6, 2], [16, 16, 1, 4], none],
  ['strided', [2, 3, 8, 7], [2, 4, 4, 3], [4, 3, 3, 3], { ...plain, strides: [2, 3] }],
  ['strided, blocks', [2, 16, 8, 7], [2, 32, 4, 3], [32, 16, 3, 3], { ...plain, strides: [2, 3] }],
  ['dilated and uneven', [2, 2, 9, 8], [2, 3, 7, 4], [3, 2, 3, 3], { ...plain, dilations: [2, 2], pads: [2, 0, 0, 0] }],
  [
    'dilated, blocks',
    [2, 16, 9, 8],
    [2, 16, 7, 4],
    [16, 16, 3, 3],
    { ...plain, dilations: [2, 2], pads: [2, 0, 0, 0] },
  ],
  ['grouped', [2, 4, 6, 6], [2, 6, 3, 3], [6, 2, 3, 3], { ...plain, group: 2, strides: [2, 2] }],
  ['grouped, blocks', [2, 32, 6, 6], [2, 32, 6, 6], [32, 16, 3, 3], { ...plain, group: 2 }],
  ['depthwise', [2, 16, 6, 6], [2, 16, 6, 6], [16, 1, 3, 3], { ...plain, group: 16 }],
  ['depthwise strided', [2, 6, 8, 7], [2, 6, 4, 3], [6, 1, 3, 3], { ...plain, group: 6, strides: [2, 3] }],
  ['depthwise with places left over', [2, 6, 9, 9], [2, 6, 3, 3], [6, 1, 2, 2], { ...none, group: 6, strides: [3, 3] }],
  [
    'depthwise dilated and uneven',
    [2, 6, 9, 8],
    [2, 6, 7, 4],
    [6, 1, 3, 3],
    { ...plain, group: 6, dilations: [2, 2], pads: [2, 0, 0, 0] },
  ],
  ['depthwise to three each', [2, 8, 6, 6], [2, 24, 6, 6], [24, 1, 3, 3], { ...plain, group: 8 }],
  ['three each to one', [2, 24, 6, 6], [2, 8, 6, 6], [8, 3, 3, 3], { ...plain, group: 8 }],
  ['depthwise, 1-D', [2, 6, 9], [2, 6, 5], [6, 1, 3], { strides: [2], pads: [1, 1], dilations: [1], group: 6 }],
  ['1 × 1', [2, 4, 3, 3], [2, 5, 3, 3], [5, 4, 1, 1], none],
  ['1-D', [2, 16, 9], [2, 16, 9], [16, 16, 3], { strides: [1], pads: [1, 1], dilations: [1], group: 1 }],
  [
    '3-D',
    [2, 3, 4, 5, 4],
    [2, 4, 4, 5, 4],
    [4, 3, 3, 3, 3],
    { strides: [1, 1, 1], pads: [1, 1, 1, 1, 1, 1], dilations: [1, 1, 1], group: 1 },
  ],
];

const engine = new Engine({ provider: 'cpu', threads: 1 });
afterAll(() => engine.dispose());

/**
 * Every choice of what stays and what moves, in the forms for any device and in those of this one, gives the numbers of
 * the runtime's own convolution, or of the first form where it has none.
 */
async function checkForms<O extends 'Conv' | 'ConvInput' | 'ConvWeight'>(
  op: O,
  shapes: [number[], number[]],
  attributes: OpAttributes[O],
): Promise<void> {
  const g = new GraphBuilder();
  const operands = shapes.map((shape, i) => g.input(`x${i}`, 'float32', shape));
  const y = g.apply(op, operands, attributes);
  const given = new Set(operands);
  const outputs: Record<string, Value> = {};
  for (const [device, target] of Object.entries({ any: { blockChannels: null }, this: await engine.target() })) {
    for (const [name, tangents] of Object.entries({ all: operands, first: [operands[0]], second: [operands[1]] })) {
      outputs[`${device}, ${name} moving`] = legalize(g, [y], given, { tangents, target })[0];
    }
  }
  // Compiled for no device in particular, so that what is plain stays plain.
  const emitted = emit(g, { x0: operands[0], x1: operands[1] }, { plain: y, ...outputs }, new Map());
  const session = await RuntimeSession.open(emitted, { provider: 'cpu', threads: 1 });
  const results = await session.run({
    x0: tensor('float32', shapes[0], normal(shapes[0]).values),
    x1: tensor('float32', shapes[1], normal(shapes[1]).values),
  });
  await session.release();
  const expected = Array.from(results.plain.data as Float32Array);
  const scale = Math.max(...expected.map(Math.abs));
  for (const name of Object.keys(outputs)) {
    const found = Array.from(results[name].data as Float32Array);
    expect(results[name].shape, name).toEqual(y.shape);
    expect(Math.max(...found.map((v, i) => Math.abs(v - expected[i]))) / scale, name).toBeLessThan(2e-6);
  }
}

/** The same with so many samples that weights are the smallest part of it, where other forms are chosen. */
const withManySamples = cases.map(([name, x, y, w, attributes]): (typeof cases)[number] => {
  const samples = Math.ceil(1024 / sizeOf(y.slice(2)));
  return [`${name}, many samples`, [samples, ...x.slice(1)], [samples, ...y.slice(1)], w, attributes];
});

describe.each([...cases, ...withManySamples])(
  'a %s convolution keeps its numbers in every form',
  (_, x, y, w, attributes) => {
    it('forward', () => checkForms('Conv', [x, w], attributes));
    it('towards the input', () => checkForms('ConvInput', [y, w], { ...attributes, input: x.slice(2) }));
    it('towards the weights', () => checkForms('ConvWeight', [x, y], { ...attributes, kernel: w.slice(2) }));
  },
);

it('blocks computed weights on devices with blocks, and leaves constant ones to the runtime', () => {
  const g = new GraphBuilder();
  const w = g.input('w', 'float32', [16, 16, 3, 3]);
  const operators = (samples: number, constants: Value[], blockChannels: number | null) => {
    const x = g.input('x', 'float32', [samples, 16, 6, 6]);
    const options = { constants: new Set(constants), target: { blockChannels } };
    return nodesOf(legalize(g, [g.conv(x, w, plain)], new Set([x, w]), options)).map((node): Op => node.op);
  };
  expect(operators(32, [], 16)).toContain('BlockedConv');
  expect(operators(32, [w], 16)).toEqual(['Conv']);
  expect(operators(32, [], null)).toEqual(['Conv']);
  // Reordering the weights would take longer than the convolution.
  expect(operators(2, [], 16)).toEqual(['Conv']);
});

it('moves no tensor as large as the gradient of large weights', () => {
  const g = new GraphBuilder();
  const [x, y] = [g.input('x', 'float32', [2, 64, 5, 5]), g.input('y', 'float32', [2, 64, 5, 5])];
  const w = g.apply('ConvWeight', [x, y], { ...plain, kernel: [3, 3] });
  const [legal] = legalize(g, [w], new Set([x, y]), { tangents: [x, y] });
  const largest = nodesOf([legal]).filter(({ outputs }) => sizeOf(outputs[0].shape) >= sizeOf(w.shape));
  expect(largest.map((node): Op => node.op)).toEqual(['MatMul', 'Reshape']);
});

it('unrolls the shared operand, so that each run needs only a product, if the rows are full', () => {
  const operators = (channels: number) => {
    const g = new GraphBuilder();
    const [x, w] = [g.input('x', 'float32', [2, 3, 6, 6]), g.input('w', 'float32', [channels, 3, 3, 3])];
    const legal = legalize(g, [g.conv(x, w, plain)], new Set([x, w]), { tangents: [w] });
    return nodesOf(legal).map((node): Op => node.op);
  };
  expect(operators(16)).toContain('MatMul');
  expect(operators(16)).not.toContain('Conv');
  expect(operators(4)).toEqual(['Conv']);
});

it.each([
  [[3, 4, 2, 5], [0, 2, 3], false],
  [[3, 4, 2, 5], [0, 2, 3], true],
  [[2, 3, 4, 2, 1], [1, 3, 4], false],
  [[2, 3, 4], [1, 2], false],
  [[2, 3, 4], [0, 1], true],
])('sums %j over %j in steps to the same numbers', async (shape, axes, keepdims) => {
  const g = new GraphBuilder();
  const x = g.input('x', 'float32', shape);
  const values = normal(shape).values;
  const program = await engine.compile(g, {
    inputs: { x },
    outputs: { y: g.sum(x, axes, keepdims) },
    constants: new Map(),
  });
  const { y } = await program.run({ x: tensor('float32', shape, values) });
  const kept = shape.map((dim, i) => (axes.includes(i) ? 1 : dim));
  const expected = new Array<number>(sizeOf(kept)).fill(0);
  for (const [flat, value] of values.entries()) {
    let [place, stride, left] = [0, 1, flat];
    for (let i = shape.length - 1; i >= 0; i--) {
      place += (kept[i] === 1 ? 0 : left % shape[i]) * stride;
      stride *= kept[i];
      left = Math.floor(left / shape[i]);
    }
    expected[place] += value;
  }
  expect(y.shape).toEqual(keepdims ? kept : shape.filter((_, i) => !axes.includes(i)));
  const worst = Math.max(...Array.from(y.data as Float32Array, (v, i) => Math.abs(v - expected[i])));
  expect(worst).toBeLessThan(1e-5);
});
