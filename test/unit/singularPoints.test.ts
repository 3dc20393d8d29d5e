import { describe } from 'vitest';
import type { SingularPoint, Writing } from './checkSingular';
import { checkSingular } from './checkSingular';
import type { Value } from '../../src/graph/graph';

const zeros = (n: number) => Array<number>(n).fill(0);
const flat = (n: number) => ({ gradient: zeros(n), hessian: Array.from({ length: n }, () => zeros(n)) });
const diagonal = (entries: readonly number[]) =>
  entries.map((entry, i) => entries.map((_, j) => (i === j ? entry : 0)));
const product = (x: readonly number[]) => x.reduce((a, b) => a * b, 1);
const sum = (x: readonly number[]) => x.reduce((a, b) => a + b, 0);
const mean = (x: readonly number[]) => sum(x) / x.length;
const norm = (x: readonly number[]) => Math.hypot(...x);
/** Different weights, because the derivatives of a normalized row sum to zero and only a weighted sum shows them. */
const WEIGHTS = [1, -2, 0.5, 3];
const weighted = ({ g, of }: Writing, y: Value) => g.mul(y, of(WEIGHTS.slice(0, y.shape.at(-1)!)));
const byWeights = (y: readonly number[]) => y.map((value, i) => value * WEIGHTS[i % WEIGHTS.length]);
const standardized = (x: readonly number[], epsilon: number) => {
  const centred = x.map((value) => value - mean(x));
  return centred.map((value) => value / Math.sqrt(mean(centred.map((c) => c * c)) + epsilon));
};

describe('norms', () => {
  checkSingular('ReduceL2 of zeros has the slope 0, like torch.linalg.vector_norm', {
    at: [0, 0, 0],
    graph: ({ op }, x) => op('ReduceL2', [x, [0]], { keepdims: 0 }),
    is: (x) => [norm(x)],
    ...flat(3),
  });
  checkSingular('ReduceL1 of zeros has the slope 0', {
    at: [0, 0],
    graph: ({ op }, x) => op('ReduceL1', [x, [0]]),
    is: (x) => [sum(x.map(Math.abs))],
    ...flat(2),
  });
  checkSingular('ReduceSumSquare of zeros', {
    at: [0, 0],
    graph: ({ op }, x) => op('ReduceSumSquare', [x, [0]]),
    is: (x) => [sum(x.map((value) => value * value))],
  });
  for (const p of [1, 2]) {
    checkSingular(`LpNormalization with p = ${p} of a row of zeros is 0, with the slope 0`, {
      at: [0, 0, 0],
      graph: (w, x) => weighted(w, w.op('LpNormalization', [x], { p, axis: 0 })),
      is: () => zeros(3),
      ...flat(3),
    });
  }
});

describe('products', () => {
  for (const at of [
    [2, 0, 3],
    [0, 0, 3],
    [0, 0, 0],
    [2, 0, 3, 0],
    [1, 2, 0, 4, 5],
    [-1, -0.5, 2],
  ]) {
    checkSingular(`ReduceProd of ${at.join()}`, {
      at,
      graph: ({ op }, x) => op('ReduceProd', [x, [0]], { keepdims: 0 }),
      is: (x) => [product(x)],
    });
  }
});

