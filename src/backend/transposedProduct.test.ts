import { afterAll, describe, expect, it } from 'vitest';
import { normal } from '../../test/unit/checkRule';
import { Engine } from '../engine/engine';
import { GraphBuilder } from '../graph/builder';
import type { Value } from '../graph/graph';
import { nodesOf } from '../graph/graph';
import { tensor } from '../graph/tensor';
import { legalize } from './legalize';

const engine = new Engine({ provider: 'cpu', threads: 1 });
afterAll(() => engine.dispose());

type Build = (g: GraphBuilder, a: Value, b: Value) => Value;
const gradient: Build = (g, a, b) => g.matmul(g.swapLast(a), b);

function legalOf(
  shapes: readonly [readonly number[], readonly number[]],
  build: Build,
  blockChannels: number | null = 8,
) {
  const g = new GraphBuilder();
  const [a, b] = shapes.map((shape, i) => g.input(['a', 'b'][i], 'float32', shape));
  const plain = build(g, a, b);
  const [legal] = legalize(g, [plain], new Set([a, b]), { tangents: [a, b], target: { blockChannels } });
  return { g, a, b, plain, legal };
}

type Shapes = readonly [readonly number[], readonly number[]];

/** @param operand first one of the product that is there now, or of that whose result is brought to its order */
async function checkProduct(shapes: Shapes, operand: readonly number[]): Promise<void> {
  const { g, a, b, plain, legal } = legalOf(shapes, gradient);
  const products = nodesOf([legal]).filter(({ op }) => op === 'MatMul');
  expect(products.map(({ inputs }) => inputs[0].shape)).toEqual([operand]);
  const program = await engine.compile(g, { inputs: { a, b }, outputs: { plain, legal }, constants: new Map() });
  const [left, right] = shapes.map((shape) => tensor('float32', shape, normal([...shape]).values));
  const results = await program.run({ a: left, b: right });
  expect(results.legal.shape).toEqual(plain.shape);
  const [expected, found] = [results.plain.data, results.legal.data].map((data) => Array.from(data as Float32Array));
  expected.forEach((value, i) => expect(found[i]).toBeCloseTo(value, 4));
}

it('reads the narrower operand by columns', () =>
  checkProduct(
    [
      [2, 96, 12],
      [96, 3],
    ],
    [3, 96],
  ));

it('makes one product of several runs that share an operand', async () => {
  await checkProduct(
    [
      [2, 96, 3],
      [96, 12],
    ],
    [6, 96],
  );
  await checkProduct(
    [
      [96, 12],
      [5, 96, 3],
    ],
    [15, 96],
  );
});

describe('does not transpose', () => {
  it.each<{ which: string; a: number[]; b: number[]; build?: Build; blockChannels?: number | null }>([
    { which: 'a product whose result is large', a: [2, 16, 12], b: [16, 3] },
    { which: 'operands of about the same width', a: [2, 96, 4], b: [96, 3] },
    { which: 'runs that are wider than the shared operand', a: [96, 3], b: [5, 96, 12] },
    { which: 'few rows', a: [96, 32], b: [5, 96, 3] },
    { which: 'a product without a transposed operand', a: [2, 12, 96], b: [96, 3], build: (g, a, b) => g.matmul(a, b) },
    { which: 'devices other than the CPU', a: [2, 96, 12], b: [96, 3], blockChannels: null },
  ])('$which', ({ a, b, build = gradient, blockChannels }) => {
    const { plain, legal } = legalOf([a, b], build, blockChannels);
    expect(legal).toBe(plain);
  });
});
