import { describe, expect, it } from 'vitest';
import { checkGuard } from '../../../test/unit/checkGuard';
import { booleans, integers, normal, values } from '../../../test/unit/checkRule';
import { GraphBuilder } from '../../graph/builder';
import type { Value } from '../../graph/graph';
import { tensor } from '../../graph/tensor';
import { guard } from './guard';

const zero = (g: GraphBuilder, x: Value) => g.like(x, 0);
const one = (g: GraphBuilder, x: Value) => g.like(x, 1);
const positive = (g: GraphBuilder, x: Value) => g.greater(x, zero(g, x));
/** Builds f(x) where x > 0 and 0 elsewhere, with the usual double Where. */
const byHand = (g: GraphBuilder, x: Value, f: (safe: Value) => Value, condition = positive(g, x), safe = 1) =>
  g.where(condition, f(g.where(condition, x, g.like(x, safe))), zero(g, x));
const some = values([2, 0, -1, 0.5, 0, 3], [2, 3]);
const weights = normal([3, 2]);

describe('a branch with a pole that is not taken', () => {
  checkGuard('a root', {
    x: some,
    guarded: (g, x) => g.where(positive(g, x), g.sqrt(x), zero(g, x)),
    same: (g, x) => byHand(g, x, g.sqrt),
  });
  checkGuard('a logarithm, and a mask from the data', {
    x: values([0.3, 0, 0.7, 0]),
    data: [booleans([1, 0, 1, 0])],
    guarded: (g, p, mask) => g.where(mask, g.mul(p, g.log(p)), zero(g, p)),
    same: (g, p, mask) => byHand(g, p, (x) => g.mul(x, g.log(x)), mask),
  });
  checkGuard('a quotient by a parameter', {
    x: some,
    guarded: (g, x) => g.where(g.equal(x, zero(g, x)), zero(g, x), g.div(one(g, x), x)),
    same: (g, x) => byHand(g, x, g.reciprocal, g.unary('Not', g.equal(x, zero(g, x)))),
  });
  checkGuard('a quotient by a count from the data', {
    x: normal([3, 2]),
    data: [values([2, 0, 1], [3, 1])],
    guarded: (g, x, n) => g.where(positive(g, n), g.div(g.square(x), n), zero(g, x)),
    same: (g, x, n) => g.where(positive(g, n), g.div(g.square(x), g.max(n, one(g, n))), zero(g, x)),
  });
  checkGuard('a softplus written out, whose exponential overflows', {
    x: values([-3, 0.5, 90, 800]),
    guarded: (g, x) => g.where(g.greater(x, g.like(x, 80)), x, g.log(g.shift(g.exp(x), 1))),
    // x + Softplus(−x) equals Softplus(x) and does not overflow.
    same: (g, x) => g.sub(x, g.neg(g.unary('Softplus', g.neg(x)))),
  });
  checkGuard('an Elu written out', {
    x: values([-3, 0.5, 90, 800]),
    guarded: (g, x) => g.where(positive(g, x), x, g.shift(g.exp(x), -1)),
    same: (g, x) => g.where(positive(g, x), x, g.shift(g.exp(g.min(x, zero(g, x))), -1)),
  });
  checkGuard('a power of a base that is not positive', {
    x: values([2, 0, -1.5, 0.3]),
    guarded: (g, x) => g.where(positive(g, x), g.pow(x, g.like(x, 1.3)), zero(g, x)),
    same: (g, x) => byHand(g, x, (safe) => g.pow(safe, g.like(x, 1.3))),
  });
  checkGuard('an inverse power', {
    x: values([2, 0, -1.5, 0.3]),
    guarded: (g, x) => g.where(g.equal(x, zero(g, x)), zero(g, x), g.pow(x, g.like(x, -2))),
    same: (g, x) => byHand(g, x, (safe) => g.pow(safe, g.like(x, -2)), g.unary('Not', g.equal(x, zero(g, x)))),
  });
  for (const op of ['Asin', 'Acos', 'Atanh'] as const) {
    const inside = (g: GraphBuilder, x: Value) => g.less(g.unary('Abs', x), one(g, x));
    checkGuard(`${op} at its ends and beyond`, {
      x: values([0.3, 1, -1, 1.5, -0.2]),
      guarded: (g, x) => g.where(inside(g, x), g.unary(op, x), zero(g, x)),
      same: (g, x) => byHand(g, x, (safe) => g.unary(op, safe), inside(g, x), 0),
    });
  }
});

