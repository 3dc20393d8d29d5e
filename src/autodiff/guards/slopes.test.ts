import { describe } from 'vitest';
import type { SingularPoint, Writing } from '../../../test/unit/checkSingular';
import { checkSingular } from '../../../test/unit/checkSingular';
import type { Value } from '../../graph/graph';

const zeros = (n: number) => Array<number>(n).fill(0);
const flat = (n: number) => ({ gradient: zeros(n), hessian: Array.from({ length: n }, () => zeros(n)) });
const diagonal = (entries: readonly number[]) =>
  entries.map((entry, i) => entries.map((_, j) => (i === j ? entry : 0)));
const sum = (x: readonly number[]) => x.reduce((a, b) => a + b, 0);
const norm = (x: readonly number[]) => Math.hypot(...x);
/** Unequal weights of the elements of a row, so that a weighted sum shows derivatives that a plain sum would cancel. */
const WEIGHTS = [1, -2, 0.5, 3];
const weighted = ({ g, of }: Writing, y: Value) => g.mul(y, of(WEIGHTS.slice(0, y.shape.at(-1)!)));
const byWeights = (y: readonly number[]) => y.map((value, i) => value * WEIGHTS[i % WEIGHTS.length]);

describe('written-out norms', () => {
  for (const [form, length] of Object.entries<(w: Writing, x: Value) => Value>({
    'Sqrt of a sum of squares': ({ op }, x) => op('Sqrt', [op('ReduceSum', [op('Mul', [x, x]), [0]])]),
    'Sqrt of ReduceSumSquare': ({ op }, x) => op('Sqrt', [op('ReduceSumSquare', [x, [0]])]),
    'a power of ½ of powers of 2': ({ op, of }, x) =>
      op('Pow', [op('ReduceSum', [op('Pow', [x, of([2], [])]), [0]]), of([0.5], [])]),
  })) {
    checkSingular(`a norm written as ${form}, of zeros`, {
      at: [0, 0],
      graph: (w, x) => length(w, x),
      is: (x) => [norm(x)],
      ...flat(2),
    });
    checkSingular(`a norm plus ε written as ${form}, below a row of zeros`, {
      at: [0, 0],
      graph: (w, x) => weighted(w, w.op('Div', [x, w.g.shift(length(w, x), 0.25)])),
      is: (x) => byWeights(x.map((value) => value / (norm(x) + 0.25))),
      gradient: [4, -8],
      hessian: diagonal([0, 0]),
    });
  }
  checkSingular('the standard deviation of a constant row, as torch.std', {
    at: [2, 2, 2],
    graph({ op, g }, x) {
      const centred = op('Sub', [x, op('ReduceMean', [x, [0]])]);
      return op('Sqrt', [g.scale(op('ReduceSum', [op('Mul', [centred, centred]), [0]]), 1 / 2)]);
    },
    is: () => [0],
    ...flat(3),
  });
});

