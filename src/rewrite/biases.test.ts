import { describe, expect, it } from 'vitest';
import { checkRewrite } from '../../test/unit/checkRewrite';
import type { Moved } from '../../test/unit/checkRewrite';
import type { GraphBuilder } from '../graph/builder';
import type { Value } from '../graph/graph';
import { biases } from './biases';

/** Parts of the tangent v, [15]: weights [4,3] and a bias [3]. */
function layer(g: GraphBuilder, v: Value): { weights: Value; bias: Value } {
  return { weights: g.reshape(g.sliceAxis(v, 0, 0, 12), [4, 3]), bias: g.sliceAxis(v, 0, 12, 15) };
}

type Inputs = Record<'x' | 'y' | 'v', Value>;

/** x [5,20,4], y [5,20,3] */
const check = (build: (g: GraphBuilder, inputs: Inputs) => readonly Value[]): Promise<Moved> =>
  checkRewrite(biases, { x: [5, 20, 4], y: [5, 20, 3], v: [15] }, build);

describe('the bias of a layer with trained weights', () => {
  it('becomes a row of the weights', async () => {
    const moved = await check((g, { x, v }) => {
      const { weights, bias } = layer(g, v);
      return [g.add(g.matmul(x, weights), bias), g.add(g.reshape(bias, [1, 1, 3]), g.matmul(g.tanh(x), weights))];
    });
    expect(moved).toEqual({ Slice: 2, Reshape: 2, Concat: 1, MatMul: 2 });
  });

  it('becomes a row behind other terms and with transposed weights', async () => {
    const moved = await check((g, { x, y, v }) => {
      const { weights, bias } = layer(g, v);
      const turned = g.swapLast(g.reshape(weights, [3, 4]));
      const rest = g.matmul(
        g.mul(y, bias),
        g.constant({ dtype: 'float32', shape: [3, 3], data: new Float32Array(9).fill(0.5) }),
      );
      return [g.add(g.add(rest, g.matmul(x, turned)), bias)];
    });
    expect(moved).toEqual({ Slice: 2, Reshape: 2, Concat: 1, Transpose: 1, MatMul: 2, Mul: 1, Add: 1 });
  });

  it.each<[string, (g: GraphBuilder, inputs: Inputs) => readonly Value[]]>([
    [
      'a product that is read elsewhere',
      (g, { x, v }) => {
        const { weights, bias } = layer(g, v);
        const product = g.matmul(x, weights);
        return [g.add(product, bias), g.tanh(product)];
      },
    ],
    [
      'a number for each sample',
      (g, { x, v }) => {
        const { weights } = layer(g, v);
        return [g.add(g.matmul(x, weights), g.reshape(g.sliceAxis(v, 0, 0, 5), [5, 1, 1]))];
      },
    ],
    [
      'an input that moves',
      (g, { x, y, v }) => {
        const { weights, bias } = layer(g, v);
        return [g.add(g.matmul(g.matmul(g.mul(y, bias), g.swapLast(weights)), weights), bias), x];
      },
    ],
    [
      'few samples',
      (g, { x, v }) => {
        const { weights, bias } = layer(g, v);
        return [g.add(g.matmul(g.sliceAxis(x, 1, 0, 6), weights), bias)];
      },
    ],
  ])('stays unchanged beside %s', async (_, build) => {
    const moved = await check(build);
    expect(moved.Add).toBe(1);
    expect(moved.Concat).toBeUndefined();
  });
});

describe('the gradient of a bias', () => {
  const cotangent = (g: GraphBuilder, { y, v }: Inputs) => g.mul(y, layer(g, v).bias);

  it.each<[string, (g: GraphBuilder, bar: Value) => Value]>([
    ['the value that the product sees in rows', (g, bar) => g.sum(bar, [0, 1])],
    ['the same rows', (g, bar) => g.sum(g.reshape(bar, [100, 3]), [0], true)],
  ])('becomes a row of the weight gradient, summed over %s', async (_, sum) => {
    const moved = await check((g, inputs) => {
      const bar = cotangent(g, inputs);
      const weights = g.matmul(g.swapLast(g.reshape(inputs.x, [100, 4])), g.reshape(bar, [100, 3]));
      return [sum(g, bar), weights];
    });
    expect(moved.ReduceSum).toBeUndefined();
    expect(moved.MatMul).toBe(1);
  });

  it('stays a sum without such a product, or if not all rows are summed', async () => {
    const moved = await check((g, inputs) => {
      const bar = cotangent(g, inputs);
      const weights = g.matmul(g.swapLast(g.reshape(inputs.x, [100, 4])), g.reshape(g.tanh(bar), [100, 3]));
      return [g.sum(bar, [0, 1]), g.sum(g.tanh(bar), [0]), weights];
    });
    expect(moved.ReduceSum).toBe(2);
    expect(moved.Concat).toBeUndefined();
  });
});