describe('a guard with operators between pole and choice', () => {
  checkGuard('the norm of rows, some of them zero', {
    x: values([1, 2, 0, 0, -1, 3], [3, 2]),
    guarded(g, x) {
      const s = g.sum(g.square(x), [1]);
      return g.where(g.equal(s, zero(g, s)), zero(g, s), g.sqrt(s));
    },
    same(g, x) {
      const s = g.sum(g.square(x), [1]);
      return byHand(g, s, g.sqrt);
    },
  });
  checkGuard('a matrix product in between', {
    x: values([1, 2, 3, 0, 0, 4, 2, 1, 5], [3, 3]),
    data: [weights, booleans([1, 0, 1], [3, 1])],
    guarded: (g, x, w, mask) => g.where(mask, g.matmul(g.sqrt(x), g.square(w)), zero(g, x)),
    same: (g, x, w, mask) => g.where(mask, g.matmul(g.sqrt(g.where(mask, x, one(g, x))), g.square(w)), zero(g, x)),
  });
  checkGuard('a product with a matrix of parameters, and omitted columns', {
    x: values([1, 2, 0, 3, 0, 4], [2, 3]),
    data: [normal([4, 2])],
    guarded(g, x, a) {
      const mask = g.constant(tensor('bool', [3], [1, 0, 0]));
      return g.where(mask, g.matmul(a, g.log(g.square(x))), zero(g, x));
    },
    same(g, x, a) {
      const mask = g.constant(tensor('bool', [3], [1, 0, 0]));
      return g.where(mask, g.matmul(a, g.log(g.square(g.where(mask, x, one(g, x))))), zero(g, x));
    },
  });
  checkGuard('axes that are permuted, cut, joined, gathered and summed in between', {
    x: values([1, 0, 3, 4, 0, 6, 7, 8, 9, 10, 11, 12], [4, 3]),
    data: [integers([0, 1, 0, 2], [2, 2])],
    guarded(g, x, picks) {
      const y = g.concat([g.transpose(g.sqrt(x), [1, 0]), g.transpose(x, [1, 0])], 1);
      const sums = g.sum(g.reshape(g.sliceAxis(y, 1, 0, 4), [3, 2, 2]), [2]);
      const clean = g.constant(tensor('bool', [3, 2], [1, 1, 0, 1, 0, 1]));
      const picked = g.gather(sums, picks, 0);
      return g.where(g.gather(clean, picks, 0), picked, zero(g, x));
    },
    same(g, x, picks) {
      // Rows of x are columns of y, so element (i, j) contributes to the sum (j, i / 2).
      const keep = g.constant(tensor('bool', [4, 3], [1, 0, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1]));
      const y = g.transpose(g.where(keep, g.sqrt(g.where(keep, x, one(g, x))), zero(g, x)), [1, 0]);
      const sums = g.sum(g.reshape(y, [3, 2, 2]), [2]);
      const clean = g.constant(tensor('bool', [3, 2], [1, 1, 0, 1, 0, 1]));
      return g.where(g.gather(clean, picks, 0), g.gather(sums, picks, 0), zero(g, x));
    },
  });
  checkGuard('a convolution in between', {
    x: values([4, 1, 9, 2, 0, 3, 1, 5], [1, 1, 8]),
    data: [values([1, -2, 0.5], [1, 1, 3])],
    guarded(g, x, w) {
      const mask = g.constant(tensor('bool', [6], [1, 1, 0, 0, 0, 1]));
      const y = g.conv(g.sqrt(x), w, { strides: [1], pads: [0, 0], dilations: [1], group: 1 });
      return g.where(mask, y, zero(g, x));
    },
    same(g, x, w) {
      const mask = g.constant(tensor('bool', [6], [1, 1, 0, 0, 0, 1]));
      const keep = g.constant(tensor('bool', [8], [1, 1, 1, 1, 0, 1, 1, 1]));
      const root = g.sqrt(g.where(keep, x, one(g, x)));
      return g.where(mask, g.conv(root, w, { strides: [1], pads: [0, 0], dilations: [1], group: 1 }), zero(g, x));
    },
  });
  checkGuard('one guard inside another', {
    x: some,
    guarded(g, x) {
      const inner = g.where(positive(g, x), g.log(x), g.reciprocal(x));
      return g.where(g.equal(x, zero(g, x)), zero(g, x), g.scale(inner, 3));
    },
    same(g, x) {
      const positives = byHand(g, x, g.log);
      return g.scale(g.add(positives, byHand(g, x, g.reciprocal, g.less(x, zero(g, x)), -1)), 3);
    },
  });
  checkGuard('rows of attention that are fully masked', {
    // The mask that hides all positions of these rows also stops their cotangents.
    harmless: true,
    x: normal([2, 3]),
    data: [booleans([1, 0, 1, 0, 0, 0], [2, 3]), weights],
    guarded(g, x, mask, v) {
      const p = g.apply('Softmax', [g.where(mask, x, g.like(x, -Infinity))], { axis: 1 });
      return g.matmul(g.where(g.unary('IsNaN', p), zero(g, p), p), v);
    },
    same(g, x, mask, v) {
      const p = g.apply('Softmax', [g.where(mask, x, g.like(x, -1e9))], { axis: 1 });
      return g.matmul(g.where(g.constant(tensor('bool', [2, 1], [1, 0])), p, zero(g, p)), v);
    },
  });
  checkGuard('rows of attention under an additive mask', {
    x: normal([2, 3]),
    data: [values([0, -Infinity, 0, -Infinity, -Infinity, -Infinity], [2, 3]), booleans([1, 0], [2, 1])],
    guarded(g, x, mask, real) {
      return g.where(real, g.apply('Softmax', [g.add(x, mask)], { axis: 1 }), zero(g, x));
    },
    same(g, x, mask, real) {
      const shut = g.where(real, mask, zero(g, mask));
      return g.where(real, g.apply('Softmax', [g.add(x, shut)], { axis: 1 }), zero(g, x));
    },
  });
});