describe('functions clipped before a point without a slope', () => {
  /** Checks a function that is constant around some of the points. */
  const cut = (name: string, at: readonly number[], graph: SingularPoint['graph'], is: SingularPoint['is']) =>
    checkSingular(name, { at, graph, is, step: 2e-3 });
  const root = (x: readonly number[]) => x.map((v) => Math.sqrt(Math.max(v, 0)));
  cut('a root of Max(x, 0)', [-1, 2, 0.5], ({ op, of }, x) => op('Sqrt', [op('Max', [x, of([0], [])])]), root);
  cut('a root of Clip', [-1, 2, 0.5], ({ op, of }, x) => op('Sqrt', [op('Clip', [x, of([0], [])])]), root);
  cut('a root of Relu', [-1, 2, 0.5], ({ op }, x) => op('Sqrt', [op('Relu', [x])]), root);
  cut(
    'a root of Where',
    [-1, 2, 0.5],
    ({ op, of }, x) => op('Sqrt', [op('Where', [op('Greater', [x, of([0], [])]), x, of([0], [])])]),
    root,
  );
  cut(
    'a root with a small number added',
    [0, 2],
    ({ op, g }, x) => op('Sqrt', [g.shift(op('Mul', [x, x]), 0.5)]),
    (x) => x.map((v) => Math.sqrt(v * v + 0.5)),
  );
  cut(
    'a root of a sum of rectified numbers',
    [-1, -2],
    ({ op }, x) => op('Sqrt', [op('ReduceSum', [op('Relu', [x]), [0]])]),
    (x) => [Math.sqrt(sum(x.map((v) => Math.max(v, 0))))],
  );
  cut(
    'a root of a scaled, moved and rectified number',
    [-1, 2, 0.5],
    ({ op, g }, x) => op('Sqrt', [g.reshape(g.scale(op('Relu', [x]), 3), [3, 1])]),
    (x) => root(x.map((v) => 3 * v)),
  );
  cut(
    'a broken power of Relu',
    [-1, 2],
    ({ op, of }, x) => op('Pow', [op('Relu', [x]), of([0.7], [])]),
    (x) => x.map((v) => Math.max(v, 0) ** 0.7),
  );
  for (const [name, f] of [
    ['Asin', Math.asin],
    ['Acos', Math.acos],
  ] as const) {
    cut(
      `${name} of Clip to [−1, 1]`,
      [-1.5, 1.25, 0.5],
      ({ op, of }, x) => op(name, [op('Clip', [x, of([-1], []), of([1], [])])]),
      (x) => x.map((v) => f(Math.min(Math.max(v, -1), 1))),
    );
  }
  cut(
    'Acosh of Max(x, 1)',
    [0.5, 2],
    ({ op, of }, x) => op('Acosh', [op('Max', [x, of([1], [])])]),
    (x) => x.map((v) => Math.acosh(Math.max(v, 1))),
  );
  cut(
    'a logarithm of Clip',
    [-1, 0.2, 3],
    ({ op, of }, x) => op('Log', [op('Clip', [x, of([1e-7], []), of([1], [])])]),
    (x) => x.map((v) => Math.log(Math.min(Math.max(v, 1e-7), 1))),
  );
});

describe('masks by multiplication', () => {
  const mask = [1, 0, 1, 0];
  const by = (name: string, f: (w: Writing, x: Value) => Value, at: readonly number[], is: (x: number) => number) =>
    checkSingular(`a mask from the data times ${name}`, {
      at,
      graph: (w, x) => w.op('Mul', [w.of(mask), f(w, x)]),
      is: (x) => x.map((v, i) => (mask[i] === 0 ? 0 : is(v))),
    });
  by('a root', ({ op }, x) => op('Sqrt', [x]), [4, 0, 1, 0], Math.sqrt);
  by(
    'a broken power',
    ({ op, of }, x) => op('Pow', [x, of([0.3], [])]),
    [4, 0, 1, 0],
    (v) => v ** 0.3,
  );
  by('an arcus', ({ op }, x) => op('Acos', [x]), [0.5, 1, 0, -1], Math.acos);
  checkSingular('a mask times a root, further up', {
    at: [4, 0, 1, 0],
    graph({ op, of }, x) {
      const left = op('Mul', [op('Tanh', [op('Mul', [op('Sqrt', [x]), of([2], [])])]), of(mask)]);
      return op('ReduceSum', [left, [0]]);
    },
    is: ([a, , b]) => [Math.tanh(2 * Math.sqrt(a)) + Math.tanh(2 * Math.sqrt(b))],
  });
  checkSingular('a mask as a factor of a matrix product', {
    at: [4, 0, 1, 0],
    shape: [4, 1],
    graph: ({ op, of }, x) => op('MatMul', [of(mask, [1, 4]), op('Sqrt', [x])]),
    is: ([a, , b]) => [Math.sqrt(a) + Math.sqrt(b)],
  });
});
