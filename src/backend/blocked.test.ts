import { describe, expect, it } from 'vitest';
import { blockOfThisMachine, checkForm } from '../../test/unit/checkForm';
import { directConv } from '../../test/unit/directConvolution';
import { GraphBuilder } from '../graph/builder';
import type { ConvAttributes } from '../graph/ops';
import { blockedConv, paddedWork, suitsBlocks } from './blocked';
import { blocksOf, partsOf, toBlocks } from './blocks';

const blockChannels = await blockOfThisMachine();
const same: ConvAttributes = { strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], group: 1 };

describe.runIf(blockChannels !== null)('a blocked convolution', () => {
  it.each([
    ['one block to one', [2, 16, 5, 4], [16, 16, 3, 3], [2, 16, 5, 4], same],
    ['channels that fill no block', [2, 20, 5, 4], [24, 20, 3, 3], [2, 24, 5, 4], same],
    ['fewer channels than a block, from the plain layout', [2, 3, 5, 4], [16, 3, 3, 3], [2, 16, 5, 4], same],
    ['steps', [2, 16, 7, 6], [16, 16, 3, 3], [2, 16, 4, 3], { ...same, strides: [2, 2] }],
    ['gaps', [2, 16, 7, 6], [16, 16, 3, 3], [2, 16, 5, 4], { ...same, dilations: [2, 2] }],
  ] as const)('gives the sum of its definition: %s', async (_, x, w, y, attributes) => {
    await checkForm(
      [x, w],
      (g, [a, b]) => blockedConv(g, a, b, attributes, blockChannels!),
      (a, b) => directConv(a, b, y, attributes),
    );
  });

  it('reads weights whose first two axes are swapped', async () => {
    await checkForm(
      [
        [2, 16, 4, 3],
        [16, 16, 3, 3],
      ],
      (g, [x, w]) => blockedConv(g, x, g.moveAxis(w, 0, 1), same, blockChannels!, true),
      (x, w) => directConv(x, w, [2, 16, 4, 3], same),
    );
  });
});

describe('a blocked layout', () => {
  const suits = (x: readonly number[], w: readonly number[], more: Partial<ConvAttributes> = {}, waste = 1) =>
    suitsBlocks(new GraphBuilder().input('x', 'float32', x), w, { ...same, ...more }, 16, waste);

  it('is used for whole blocks of channels', () => expect(suits([1, 16, 8, 8], [16, 16, 3, 3])).toBe(true));
  it('is not used if most of the work would be padding', () => {
    expect(paddedWork(1, 6, 16)).toBeCloseTo(16 / 6);
    expect(suits([1, 1, 8, 8], [6, 1, 5, 5])).toBe(false);
  });
  it('is not used if the channels are not a multiple of four', () =>
    expect(suits([1, 18, 8, 8], [16, 18, 3, 3])).toBe(false));
  it('is not used for a 1 × 1 convolution, which is a matrix product', () =>
    expect(suits([1, 16, 8, 8], [16, 16, 1, 1])).toBe(false));
  it('is not used for grouped convolutions', () =>
    expect(suits([1, 16, 8, 8], [16, 8, 3, 3], { group: 2 })).toBe(false));
  it('is not used if a transposed convolution would mostly multiply zeros', () =>
    expect(suits([1, 16, 8, 8], [16, 16, 3, 3], {}, 4)).toBe(false));
});

describe('blocks', () => {
  const size = blockChannels ?? 16;

  it('are not made twice', () => {
    const g = new GraphBuilder();
    const blocks = toBlocks(g, g.input('x', 'float32', [2, 2 * size, 3, 3]), size);
    const plain = g.apply('Unblock', [blocks], { channels: 2 * size });
    expect(toBlocks(g, plain, size)).toBe(blocks);
  });

  it('are found behind a reshape that splits samples or whole blocks of channels', () => {
    const g = new GraphBuilder();
    const blocks = toBlocks(g, g.input('x', 'float32', [6, 2 * size, 3, 3]), size);
    const plain = g.apply('Unblock', [blocks], { channels: 2 * size });
    expect(blocksOf(g, g.reshape(plain, [2, 3, 2 * size, 3, 3]), size)).toBe(blocks);
    expect(blocksOf(g, g.reshape(plain, [6, 2, size, 3, 3]), size)!.shape).toEqual([12, size, 3, 3]);
    // Half a block of channels does not lie together.
    expect(blocksOf(g, g.reshape(plain, [6, 4, size / 2, 3, 3]), size)).toBeNull();
    expect(partsOf(g, plain, size)!.shape).toEqual([6, 2, 9, size]);
  });

  it('are not made on a device without blocks', () => {
    const g = new GraphBuilder();
    expect(blocksOf(g, g.input('x', 'float32', [2, 16, 3, 3]), null)).toBeNull();
  });
});
