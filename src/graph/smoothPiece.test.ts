import { afterAll, describe, expect, it } from 'vitest';
import { Engine } from '../engine/engine';
import { GraphBuilder } from './builder';
import type { Value } from './graph';
import { tensor } from './tensor';
import { smoothPiece } from './smoothPiece';

const engine = new Engine({ provider: 'cpu', threads: 1 });
afterAll(() => engine.dispose());

type Of = (g: GraphBuilder, x: Value) => Value;
const reduce =
  (op: 'ReduceMax' | 'ReduceMin', keepdims = false): Of =>
  (g, x) =>
    g.apply(op, [x], { axes: [0], keepdims });
const cut: Of = (g, x) => g.where(g.greater(x, g.like(x, 1)), g.like(x, 1), x);

/** f at x, and on the piece of x at x + h, by hand. */
const CASES: [name: string, f: Of, x: number[], h: number[], at: number[], moved: number[]][] = [
  ['Relu, with a kink at 0', (g, x) => g.unary('Relu', x), [2, -1, 0], [-5, 5, 5], [2, 0, 0], [-3, 0, 0]],
  ['Abs', (g, x) => g.unary('Abs', x), [2, -1, 0], [-5, 5, 5], [2, 1, 0], [-3, -4, 0]],
  ['a range cut off, with a value on its end', cut, [0, 3, 1], [5, -5, 5], [0, 1, 1], [5, 1, 6]],
  ['Max, equal operands', (g, x) => g.max(x, g.like(x, 1)), [2, 0, 1], [-5, 5, 4], [2, 1, 1], [-3, 1, 3]],
  ['Min, equal operands', (g, x) => g.min(x, g.like(x, 1)), [2, 0, 1], [-5, 5, 4], [1, 0, 1], [1, 5, 3]],
  ['Sign', (g, x) => g.unary('Sign', x), [2, -1], [-5, 5], [1, -1], [1, -1]],
  ['a rounded factor', (g, x) => g.mul(g.unary('Round', x), x), [2.2, -1.7], [1, 1], [4.4, 3.4], [6.4, 1.4]],
  ['Mod', (g, x) => g.binary('Mod', x, g.like(x, 2)), [5, -3], [4, 1], [1, -1], [5, 0]],
  ['ReduceMax', reduce('ReduceMax'), [1, 3, 2], [9, 1, 0], [3], [4]],
  ['ReduceMax of equal maxima', reduce('ReduceMax', true), [3, 3, 2], [2, 4, 9], [3], [6]],
  ['ReduceMin', reduce('ReduceMin'), [1, 3, 2], [9, 1, 0], [1], [10]],
  ['TopK', (g, x) => g.apply('TopK', [x], { axis: 0, k: 2, largest: true }), [1, 3, 2], [9, 0, 0], [3, 2], [3, 2]],
  ['ArgMax as an index', (g, x) => g.gather(x, g.apply('ArgMax', [x], { axis: 0 }), 0), [1, 3], [9, 0], [3], [3]],
  ['a smooth operator', (g, x) => g.square(x), [1, 3], [1, -1], [1, 9], [4, 4]],
];

async function values(f: Of, x: number[], h: number[]): Promise<{ at: number[]; moved: number[] }> {
  const g = new GraphBuilder();
  const [xIn, hIn] = ['x', 'h'].map((name) => g.input(name, 'float32', [x.length]));
  const y = f(g, xIn);
  const [moved] = smoothPiece(g, [y], new Map([[xIn, g.add(xIn, hIn)]]));
  const program = await engine.compile(g, {
    inputs: { x: xIn, h: hIn },
    outputs: { at: y, moved },
    constants: new Map(),
  });
  const found = await program.run({ x: tensor('float32', [x.length], x), h: tensor('float32', [h.length], h) });
  await program.release();
  return { at: [...(found.at.data as Float32Array)], moved: [...(found.moved.data as Float32Array)] };
}

describe('the smooth piece', () => {
  it.each(CASES)('of %s makes the same choices as at the point', async (_, f, x, h, at, moved) => {
    const close = (numbers: number[]) => numbers.map((v) => expect.closeTo(v, 5));
    expect(await values(f, x, h)).toEqual({ at: close(at), moved: close(moved) });
  });

  it('of MaxPool follows the positions of the maxima', async () => {
    const window = { kernel: [2], strides: [2], pads: [0, 0], dilations: [1], ceil: false };
    const pooled: Of = (g, x) => g.reshape(g.apply('MaxPool', [g.reshape(x, [1, 1, 4])], window), [2]);
    expect(await values(pooled, [1, 3, 5, 4], [9, 1, 1, 9])).toEqual({ at: [3, 5], moved: [4, 6] });
  });

  it('leaves nodes that do not move unchanged', () => {
    const g = new GraphBuilder();
    const [x, z] = ['x', 'z'].map((name) => g.input(name, 'float32', [2]));
    const still = g.unary('Relu', z);
    const [sum] = smoothPiece(g, [g.add(still, x)], new Map([[x, g.scale(x, 2)]]));
    expect(sum.node!.inputs).toContain(still);
  });
});
