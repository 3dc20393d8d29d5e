import { afterAll, expect, it } from 'vitest';
import { Engine } from '../engine/engine';
import { GraphBuilder } from '../graph/builder';
import { emit } from './emit';
import { tensor } from '../graph/tensor';

const engine = new Engine({ provider: 'cpu', threads: 1 });
afterAll(() => engine.dispose());

it('gives numbers that meet a column as many axes as it has', async () => {
  const g = new GraphBuilder();
  const x = g.input('x', 'float32', [2, 3, 1]);
  const half = g.scale(x, 0.5);
  const outputs = {
    half,
    chosen: g.where(g.less(half, g.like(x, 1)), g.like(x, 7), half),
    row: g.scale(g.reshape(x, [2, 3]), 0.5),
  };
  const { nodes, initializers } = emit(g, { x }, outputs, new Map());
  const axesRead = (op: string) =>
    nodes
      .filter((node) => node.op === op)
      .map(({ inputs }) => inputs.map((name) => initializers.get(name)?.shape.length ?? null));
  expect(axesRead('Mul')).toEqual([
    [null, 3],
    [null, 0],
  ]);
  expect(axesRead('Less')).toEqual([[null, 3]]);
  expect(axesRead('Where')).toEqual([[null, 3, null]]);
  const program = await engine.compile(g, { inputs: { x }, outputs, constants: new Map() });
  const results = await program.run({ x: tensor('float32', [2, 3, 1], [0, 1, 2, 3, 4, 5]) });
  expect(results.chosen.shape).toEqual([2, 3, 1]);
  expect([...(results.chosen.data as Float32Array)]).toEqual([7, 7, 1, 1.5, 2, 2.5]);
});
