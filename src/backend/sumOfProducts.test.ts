import { afterAll, expect, it } from 'vitest';
import { normal } from '../../test/unit/checkRule';
import { Engine } from '../engine/engine';
import { GraphBuilder } from '../graph/builder';
import type { Value } from '../graph/graph';
import { nodesOf } from '../graph/graph';
import { tensor } from '../graph/tensor';
import { legalize } from './legalize';

const engine = new Engine({ provider: 'cpu', threads: 1 });
afterAll(() => engine.dispose());

type Shapes = readonly (readonly number[])[];
/** The terms of a sum, from the inputs. */
type Terms = (g: GraphBuilder, inputs: readonly Value[]) => Value[];

const productsIn = (value: Value) => nodesOf([value]).filter(({ op }) => op === 'MatMul').length;

function legalOf(shapes: Shapes, terms: Terms, stays: readonly number[] = []) {
  const g = new GraphBuilder();
  const inputs = shapes.map((shape, i) => g.input(`x${i}`, 'float32', shape));
  const parts = terms(g, inputs);
  const tangents = inputs.filter((_, i) => !stays.includes(i));
  const [legal] = legalize(g, [parts.reduce((sum, part) => g.add(sum, part))], new Set(inputs), { tangents });
  return { g, inputs, parts, legal };
}

/** One product in place of several, and the sum of what they give apart. */
async function checkSum(shapes: Shapes, terms: Terms): Promise<void> {
  const { g, inputs, parts, legal } = legalOf(shapes, terms);
  expect(productsIn(legal)).toBe(1);
  const named = Object.fromEntries(inputs.map((input) => [input.name!, input]));
  const outputs = { legal, ...Object.fromEntries(parts.map((part, i) => [`part ${i}`, part])) };
  const program = await engine.compile(g, { inputs: named, outputs, constants: new Map() });
  const feeds = inputs.map(({ name, shape }) => [name!, tensor('float32', shape, normal([...shape]).values)] as const);
  const { legal: joined, ...apart } = await program.run(Object.fromEntries(feeds));
  expect(joined.shape).toEqual(parts[0].shape);
  const found = Array.from(joined.data as Float32Array);
  const expected = found.map((_, i) => Object.values(apart).reduce((sum, { data }) => sum + Number(data[i]), 0));
  const scale = Math.max(...expected.map(Math.abs));
  expect(Math.max(...found.map((v, i) => Math.abs(v - expected[i]))) / scale).toBeLessThan(2e-6);
}

const gradientTangent: Terms = (g, [xDot, y, x, yDot]) => [
  g.matmul(g.swapLast(xDot), y),
  g.matmul(g.swapLast(x), yDot),
];

it('joins the tangents of a weight gradient', () =>
  checkSum(
    [
      [3, 16],
      [3, 20],
      [5, 16],
      [5, 20],
    ],
    gradientTangent,
  ));

it('joins the tangents of several vectors at once, with operands that all of them share', () =>
  checkSum(
    [
      [2, 3, 16],
      [3, 20],
      [3, 16],
      [2, 3, 20],
    ],
    gradientTangent,
  ));

it('joins products of another shape, and a third one with them', () =>
  checkSum(
    [
      [160, 30],
      [30, 200],
      [25, 160],
      [200, 25],
      [24, 160],
      [24, 200],
    ],
    (g, [a, b, c, d, e, f]) =>
      [g.matmul(a, b), g.matmul(g.swapLast(c), g.swapLast(d)), g.matmul(g.swapLast(e), f)].map((x) =>
        g.reshape(x, [32000]),
      ),
  ));

it('joins products whose rows are flat in one and split in the other', () =>
  checkSum(
    [
      [2, 4, 40, 30],
      [30, 200],
      [160, 24],
      [2, 24, 200],
    ],
    (g, [a, b, c, d]) => [g.matmul(a, b), g.reshape(g.matmul(c, d), [2, 4, 40, 200])],
  ));

const PAIR: Shapes = [
  [160, 30],
  [30, 200],
  [160, 24],
  [24, 200],
];
const pair: Terms = (g, [a, b, c, d]) => [g.matmul(a, b), g.matmul(c, d)];

it('keeps products apart if that is less work', () => {
  const long: Shapes = [
    [160, 300],
    [300, 200],
    [160, 300],
    [300, 200],
  ];
  const short: Shapes = [
    [160, 30],
    [30, 200],
    [160, 16],
    [16, 200],
  ];
  expect(productsIn(legalOf(PAIR, pair).legal)).toBe(1);
  expect(productsIn(legalOf(long, pair).legal)).toBe(2);
  expect(productsIn(legalOf(short, pair).legal)).toBe(2);
  // The second is the same in every run.
  expect(productsIn(legalOf(PAIR, pair, [2, 3]).legal)).toBe(2);
  // The first is read elsewhere, too.
  const twice: Terms = (g, inputs) => {
    const [first, second] = pair(g, inputs);
    return [first, second, g.unary('Tanh', first)];
  };
  expect(productsIn(legalOf(PAIR, twice).legal)).toBe(2);
});
