import { describe, expect, it } from 'vitest';
import { blockOfThisMachine, checkForm } from '../../test/unit/checkForm';
import { directConv, directConvWeight } from '../../test/unit/directConvolution';
import { GraphBuilder } from '../graph/builder';
import type { ConvAttributes } from '../graph/ops';
import { sizes } from '../graph/unroll';
import { blockedDepthwise, repeatedIn, weightsByConvolution, weightsInBlocks } from './depthwise';

const blockChannels = await blockOfThisMachine();

interface Case {
  about: string;
  x: number[];
  w: number[];
  y: number[];
  attributes: ConvAttributes;
}

const same = (group: number): ConvAttributes => ({ strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], group });

const SINGLE: Case[] = [
  { about: 'kept size', x: [2, 16, 5, 4], w: [16, 1, 3, 3], y: [2, 16, 5, 4], attributes: same(16) },
  {
    about: 'strides that leave positions over',
    x: [2, 16, 8, 6],
    w: [16, 1, 3, 3],
    y: [2, 16, 3, 2],
    attributes: { ...same(16), strides: [2, 2], pads: [0, 0, 0, 0] },
  },
  {
    about: 'gaps and uneven padding',
    x: [2, 16, 7, 6],
    w: [16, 1, 3, 3],
    y: [2, 16, 5, 4],
    attributes: { ...same(16), dilations: [2, 2], pads: [2, 0, 0, 2] },
  },
  {
    about: 'channels that do not fill a block',
    x: [2, 20, 5, 4],
    w: [20, 1, 3, 3],
    y: [2, 20, 5, 4],
    attributes: same(20),
  },
];

const SEVERAL: Case[] = [
  { about: 'three results for each channel', x: [2, 4, 5, 4], w: [12, 1, 3, 3], y: [2, 12, 5, 4], attributes: same(4) },
  { about: 'three channels for each result', x: [2, 12, 5, 4], w: [4, 3, 3, 3], y: [2, 4, 5, 4], attributes: same(4) },
];

const geometryOf = ({ x, w, y, attributes }: Case) => ({ ...attributes, ...sizes(x, y, w, attributes.group) });

describe('the weight gradients of a depthwise convolution, as a convolution with ȳ as its kernel', () => {
  it.each([...SINGLE, ...SEVERAL])('agree with their definition: $about', async (one) => {
    await checkForm(
      [one.x, one.y],
      (g, [x, y]) => weightsByConvolution(g, x, y, geometryOf(one)),
      (x, y) => directConvWeight(x, y, one.w, one.attributes),
    );
  });

  it('use another form if ȳ is a larger kernel than the runtime handles fast', () => {
    const large: Case = { about: '', x: [1, 4, 64, 64], w: [4, 1, 3, 3], y: [1, 4, 64, 64], attributes: same(4) };
    const g = new GraphBuilder();
    const [x, y] = [g.input('x', 'float32', large.x), g.input('y', 'float32', large.y)];
    expect(weightsByConvolution(g, x, y, geometryOf(large))).toBeNull();
  });
});

describe.runIf(blockChannels !== null)('in a blocked layout', () => {
  it.each(SINGLE)('a depthwise convolution agrees with its definition: $about', async (one) => {
    await checkForm(
      [one.x, one.w],
      (g, [x, w]) => blockedDepthwise(g, x, w, one.attributes, blockChannels!),
      (x, w) => directConv(x, w, one.y, one.attributes),
    );
  });

  it.each(SINGLE)('the gradient of its weights agrees with its definition: $about', async (one) => {
    await checkForm(
      [one.x, one.y],
      (g, [x, y]) => weightsInBlocks(g, x, y, geometryOf(one), blockChannels!),
      (x, y) => directConvWeight(x, y, one.w, one.attributes),
    );
  });

  it('channels that would mostly be padding use another form', () => {
    const g = new GraphBuilder();
    const [x, w] = [g.input('x', 'float32', [2, 3, 5, 4]), g.input('w', 'float32', [3, 1, 3, 3])];
    expect(blockedDepthwise(g, x, w, same(3), blockChannels!)).toBeNull();
  });

  it('runs that repeat the same data keep one copy of it', async () => {
    const [samples, runs, channels] = [2, 3, 16];
    const attributes = same(runs * channels);
    await checkForm(
      [
        [samples, channels, 5, 4],
        [runs * channels, 1, 3, 3],
      ],
      (g, [x, w]) => {
        const repeated = g.expand(g.reshape(x, [samples, 1, channels, 5, 4]), [samples, runs, channels, 5, 4]);
        return blockedDepthwise(
          g,
          g.reshape(repeated, [samples, runs * channels, 5, 4]),
          w,
          attributes,
          blockChannels!,
        );
      },
      (x, w) => {
        const perSample = channels * 20;
        const values = Array.from({ length: samples * runs }, (_, i) =>
          Array.from(x.values).slice(Math.floor(i / runs) * perSample, (Math.floor(i / runs) + 1) * perSample),
        ).flat();
        const shape = [samples, runs * channels, 5, 4];
        return directConv({ shape, values }, w, shape, attributes);
      },
    );
  });
});

it('finds data that all runs repeat', () => {
  const g = new GraphBuilder();
  const x = g.input('x', 'float32', [2, 4, 3, 3]);
  const repeated = g.reshape(g.expand(g.reshape(x, [2, 1, 4, 3, 3]), [2, 5, 4, 3, 3]), [2, 20, 3, 3]);
  expect(repeatedIn(g, repeated)).toEqual({ source: x, runs: 5 });
  expect(repeatedIn(g, g.input('other', 'float32', [2, 20, 3, 3]))).toBeNull();
});
