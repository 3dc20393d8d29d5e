import { describe, expect, it } from 'vitest';
import { checkForm } from '../../test/unit/checkForm';
import { directConvWeight } from '../../test/unit/directConvolution';
import { GraphBuilder } from '../graph/builder';
import type { Node, Value } from '../graph/graph';
import { nodesOf } from '../graph/graph';
import type { ConvAttributes, Op } from '../graph/ops';
import { convWeight } from './convWeight';
import type { Surroundings } from './form';

const same: ConvAttributes = { strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], group: 1 };

/** A device without blocks, on which the given operands move and the others stay. */
const surroundings = (moving: readonly Value[], more: Partial<Surroundings> = {}): Surroundings => ({
  blockChannels: null,
  moving: (value) => moving.includes(value),
  split: true,
  constant: () => false,
  alone: () => false,
  owned: new Set(),
  ...more,
});

/** The gradient of weights in the form that such surroundings choose. */
function formOf(
  g: GraphBuilder,
  [x, y]: readonly Value[],
  kernel: readonly number[],
  {
    attributes = same,
    moves,
    ...more
  }: { attributes?: ConvAttributes; moves: 'x' | 'y' | 'both' } & Pick<Surroundings, 'threads'>,
): Value | null {
  const w = g.apply('ConvWeight', [x, y], { ...attributes, kernel: [...kernel] });
  const moving = { x: [x], y: [y], both: [x, y] }[moves];
  return convWeight(g, [x, y], w.node as Node<'ConvWeight'>, surroundings(moving, more));
}

describe('the gradient of weights agrees with its definition', () => {
  it.each([
    ['few samples and places, many channels: in the order of the weights', [1, 8, 3, 3], [1, 8, 3, 3], [3, 3]],
    ['many samples: a product for each place', [64, 2, 3, 3], [64, 2, 3, 3], [3, 3]],
    ['some samples of many channels: long products', [8, 16, 4, 4], [8, 4, 4, 4], [3, 3]],
    ['an even kernel without padding', [4, 3, 5, 4], [4, 2, 4, 3], [2, 2]],
  ] as const)('%s', async (_, x, y, kernel) => {
    const attributes = kernel[0] === 2 ? { ...same, pads: [0, 0, 0, 0] } : same;
    const w = [y[1], x[1], ...kernel];
    for (const moves of ['x', 'y', 'both'] as const) {
      for (const threads of [1, 4]) {
        await checkForm(
          [x, y],
          (g, operands) => formOf(g, operands, kernel, { attributes, moves, threads }),
          (a, b) => directConvWeight(a, b, w, attributes),
        );
      }
    }
  });

  it('in groups', async () => {
    const attributes = { ...same, group: 2 };
    await checkForm(
      [
        [3, 4, 4, 3],
        [3, 6, 4, 3],
      ],
      (g, operands) => formOf(g, operands, [3, 3], { attributes, moves: 'y' }),
      (x, y) => directConvWeight(x, y, [6, 2, 3, 3], attributes),
    );
  });
});

it('splits a long product among threads, but not for one thread', () => {
  const products = (threads: number) => {
    const g = new GraphBuilder();
    const [x, y] = [g.input('x', 'float32', [8, 16, 4, 4]), g.input('y', 'float32', [8, 4, 4, 4])];
    const w = formOf(g, [x, y], [3, 3], { moves: 'y', threads })!;
    return nodesOf([w])
      .filter((node): boolean => (node.op as Op) === 'MatMul')
      .map(({ outputs }) => outputs[0].shape);
  };
  expect(products(1)[0].slice(0, -2)).toEqual([1]);
  expect(products(4)[0].slice(0, -2)).toEqual([8]);
});