describe('choices other than Where', () => {
  checkGuard('a logarithm with a floor', {
    x: values([0.3, 0, 0.7]),
    guarded: (g, p) => g.max(g.log(p), g.like(p, -100)),
    same: (g, p) => g.where(positive(g, p), g.log(g.where(positive(g, p), p, one(g, p))), g.like(p, -100)),
  });
  checkGuard('the smaller of two numbers', {
    x: values([0.3, 0, 0.7]),
    guarded: (g, p) => g.min(g.neg(g.log(p)), g.like(p, 100)),
    same: (g, p) => g.neg(g.where(positive(g, p), g.log(g.where(positive(g, p), p, one(g, p))), g.like(p, -100))),
  });
  checkGuard('a norm that is at least ε', {
    x: values([0, 0, 3, 4], [2, 2]),
    guarded: (g, x) => g.div(x, g.max(g.sqrt(g.sum(g.square(x), [1], true)), g.like(x, 1e-3))),
    same(g, x) {
      const s = g.sum(g.square(x), [1], true);
      return g.div(x, g.where(positive(g, s), g.sqrt(g.where(positive(g, s), s, one(g, s))), g.like(s, 1e-3)));
    },
  });
  checkGuard('a rectified root', {
    x: values([4, 0, 1]),
    guarded: (g, x) => g.unary('Relu', g.sqrt(x)),
    same: (g, x) => byHand(g, x, g.sqrt),
  });
  checkGuard('the absolute value of a root', {
    x: values([4, 0, 1]),
    guarded: (g, x) => g.unary('Abs', g.sqrt(x)),
    same: (g, x) => byHand(g, x, g.sqrt),
  });
  checkGuard('the largest of roots', {
    x: values([4, 0, 1, 9, 2, 0], [2, 3]),
    guarded: (g, x) => g.apply('ReduceMax', [g.sqrt(x)], { axes: [1], keepdims: false }),
    same: (g, x) => g.apply('ReduceMax', [g.sqrt(g.max(x, g.like(x, 0.5)))], { axes: [1], keepdims: false }),
  });
  checkGuard('the smallest of exponentials', {
    x: values([4, 900, 1, 9, 2, 800], [2, 3]),
    guarded: (g, x) => g.apply('ReduceMin', [g.exp(x)], { axes: [1], keepdims: false }),
    same: (g, x) => g.apply('ReduceMin', [g.exp(g.min(x, g.like(x, 20)))], { axes: [1], keepdims: false }),
  });
  checkGuard('pooled roots', {
    x: values([4, 0, 1, 9, 2, 0, 0, 3], [1, 1, 8]),
    guarded: (g, x) =>
      g.applyAll('MaxPool', [g.sqrt(x)], { kernel: [2], strides: [2], pads: [0, 0], dilations: [1], ceil: false })[0],
    same: (g, x) =>
      g.applyAll('MaxPool', [g.sqrt(g.max(x, g.like(x, 0.5)))], {
        kernel: [2],
        strides: [2],
        pads: [0, 0],
        dilations: [1],
        ceil: false,
      })[0],
  });
  checkGuard('the two largest roots', {
    x: values([4, 0, 1, 9, 2, 0], [2, 3]),
    guarded: (g, x) => g.applyAll('TopK', [g.sqrt(x)], { axis: 1, k: 2, largest: true })[0],
    same: (g, x) => g.applyAll('TopK', [g.sqrt(g.max(x, g.like(x, 0.5)))], { axis: 1, k: 2, largest: true })[0],
  });
});

