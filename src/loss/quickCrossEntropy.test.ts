import { afterAll, describe, expect, it } from 'vitest';
import { Engine } from '../engine/engine';
import { GraphBuilder } from '../graph/builder';
import { tensor } from '../graph/tensor';
import { isQuick, quickCrossEntropy } from './quickCrossEntropy';

const engine = new Engine({ provider: 'cpu', threads: 1 });
afterAll(() => engine.dispose());

/** Losses and correctness of rows of logits as the graph computes them. */
async function figuresOf(rows: readonly (readonly number[])[], targets: readonly number[], complete = true) {
  const g = new GraphBuilder();
  const logits = g.input('z', 'float32', [rows.length, rows[0].length]);
  const target = g.input('y', 'int64', [rows.length]);
  const { losses, correct } = quickCrossEntropy(g, { logits, target, complete });
  const program = await engine.compile(g, {
    inputs: { z: logits, y: target },
    outputs: { losses, correct },
    constants: new Map(),
  });
  const found = await program.run({
    z: tensor('float32', logits.shape, rows.flat()),
    y: tensor('int64', target.shape, targets),
  });
  await program.release();
  return { losses: Array.from(found.losses.data as Float64Array), correct: [...found.correct.data].map(Number) };
}

/** −log p_y in float64, exact also where p_y is nearly 1. */
function lossOf(row: readonly number[], y: number): number {
  const z = Array.from(Float32Array.from(row));
  const most = Math.max(...z);
  const top = z.indexOf(most);
  const others = z.reduce((sum, each, j) => (j === top ? sum : sum + Math.exp(each - most)), 0);
  return Math.log1p(others) + most - z[y];
}

describe('the cross-entropy of logits', () => {
  it.each([
    ['plain', [0.3, -1.2, 2.5, 0.01], 3],
    ['nearly certain', [21, 2, 0.5, -3], 0],
    ['nearly certain and wrong', [21, 2, 0.5, -3], 3],
    ['large', [10_000, 10_001.5, 9_999, -10_000], 1],
    ['of classes that do not compete', [-Infinity, 1, 2, -Infinity], 2],
  ])('is as exact as its logits: %s', async (_, row, y) => {
    const { losses, correct } = await figuresOf([row], [y]);
    const expected = lossOf(row, y);
    expect(Math.abs(losses[0] / expected - 1)).toBeLessThan(2e-6);
    expect(correct).toEqual([row[y] === Math.max(...row) ? 1 : 0]);
  });

  it('is what log-softmax says of logits that are not finite', async () => {
    const rows = [
      [NaN, 1, 2],
      [1, NaN, 2],
      [1, 2, NaN],
      [Infinity, 1, 2],
      [1, -Infinity, 2],
      [-Infinity, -Infinity, -Infinity],
      [1, 2, 3],
    ];
    const { losses } = await figuresOf(rows, [1, 1, 1, 1, 1, 1, 1]);
    expect(losses.slice(0, 6)).toEqual([NaN, NaN, NaN, NaN, Infinity, NaN]);
    expect(losses[6]).toBeCloseTo(lossOf([1, 2, 3], 1), 6);
  });

  it('is zero, and not correct, where there is no target', async () => {
    const row = [1, 5, 2];
    const { losses, correct } = await figuresOf([row, row, row], [-100, 1, 255], false);
    expect(losses[0]).toBe(0);
    expect(losses[1]).toBeCloseTo(lossOf(row, 1), 8);
    expect(losses[2]).toBe(0);
    expect(correct).toEqual([0, 1, 0]);
  });

  it('needs float32 logits and classes', () => {
    const g = new GraphBuilder();
    const [single, double] = [g.input('a', 'float32', [2, 3]), g.input('b', 'float64', [2, 3])];
    const [classes, shares] = [g.input('c', 'int64', [2]), g.input('d', 'float32', [2, 3])];
    expect([isQuick(single, classes), isQuick(double, classes), isQuick(single, shares)]).toEqual([true, false, false]);
  });
});
