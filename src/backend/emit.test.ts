import { afterAll, expect, it } from 'vitest';
import { Engine } from '../engine/engine';
import { GraphBuilder } from '../graph/builder';
import { emit } from './emit';
import { tensor } from '../graph/tensor';

const engine = new Engine({ provider: 'cpu', threads: 1 });
afterAll(() => engine.dispose());

it('gives scalars beside a column as many axes as the column has', async () => {
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

it('declares the operator set that an unchanged node needs', async () => {
  const g = new GraphBuilder();
  const x = g.input('x', 'float32', [2]);
  // An operator of set 24, as a model may hold one that nothing here takes apart.
  const node = { name: 'swish', op: 'Swish', domain: '', inputs: ['x'], outputs: ['y'], attributes: {} };
  const [y] = g.applyAll('Opaque', [x], { node, opset: 24, types: [{ dtype: 'float32', shape: [2] }] });
  const outputs = { twice: g.scale(y, 2) };
  expect(emit(g, { x }, outputs, new Map()).opset).toBe(24);
  const program = await engine.compile(g, { inputs: { x }, outputs, constants: new Map() });
  const { twice } = await program.run({ x: tensor('float32', [2], [0, 1]) });
  expect(twice.data[1]).toBeCloseTo(2 / (1 + Math.exp(-1)), 6);
});
