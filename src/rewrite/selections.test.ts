import { describe, expect, it } from 'vitest';
import { checkRewrite } from '../../test/unit/checkRewrite';
import type { GraphBuilder } from '../graph/builder';
import type { Value } from '../graph/graph';
import type { ConvAttributes, PoolAttributes } from '../graph/ops';
import { sizeOf } from '../graph/tensor';
import { jvp, vjp } from '../autodiff/differentiate';
import { selections } from './selections';

const halves: PoolAttributes = { kernel: [2, 2], strides: [2, 2], pads: [0, 0, 0, 0], dilations: [1, 1], ceil: false };
const overlapping: PoolAttributes = { ...halves, kernel: [3, 3], pads: [1, 1, 1, 1] };
const plain: ConvAttributes = { strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], group: 1 };

const pooled = (g: GraphBuilder, x: Value, attributes = halves) => g.applyAll('MaxPool', [x], attributes)[0];
const relu = (g: GraphBuilder, x: Value) => g.unary('Relu', x);
const perChannel = (g: GraphBuilder, x: Value, b: Value) => g.add(x, g.reshape(b, [1, b.shape[0], 1, 1]));

/** H·v of a loss that curves in y, for parameters that are all parts of one flat vector as v is. */
function product(g: GraphBuilder, theta: readonly Value[], y: Value, v: Value): Value {
  const loss = g.sum(g.mul(g.mul(y, y), y));
  const bars = vjp(g, [loss], [g.like(loss, 1)], theta);
  const gradient = g.concat(
    bars.map((bar, i) => g.reshape(bar!, [sizeOf(theta[i].shape)])),
    0,
  );
  let start = 0;
  const dots = theta.map(({ shape }) => {
    const end = start + sizeOf(shape);
    const dot = g.reshape(g.sliceAxis(v, 0, start, end), shape);
    start = end;
    return dot;
  });
  return jvp(g, [gradient], theta, dots)[0]!;
}

describe('the selection of a pooling', () => {
  it('is masked after the elements are selected and before they are spread', async () => {
    const counts = await checkRewrite(selections, { x: [2, 3, 8, 8], v: [2, 3, 8, 8] }, (g, { x, v }) => {
      const y = pooled(g, relu(g, g.mul(x, x)));
      const [bar] = vjp(g, [y], [g.tanh(y)], [x]);
      return [jvp(g, [bar!], [x], [v])[0]!];
    });
    expect(counts).toMatchObject({ Gather: 1, ScatterAdd: 1 });
  });

  it.each([
    ['halves', halves],
    ['overlapping windows', overlapping],
  ])('is all that the first convolution computes: %s', async (_, pool) => {
    const counts = await checkRewrite(
      selections,
      { x: [2, 2, 9, 8], w: [3, 2, 3, 3], b: [3], v: [57] },
      (g, { x, w, b, v }) => [
        product(
          g,
          [w, b],
          pooled(g, relu(g, perChannel(g, g.conv(x, w, { ...plain, pads: [1, 1, 1, 1] }), b)), pool),
          v,
        ),
      ],
    );
    expect(counts).toMatchObject({ MatMul: 2 });
    for (const op of ['Conv', 'ConvWeight', 'Gather', 'ScatterAdd']) expect(counts).not.toHaveProperty(op);
  });

  it('also applies to a strided and dilated convolution of sequences', async () => {
    const counts = await checkRewrite(selections, { x: [3, 4, 31], w: [2, 4, 5], v: [40] }, (g, { x, w, v }) => {
      const y = g.conv(x, w, { strides: [2], pads: [3, 1], dilations: [2], group: 1 });
      return [
        product(
          g,
          [w],
          g.tanh(pooled(g, y, { ...halves, kernel: [3], strides: [3], pads: [0, 0], dilations: [1] })),
          v,
        ),
      ];
    });
    expect(counts).toMatchObject({ MatMul: 2 });
  });

  it('is found behind a second convolution', async () => {
    const counts = await checkRewrite(
      selections,
      { x: [2, 1, 12, 12], w: [2, 1, 3, 3], u: [3, 2, 2, 2], b: [3], v: [45] },
      (g, { x, w, u, b, v }) => {
        const first = pooled(g, relu(g, g.conv(x, w, plain)));
        const second = pooled(g, relu(g, perChannel(g, g.conv(first, u, plain), b)));
        return [product(g, [w, u, b], second, v)];
      },
    );
    // The second layer: its tangent is selected once, its cotangent spread once, for the input, not for the weights.
    expect(counts).toMatchObject({ Gather: 1, ScatterAdd: 1, MatMul: 3, Conv: 2 });
  });
});

describe('stays as it is', () => {
  it('a convolution whose patches would be too many', async () => {
    const counts = await checkRewrite(selections, { x: [1, 1, 6, 6], w: [20, 1, 3, 3], v: [180] }, (g, { x, w, v }) => [
      product(g, [w], pooled(g, g.conv(x, w, plain)), v),
    ]);
    expect(counts).toMatchObject({ Conv: 1, ConvWeight: 1, Gather: 1, ScatterAdd: 1 });
  });

  it('a value that is also read elsewhere, and a selection that changes', async () => {
    const counts = await checkRewrite(selections, { x: [2, 3, 4, 4], v: [2, 3, 4, 4] }, (g, { x, v }) => {
      const masked = g.mul(v, g.step(x));
      const indices = g.applyAll('MaxPool', [x], halves)[1];
      return [g.gather(g.reshape(masked, [96]), indices, 0), masked];
    });
    expect(counts).toEqual({ Mul: 1, Reshape: 1, Gather: 1 });
  });

  it('a selection of all elements, and a selection of rows', async () => {
    const counts = await checkRewrite(selections, { x: [4, 6], v: [4, 6] }, (g, { x, v }) => {
      const all = g.indices([...Array(24).keys()].reverse());
      const scaled = g.mul(v, x);
      return [g.gather(g.reshape(scaled, [24]), all, 0), g.gather(g.mul(v, g.tanh(x)), g.indices([2, 0]), 0)];
    });
    expect(counts).toEqual({ Mul: 2, Reshape: 1, Gather: 2 });
  });
});