describe('data with NaN', () => {
  checkGuard('missing targets', {
    x: normal([4]),
    data: [values([1, NaN, 2, NaN])],
    guarded: (g, x, t) => g.where(g.unary('IsNaN', t), zero(g, x), g.square(g.sub(x, t))),
    same: (g, x, t) =>
      g.where(g.unary('IsNaN', t), zero(g, x), g.square(g.sub(x, g.constant(tensor(x.dtype, [4], [1, 0, 2, 0]))))),
  });
  checkGuard('missing rows of data', {
    x: normal([3, 2]),
    data: [values([1, 2, 3, NaN, NaN, Infinity], [2, 3]), booleans([1, 0], [2, 1])],
    guarded: (g, w, x, mask) => g.where(mask, g.tanh(g.matmul(x, w)), zero(g, w)),
    same: (g, w, x, mask) => g.where(mask, g.tanh(g.matmul(g.where(mask, x, zero(g, x)), w)), zero(g, w)),
  });
});

describe('a quotient with a limit at 0/0', () => {
  const holes: Record<string, [(g: GraphBuilder, x: Value) => Value, number, readonly number[]]> = {
    // The power series of each quotient gives its limit, slope and curvature.
    'sin x / x': [(g, x) => g.div(g.unary('Sin', x), x), 1, [0, -1 / 3]],
    '(eˣ − 1)/x': [(g, x) => g.div(g.shift(g.exp(x), -1), x), 1, [1 / 2, 1 / 3]],
    'log(1 + x)/x': [(g, x) => g.div(g.log(g.shift(x, 1)), x), 1, [-1 / 2, 2 / 3]],
    '(1 − cos x)/x²': [(g, x) => g.div(g.sub(one(g, x), g.unary('Cos', x)), g.square(x)), 1 / 2, [0, -1 / 12]],
    'tanh x / x': [(g, x) => g.mul(g.tanh(x), g.reciprocal(x)), 1, [0, -2 / 3]],
    'x/(eˣ − 1)': [(g, x) => g.div(x, g.shift(g.exp(x), -1)), 1, [-1 / 2, 1 / 6]],
    'atan x / x': [(g, x) => g.div(g.unary('Atan', x), x), 1, [0, -2 / 3]],
  };
  for (const [name, [quotient, limit, [slope, bend]]] of Object.entries(holes)) {
    checkGuard(name, {
      x: values([0, 0, 0]),
      guarded: (g, x) => g.where(g.equal(x, zero(g, x)), g.like(x, limit), quotient(g, x)),
      same: (g, x) => g.add(g.like(x, limit), g.add(g.scale(x, slope!), g.scale(g.square(x), bend! / 2))),
    });
  }
  checkGuard('sin πw / πw at the hole and beside it', {
    x: values([0, 0.4, -1.2]),
    guarded(g, w) {
      const x = g.scale(w, Math.PI);
      return g.where(g.equal(x, zero(g, x)), one(g, x), g.div(g.unary('Sin', x), x));
    },
    same(g, w) {
      const there = g.constant(tensor('bool', [3], [1, 0, 0]));
      const x = g.scale(w, Math.PI);
      const safe = g.where(there, one(g, x), x);
      return g.where(there, g.shift(g.scale(g.square(x), -1 / 6), 1), g.div(g.unary('Sin', safe), safe));
    },
  });
  checkGuard('another value than the limit, which the model holds constant there', {
    x: values([0, 0.4, -1.2]),
    guarded: (g, x) => g.where(g.equal(x, zero(g, x)), zero(g, x), g.div(g.unary('Sin', x), x)),
    same: (g, x) => byHand(g, x, (safe) => g.div(g.unary('Sin', safe), safe), g.unary('Not', g.equal(x, zero(g, x)))),
  });
});

