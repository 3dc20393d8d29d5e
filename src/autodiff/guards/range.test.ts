import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../graph/builder';
import type { Value } from '../../graph/graph';
import { Ranges } from './range';

/** Computes the bounds of an expression in a parameter w and data x. */
function rangeOf(build: (g: GraphBuilder, w: Value, x: Value) => Value) {
  const g = new GraphBuilder();
  const [w, x] = [g.input('w', 'float32', [3, 3]), g.input('x', 'float32', [4, 3])];
  return new Ranges(new Set([w])).of(build(g, w, x));
}
const zero = (g: GraphBuilder, x: Value) => g.like(x, 0);

describe('ranges of values', () => {
  it('know that a variance plus ε is not zero', () => {
    const variance = rangeOf((g, w, x) => g.shift(g.mean(g.square(g.matmul(x, w)), [1], true), 1e-5));
    expect(variance.low).toBeCloseTo(1e-5, 10);
    expect(variance).toMatchObject({ nonzero: true, finite: true });
  });
  it('use what a condition implies for the branch that it takes', () => {
    expect(rangeOf((g, w) => g.where(g.greater(w, zero(g, w)), w, g.like(w, 1))).low).toBeGreaterThan(0);
    expect(rangeOf((g, w) => g.where(g.greater(w, zero(g, w)), g.like(w, -1), w)).high).toBe(0);
    expect(rangeOf((g, w) => g.where(g.less(zero(g, w), w), w, g.like(w, 1))).low).toBeGreaterThan(0);
    expect(rangeOf((g, w) => g.where(g.unary('Not', g.less(w, g.like(w, 2))), w, g.like(w, 3))).low).toBe(2);
    expect(rangeOf((g, w) => g.where(g.equal(w, zero(g, w)), g.like(w, 1), w)).nonzero).toBe(true);
    expect(rangeOf((g, w) => g.where(g.equal(w, zero(g, w)), w, g.like(w, 1))).nonzero).toBe(false);
  });
  it('know that the largest term of a softmax is 1', () => {
    const exponent = (g: GraphBuilder, w: Value) => g.sub(w, g.apply('ReduceMax', [w], { axes: [1], keepdims: true }));
    expect(rangeOf((g, w) => exponent(g, w)).high).toBe(0);
    expect(rangeOf((g, w) => g.sum(g.exp(exponent(g, w)), [1])).low).toBe(1);
    expect(rangeOf((g, w) => g.sum(g.exp(exponent(g, w)), [0])).low).toBe(0);
  });
  it('treat data, overflows and values outside a domain as possibly not finite', () => {
    expect(rangeOf((g, _, x) => g.shift(x, 1)).finite).toBe(false);
    expect(rangeOf((g, w, x) => g.matmul(x, w)).finite).toBe(true);
    expect(rangeOf((g, w) => g.exp(w)).finite).toBe(false);
    expect(rangeOf((g, w) => g.exp(g.neg(g.square(w)))).finite).toBe(true);
    expect(rangeOf((g, w) => g.log(w)).finite).toBe(false);
    expect(rangeOf((g, w) => g.where(g.greater(w, zero(g, w)), w, g.like(w, -Infinity))).finite).toBe(false);
  });
});