describe('normalizations of constant rows', () => {
  const affine = ({ op, of }: Writing, name: string, x: Value, n: number, attributes: Record<string, number>) =>
    op(name, [x, of(Array<number>(n).fill(1)), of(zeros(n))], attributes);
  const step = 1e-3;
  const row = { at: [3, 3, 3, 3], shape: [1, 4], step };
  checkSingular('LayerNormalization', {
    ...row,
    graph: (w, x) => weighted(w, affine(w, 'LayerNormalization', x, 4, { epsilon: 0.01 })),
    is: (x) => byWeights(standardized(x, 0.01)),
  });
  checkSingular('InstanceNormalization', {
    ...row,
    shape: [1, 1, 4],
    graph: (w, x) => weighted(w, affine(w, 'InstanceNormalization', x, 1, { epsilon: 0.01 })),
    is: (x) => byWeights(standardized(x, 0.01)),
  });
  checkSingular('GroupNormalization', {
    ...row,
    shape: [1, 1, 4],
    graph: (w, x) => weighted(w, affine(w, 'GroupNormalization', x, 1, { epsilon: 0.01, num_groups: 1 })),
    is: (x) => byWeights(standardized(x, 0.01)),
  });
  checkSingular('RMSNormalization of zeros', {
    at: zeros(4),
    step,
    graph: (w, x) => weighted(w, w.op('RMSNormalization', [x, w.of([1, 1, 1, 1])], { epsilon: 0.01 })),
    is: (x) => byWeights(x.map((value) => value / Math.sqrt(mean(x.map((c) => c * c)) + 0.01))),
  });
  checkSingular('MeanVarianceNormalization, which adds its ε outside the root', {
    ...row,
    shape: [1, 1, 2, 2],
    graph: ({ op, g, of }, x) => g.mul(op('MeanVarianceNormalization', [x]), of(WEIGHTS, [2, 2])),
    is: () => zeros(4),
    // The gradient is (wᵢ − mean w)/ε.
    gradient: WEIGHTS.map((value) => (value - mean(WEIGHTS)) * 1e9),
    hessian: diagonal(zeros(4)),
  });
});

describe('cosine similarity with a row of zeros', () => {
  const y = [1, -2, 0.5];
  const epsilon = 0.1;
  const cosine = (x: readonly number[]) => [sum(x.map((v, i) => v * y[i])) / (Math.max(norm(x), epsilon) * norm(y))];
  const written = (length: (w: Writing, x: Value) => Value) => (w: Writing, x: Value) => {
    const other = w.of(y);
    const along = w.op('ReduceSum', [w.op('Mul', [x, other]), [0]]);
    const size = w.op('Max', [length(w, x), w.of([epsilon], [])]);
    return w.op('Div', [along, w.op('Mul', [size, length(w, other)])]);
  };
  const at = { at: [0, 0, 0], is: cosine };
  checkSingular('by ReduceL2', { ...at, graph: written(({ op }, x) => op('ReduceL2', [x, [0]])) });
  checkSingular('by Sqrt', {
    ...at,
    graph: written(({ op }, x) => op('Sqrt', [op('ReduceSum', [op('Mul', [x, x]), [0]])])),
  });
  checkSingular('by Clip', {
    at: [0, 0, 0],
    graph: (w, x) => {
      const size = w.op('Clip', [w.op('ReduceL2', [x, [0]]), w.of([epsilon], [])]);
      return w.op('ReduceSum', [w.op('Mul', [w.op('Div', [x, size]), w.of(y)]), [0]]);
    },
    is: (x) => [cosine(x)[0] * norm(y)],
  });
});

describe('powers', () => {
  const power =
    (exponent: number[]) =>
    ({ op, of }: Writing, x: Value) =>
      op('Pow', [x, of(exponent, exponent.length === 1 ? [] : [exponent.length])]);
  const at = (x: readonly number[], exponents: number[]): SingularPoint => ({
    at: x,
    graph: power(exponents),
    is: (base) => base.map((value, i) => value ** exponents[i % exponents.length]),
  });
  for (const exponent of [0, 1, 2, 3, 4, 5])
    checkSingular(`x to the power of ${exponent} at 0`, at([0, -1, 2], [exponent]));
  checkSingular('powers 0 to 4 at 0', at(zeros(5), [0, 1, 2, 3, 4]));
  checkSingular('powers 0 to 4 at a negative number', at(Array<number>(5).fill(-1.5), [0, 1, 2, 3, 4]));
  checkSingular('a fractional power above 2 at 0', { ...at([0], [2.5]), ...flat(1) });
  checkSingular('0 to the power of a parameter', {
    at: [1, 2.5, 0.5],
    graph: ({ op, of }, y) => op('Pow', [of([0, 0, 0]), y]),
    is: (y) => y.map(() => 0),
    ...flat(3),
  });
  checkSingular('base and exponent of parameters, where the exponent is 0', {
    at: [2, 0],
    graph: ({ op, g }, x) => op('Pow', [g.sliceAxis(x, 0, 0, 1), g.sliceAxis(x, 0, 1, 2)]),
    is: ([a, b]) => [a ** b],
  });
  checkSingular('base and exponent of parameters, where the base is 0', {
    at: [0, 3],
    graph: ({ op, g }, x) => op('Pow', [g.sliceAxis(x, 0, 0, 1), g.sliceAxis(x, 0, 1, 2)]),
    is: () => [0],
    ...flat(2),
  });
});