describe('graphs without a pole below a choice', () => {
  const untouched = (name: string, build: (g: GraphBuilder, x: Value, w: Value) => Value) =>
    it(`leaves ${name} as it is`, () => {
      const g = new GraphBuilder();
      const [x, w] = [g.input('x', 'float32', [4, 3]), g.input('w', 'float32', [3, 3])];
      const y = build(g, x, w);
      expect(guard(g, [y], { wrt: [w] })(y)).toBe(y);
    });
  const pool = (g: GraphBuilder, x: Value) => g.apply('ReduceMax', [x], { axes: [1], keepdims: false });
  untouched('a normalization by variance plus ε', (g, x, w) => {
    const y = g.matmul(x, w);
    const variance = g.mean(g.square(g.sub(y, g.mean(y, [1], true))), [1], true);
    return pool(g, g.div(y, g.sqrt(g.shift(variance, 1e-5))));
  });
  untouched('an exponent cut at zero', (g, x, w) => {
    const y = g.matmul(x, w);
    return g.where(positive(g, y), y, g.shift(g.exp(g.where(positive(g, y), zero(g, y), y)), -1));
  });
  untouched('a root that was guarded by hand', (g, x, w) => byHand(g, g.matmul(x, w), g.sqrt));
  untouched('a softmax written out', (g, x, w) => {
    const y = g.matmul(x, w);
    const e = g.exp(g.sub(y, g.apply('ReduceMax', [y], { axes: [1], keepdims: true })));
    return pool(g, g.div(e, g.sum(e, [1], true)));
  });
  untouched('both branches of a choice above a root', (g, _, w) => {
    const y = g.sqrt(g.matmul(w, w));
    return g.where(g.greater(y, one(g, y)), y, g.scale(y, 0.1));
  });
  untouched('a mask over data that other readers need as they are', (g, x, w) => {
    const [q, v] = [g.matmul(x, w), g.matmul(x, g.square(w))];
    const mask = g.greater(g.sum(x, [1], true), zero(g, x));
    return g.add(g.where(mask, q, zero(g, q)), v);
  });
});
