import { describe, expect, it } from 'vitest';
import { checkRewrite } from '../../test/unit/checkRewrite';
import type { Moved } from '../../test/unit/checkRewrite';
import type { GraphBuilder } from '../graph/builder';
import type { Value } from '../graph/graph';
import { tensor } from '../graph/tensor';
import { collapse } from './collapse';
import { jvp, vjp } from '../autodiff/differentiate';

type Build = (g: GraphBuilder, x: Value, v: Value) => readonly Value[];

/** Collapses a function of x and v, the tangent, both [3,4]. */
const checkCollapsed = (build: Build): Promise<Moved> =>
  checkRewrite(collapse, { x: [3, 4], v: [3, 4] }, (g, { x, v }) => build(g, x, v));

const gelu = (g: GraphBuilder, x: Value) =>
  g.mul(g.scale(x, 0.5), g.shift(g.unary('Erf', g.scale(x, Math.SQRT1_2)), 1));

describe('chains of elementwise operators', () => {
  it('become one product with the tangent', async () => {
    const chain: Build = (g, x, v) => [g.div(g.neg(g.mul(g.tanh(x), g.scale(g.mul(v, x), 3))), g.exp(x))];
    expect(await checkCollapsed(chain)).toEqual({ Mul: 1 });
  });

  it('combine the terms of one tangent, whatever their signs', async () => {
    const sum: Build = (g, x, v) => {
      const [a, b] = [g.mul(v, g.tanh(x)), g.mul(g.exp(x), g.neg(v))];
      return [g.add(g.sub(a, b), g.sub(g.scale(v, 2), v)), g.sub(g.neg(a), g.mul(v, x))];
    };
    expect(await checkCollapsed(sum)).toEqual({ Mul: 2 });
  });

  it('combine a scale for each row with one for each column', async () => {
    const outer: Build = (g, x, v) => {
      const [rows, columns] = [g.sum(x, [1], true), g.sum(x, [0], true)];
      return [g.mul(columns, g.mul(rows, v))];
    };
    expect(await checkCollapsed(outer)).toEqual({ Mul: 1 });
  });

  it('scale broadcast operands like the rest', async () => {
    const normalized: Build = (g, x, v) => {
      const [rows, columns] = [g.sum(x, [1], true), g.sum(x, [0], true)];
      const along = g.sum(g.mul(g.tanh(x), v), [1], true);
      const ones = g.constant(tensor('float32', [3, 4], new Array<number>(12).fill(2)));
      return [g.mul(columns, g.sub(g.mul(rows, v), g.mul(x, along))), g.mul(ones, along)];
    };
    expect(await checkCollapsed(normalized)).toEqual({ Mul: 4, ReduceSum: 1, Sub: 1 });
  });

  it('cancel', async () => {
    const none: Build = (g, x, v) => [g.add(g.mul(x, v), g.scale(g.mul(x, v), -1)), g.tanh(v)];
    expect(await checkCollapsed(none)).toEqual({ Mul: 1, Tanh: 1 });
  });

  it('include the branches of a choice, and keep infinite slopes in branches that are not taken', async () => {
    const chosen: Build = (g, x, v) => {
      const dot = g.matmul(v, g.matmul(g.swapLast(x), x));
      const positive = g.greater(x, g.like(x, 0));
      const root = g.mul(g.reciprocal(g.sqrt(x)), dot);
      const [zero, line] = [g.like(x, 0), g.mul(dot, x)];
      return [g.add(g.where(positive, root, zero), g.where(positive, zero, line)), g.where(positive, dot, zero)];
    };
    expect(await checkCollapsed(chosen)).toEqual({ MatMul: 1, Mul: 2 });
  });

  it('make the second derivative of a Gelu written with Erf two products and a sum', async () => {
    const counts = await checkCollapsed((g, x, v) => {
      const y = gelu(g, x);
      // A cotangent that moves with x, as it does inside a network: through a product with weights.
      const weights = g.constant(
        tensor(
          'float32',
          [4, 4],
          [...Array(16)].map((_, i) => Math.cos(i)),
        ),
      );
      const [bar] = vjp(g, [y], [g.matmul(g.tanh(g.matmul(y, weights)), weights)], [x]);
      return [jvp(g, [bar!], [x], [v])[0]!];
    });
    expect(counts).toEqual({ MatMul: 2, Mul: 4, Add: 1 });
  });
});

describe('stays as it is', () => {
  it('a scaled sum, since one product costs less than two', async () => {
    const relu: Build = (g, x, v) => {
      const [a, b] = [g.matmul(v, g.swapLast(x)), g.matmul(x, g.swapLast(v))];
      return [g.mul(g.step(g.matmul(x, g.swapLast(x))), g.add(a, b))];
    };
    expect(await checkCollapsed(relu)).toEqual({ MatMul: 2, Transpose: 1, Add: 1, Mul: 1 });
  });

  it('a sum that is read twice', async () => {
    const twice: Build = (g, x, v) => {
      const sum = g.add(g.mul(v, x), g.mul(g.sum(v, [1], true), g.tanh(x)));
      return [g.mul(sum, x), g.mul(sum, g.exp(x))];
    };
    expect(await checkCollapsed(twice)).toEqual({ Mul: 4, ReduceSum: 1, Add: 1 });
  });

  it('a broadcast operand, and an operator that is not a product', async () => {
    const softmax: Build = (g, x, v) => {
      const p = g.exp(x);
      const weighed = g.mul(p, v);
      return [g.sub(weighed, g.mul(p, g.sum(weighed, [1], true))), g.where(g.greater(x, g.like(x, 0)), v, x), v];
    };
    expect(await checkCollapsed(softmax)).toEqual({ Mul: 2, ReduceSum: 1, Sub: 1, Where: 1 });
  });

  it('a choice after a product with a possibly infinite slope, and a choice between two tangents', async () => {
    const chosen: Build = (g, x, v) => {
      const positive = g.greater(x, g.like(x, 0));
      const root = g.swapLast(g.mul(g.reciprocal(g.sqrt(x)), v));
      const turned = g.greater(g.swapLast(x), g.like(x, 0));
      return [g.where(turned, root, g.like(x, 0)), g.where(positive, v, g.neg(v)), g.where(positive, v, g.tanh(x))];
    };
    expect(await checkCollapsed(chosen)).toEqual({ Transpose: 1, Mul: 1, Neg: 1, Where: 3 });
  });

  it('a choice that may hide NaN', async () => {
    const hidden: Build = (g, x, v) => {
      const dot = g.matmul(v, g.matmul(g.swapLast(x), x));
      const rows = g.greater(g.sum(x, [1], true), g.like(x, 0));
      const same = g.equal(x, x);
      return [g.where(rows, dot, g.like(x, 0)), g.where(same, dot, g.like(x, 0))];
    };
    expect(await checkCollapsed(hidden)).toEqual({ MatMul: 1, Where: 2 });
  });

  it('a product of two tangents', async () => {
    expect(await checkCollapsed((g, x, v) => [g.mul(g.mul(v, x), g.mul(v, x))])).toEqual({ Mul: 2 });
  });
});