describe('large and infinite numbers', () => {
  checkSingular('Softplus', {
    at: [-800, -40, 0, 40, 800],
    graph: ({ op }, x) => op('Softplus', [x]),
    is: (x) => x.map((v) => Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v)))),
    gradient: [0, 0, 0.5, 1, 1],
    hessian: diagonal([0, 0, 0.25, 0, 0]),
  });
  const shifted = (x: readonly number[]) => {
    const top = Math.max(...x);
    return top + Math.log(sum(x.map((v) => Math.exp(v - top))));
  };
  for (const at of [
    [900, 900.5, 0],
    [-900, -901, -950],
  ]) {
    checkSingular(`LogSoftmax of ${at.join()}`, {
      at,
      graph: (w, x) => weighted(w, w.op('LogSoftmax', [x], { axis: 0 })),
      is: (x) => byWeights(x.map((v) => v - shifted(x))),
    });
    checkSingular(`Softmax of ${at.join()}`, {
      at,
      graph: (w, x) => weighted(w, w.op('Softmax', [x], { axis: 0 })),
      is: (x) => byWeights(x.map((v) => Math.exp(v - shifted(x)))),
    });
    checkSingular(`ReduceLogSumExp of ${at.join()}`, {
      at,
      graph: ({ op }, x) => op('ReduceLogSumExp', [x, [0]]),
      is: (x) => [shifted(x)],
    });
  }
  checkSingular('ReduceLogSumExp of equal numbers', {
    at: [2, 2, 2],
    graph: ({ op }, x) => op('ReduceLogSumExp', [x, [0]]),
    is: (x) => [shifted(x)],
  });
  checkSingular('ReduceLogSumExp of a row that is partly −∞', {
    at: [1, 2, 3],
    graph: ({ op, of }, x) => op('ReduceLogSumExp', [op('Add', [x, of([0, -Infinity, 0])]), [0]]),
    is: ([a, , b]) => [Math.log(Math.exp(a) + Math.exp(b))],
  });
  checkSingular('ReduceLogSumExp of a row that is all −∞', {
    at: [1, 2],
    graph: ({ op, of }, x) => op('ReduceLogSumExp', [op('Add', [x, of([-Infinity, -Infinity])]), [0]]),
    is: () => [-Infinity],
    ...flat(2),
  });
  checkSingular('ReduceLogSum', {
    at: [0, 2, 0],
    graph: ({ op }, x) => op('ReduceLogSum', [x, [0]]),
    is: (x) => [Math.log(sum(x))],
  });
  checkSingular('ReduceLogSum of squares, one of them zero', {
    at: [0, 2],
    graph: ({ op }, x) => op('ReduceLogSum', [op('Mul', [x, x]), [0]]),
    is: (x) => [Math.log(sum(x.map((v) => v * v)))],
  });
  for (const [name, f] of Object.entries({
    Tanh: Math.tanh,
    Sigmoid: (v: number) => 1 / (1 + Math.exp(-v)),
    Mish: (v: number) => v * Math.tanh(v > 30 ? v : Math.log1p(Math.exp(v))),
    Elu: (v: number) => (v > 0 ? v : Math.expm1(v)),
    Gelu: undefined,
    Softsign: (v: number) => v / (1 + Math.abs(v)),
  })) {
    if (!f) continue;
    checkSingular(`${name} of large numbers`, {
      at: [-200, 200, 1],
      graph: ({ op }, x) => op(name, [x]),
      is: (x) => x.map(f),
    });
  }
});

