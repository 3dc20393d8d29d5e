import { afterAll, describe, expect, it } from 'vitest';
import { normal } from '../../../test/unit/checkRule';
import { Engine } from '../../engine/engine';
import { GraphBuilder } from '../builder';
import type { Value } from '../graph';
import { swapsLast } from '../graph';
import { tensor } from '../tensor';
import { legalize } from './legalize';

const engine = new Engine({ provider: 'cpu', threads: 1 });
afterAll(() => engine.dispose());

type Build = (g: GraphBuilder, a: Value, b: Value) => Value;
const gradient: Build = (g, a, b) => g.matmul(g.swapLast(a), b);

function legalOf(shapes: readonly [readonly number[], readonly number[]], build: Build, block: number | null = 8) {
  const g = new GraphBuilder();
  const [a, b] = shapes.map((shape, i) => g.input(['a', 'b'][i], 'float32', shape));
  const plain = build(g, a, b);
  const [legal] = legalize(g, [plain], new Set([a, b]), { tangents: [a, b], target: { block } });
  return { g, a, b, plain, legal };
}

it('reads the narrower operand by columns', async () => {
  const shapes = [
    [2, 96, 12],
    [96, 3],
  ] as const;
  const { g, a, b, plain, legal } = legalOf(shapes, gradient);
  expect(swapsLast(legal)).toBe(true);
  const program = await engine.compile(g, { inputs: { a, b }, outputs: { plain, legal }, constants: new Map() });
  const [left, right] = shapes.map((shape) => tensor('float32', shape, normal([...shape]).values));
  const results = await program.run({ a: left, b: right });
  expect(results.legal.shape).toEqual([2, 12, 3]);
  const [expected, found] = [results.plain.data, results.legal.data].map((data) => Array.from(data as Float32Array));
  expected.forEach((value, i) => expect(found[i]).toBeCloseTo(value, 4));
});

describe('leaves', () => {
  it.each<{ which: string; a: number[]; b: number[]; build?: Build; block?: number | null }>([
    { which: 'a product whose result is large', a: [2, 16, 12], b: [16, 3] },
    { which: 'operands of one width', a: [2, 96, 4], b: [96, 3] },
    { which: 'a small operand', a: [96, 12], b: [5, 96, 3] },
    { which: 'one that nothing is transposed in', a: [2, 12, 96], b: [96, 3], build: (g, a, b) => g.matmul(a, b) },
    { which: 'devices other than the CPU', a: [2, 96, 12], b: [96, 3], block: null },
  ])('$which', ({ a, b, build = gradient, block }) => {
    const { plain, legal } = legalOf([a, b], build, block);
    expect(legal).toBe(plain);
  });
});
