import { describe, expect, it } from 'vitest';
import { normal } from '../../../test/unit/checkRule';
import { Engine } from '../../engine/engine';
import { GraphBuilder } from '../builder';
import type { Value } from '../graph';
import { nodesOf } from '../graph';
import type { ConvAttributes, Op, OpAttributes } from '../ops';
import { tensor } from '../tensor';
import { legalize } from './legalize';

const plain: ConvAttributes = { strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], group: 1 };

/** Geometries: [name, x, y, w, attributes]. */
const cases: [string, number[], number[], number[], ConvAttributes][] = [
  ['3 × 3', [2, 3, 6, 5], [2, 4, 6, 5], [4, 3, 3, 3], plain],
  ['full blocks', [2, 16, 6, 5], [2, 16, 6, 5], [16, 16, 3, 3], plain],
  ['strided', [2, 3, 8, 7], [2, 4, 4, 3], [4, 3, 3, 3], { ...plain, strides: [2, 3] }],
  ['dilated and uneven', [2, 2, 9, 8], [2, 3, 7, 4], [3, 2, 3, 3], { ...plain, dilations: [2, 2], pads: [2, 0, 0, 0] }],
  ['grouped', [2, 4, 6, 6], [2, 6, 3, 3], [6, 2, 3, 3], { ...plain, group: 2, strides: [2, 2] }],
  ['1 × 1', [2, 4, 3, 3], [2, 5, 3, 3], [5, 4, 1, 1], { ...plain, pads: [0, 0, 0, 0] }],
];

/** Every choice of what stays and what moves gives the numbers of the form in which all moves. */
async function checkForms<O extends 'Conv' | 'ConvInput' | 'ConvWeight'>(
  op: O,
  shapes: [number[], number[]],
  attributes: OpAttributes[O],
): Promise<void> {
  const g = new GraphBuilder();
  const operands = shapes.map((shape, i) => g.input(`x${i}`, 'float32', shape));
  const y = g.apply(op, operands, attributes);
  const outputs: Record<string, Value> = { plain: y };
  for (const [i, tangent] of operands.entries()) {
    const given = new Set(operands);
    outputs[`moving${i}`] = legalize(g, [y], given, [tangent])[0];
  }
  const engine = new Engine({ provider: 'cpu', threads: 1 });
  const program = await engine.compile(g, {
    inputs: { x0: operands[0], x1: operands[1] },
    outputs,
    constants: new Map(),
  });
  const results = await program.run({
    x0: tensor('float32', shapes[0], normal(shapes[0]).values),
    x1: tensor('float32', shapes[1], normal(shapes[1]).values),
  });
  await engine.dispose();
  const expected = Array.from(results.plain.data as Float32Array);
  const scale = Math.max(...expected.map(Math.abs));
  for (const name of ['moving0', 'moving1']) {
    const found = Array.from(results[name].data as Float32Array);
    expect(results[name].shape, name).toEqual(y.shape);
    expect(Math.max(...found.map((v, i) => Math.abs(v - expected[i]))) / scale, name).toBeLessThan(2e-6);
  }
}

describe.each(cases)('a %s convolution keeps its numbers in every form', (_, x, y, w, attributes) => {
  it('forward', () => checkForms('Conv', [x, w], attributes));
  it('towards the input', () => checkForms('ConvInput', [y, w], { ...attributes, input: x.slice(2) }));
  it('towards the weights', () => checkForms('ConvWeight', [x, y], { ...attributes, kernel: w.slice(2) }));
});

it('unrolls the operand that stays, so that only a product is left for each run', () => {
  const g = new GraphBuilder();
  const [x, w] = [g.input('x', 'float32', [2, 3, 6, 6]), g.input('w', 'float32', [4, 3, 3, 3])];
  const [y] = legalize(g, [g.conv(x, w, plain)], new Set([x, w]), [w]);
  const operators = nodesOf([y]).map((node): Op => node.op);
  expect(operators).toContain('MatMul');
  expect(operators).not.toContain('Conv');
});