describe('kinks, with the slopes that PyTorch takes', () => {
  const kink = (
    name: string,
    at: readonly number[],
    gradient: readonly number[],
    graph: SingularPoint['graph'],
    is: (x: number) => number,
    bends: readonly number[] = zeros(at.length),
  ) => checkSingular(name, { at, graph, is: (x) => x.map(is), gradient, hessian: diagonal(bends) });
  const cutTo = (low: number, high: number) => (v: number) => Math.min(Math.max(v, low), high);
  kink('Abs', [0, -1, 2], [0, -1, 1], ({ op }, x) => op('Abs', [x]), Math.abs);
  kink(
    'Relu',
    [0, -1, 2],
    [0, 0, 1],
    ({ op }, x) => op('Relu', [x]),
    (v) => Math.max(v, 0),
  );
  kink(
    'LeakyRelu',
    [0, -1, 2],
    [0.25, 0.25, 1],
    ({ op }, x) => op('LeakyRelu', [x], { alpha: 0.25 }),
    (v) => (v > 0 ? v : v / 4),
  );
  kink('Sign', [0, -1, 2], [0, 0, 0], ({ op }, x) => op('Sign', [x]), Math.sign);
  kink(
    'Clip',
    [-1, 1, 0, 2, -2],
    [1, 1, 1, 0, 0],
    ({ op, of }, x) => op('Clip', [x, of([-1], []), of([1], [])]),
    cutTo(-1, 1),
  );
  kink(
    'HardSwish',
    [-3, 3, 0, 5, -5],
    [0, 1, 0.5, 1, 0],
    ({ op }, x) => op('HardSwish', [x]),
    (v) => (v * cutTo(0, 6)(v + 3)) / 6,
    [0, 0, 1 / 3, 0, 0],
  );
  kink(
    'HardSigmoid',
    [-3, 3, 0, 5, -5],
    [0, 0, 1 / 6, 0, 0],
    ({ op }, x) => op('HardSigmoid', [x], { alpha: 1 / 6 }),
    (v) => cutTo(0, 6)(v + 3) / 6,
  );
  kink(
    'Softsign',
    [0, 1],
    [1, 0.25],
    ({ op }, x) => op('Softsign', [x]),
    (v) => v / (1 + Math.abs(v)),
    [0, -0.25],
  );
  kink(
    'Mod as in C',
    [0, 2.5, -2.5],
    [1, 1, 1],
    ({ op, of }, x) => op('Mod', [x, of([2], [])], { fmod: 1 }),
    (v) => v % 2,
  );
  kink(
    'Elu',
    [0, -1, 2],
    [1, Math.exp(-1), 1],
    ({ op }, x) => op('Elu', [x]),
    (v) => (v > 0 ? v : Math.expm1(v)),
    [1, Math.exp(-1), 0],
  );
  checkSingular('Max of two equal parameters', {
    at: [1, 1],
    graph: ({ op, g }, x) => op('Max', [g.sliceAxis(x, 0, 0, 1), g.sliceAxis(x, 0, 1, 2)]),
    is: (x) => [Math.max(...x)],
    gradient: [0.5, 0.5],
    hessian: diagonal([0, 0]),
  });
  checkSingular('ReduceMax of equal numbers', {
    at: [1, 1, 0],
    graph: ({ op }, x) => op('ReduceMax', [x, [0]]),
    is: (x) => [Math.max(...x)],
    gradient: [0.5, 0.5, 0],
    hessian: diagonal([0, 0, 0]),
  });
});

describe('an angle written with Atan, as exporters write atan2', () => {
  checkSingular('x beside 0, both quadrants', {
    at: [-1, 2, 0.5, -0.7],
    graph({ op, g, of }, v) {
      const y = g.sliceAxis(v, 0, 0, 2);
      const x = g.sliceAxis(v, 0, 2, 4);
      const angle = op('Atan', [op('Div', [y, x])]);
      const turned = op('Where', [op('Greater', [y, of([0], [])]), g.shift(angle, Math.PI), g.shift(angle, -Math.PI)]);
      return op('Where', [op('Less', [x, of([0], [])]), turned, angle]);
    },
    is: ([a, b, c, d]) => [Math.atan2(a, c), Math.atan2(b, d)],
  });
  checkSingular('x = 0, where y/x is infinite and the angle is written as a constant', {
    at: [1, 0],
    graph({ op, g, of }, v) {
      const [y, x] = [g.sliceAxis(v, 0, 0, 1), g.sliceAxis(v, 0, 1, 2)];
      const vertical = g.scale(op('Sign', [y]), Math.PI / 2);
      return op('Where', [op('Equal', [x, of([0], [])]), vertical, op('Atan', [op('Div', [y, x])])]);
    },
    is: () => [Math.PI / 2],
    ...flat(2),
  });
});
