import { expect } from 'vitest';
import { Engine } from '../../src/engine/engine';
import { GraphBuilder } from '../../src/graph/builder';
import type { Value } from '../../src/graph/graph';
import { dependents, nodesOf } from '../../src/graph/graph';
import { sizeOf, tensor } from '../../src/graph/tensor';

/** Rewrites outputs that are linear in the tangents to another form. */
export type Rewrite = (g: GraphBuilder, outputs: readonly Value[], tangents: readonly Value[]) => Value[];

/** Number of operators of each kind that depend on the tangents. */
export type Moved = Record<string, number>;

/** Counts the operators that depend on the tangents, by kind. */
function moved(outputs: readonly Value[], tangents: readonly Value[]): Moved {
  const moving = dependents(outputs, tangents);
  const counts: Moved = {};
  for (const {
    op,
    outputs: [output],
  } of nodesOf(outputs))
    if (moving.has(output)) counts[op] = (counts[op] ?? 0) + 1;
  return counts;
}

/**
 * Rewrites a function of named inputs, the last of which is the tangent. Checks on the runtime that its numbers stay
 * the same, and returns what is left of the graph.
 */
export async function checkRewrite<N extends string>(
  rewrite: Rewrite,
  shapes: Readonly<Record<N, readonly number[]>>,
  build: (g: GraphBuilder, inputs: Readonly<Record<N, Value>>) => readonly Value[],
): Promise<Moved> {
  const names = Object.keys(shapes) as N[];
  const g = new GraphBuilder();
  const inputs = Object.fromEntries(names.map((name) => [name, g.input(name, 'float32', shapes[name])])) as Record<
    N,
    Value
  >;
  const before = build(g, inputs);
  const tangents = [inputs[names.at(-1)!]];
  const after = rewrite(g, before, tangents);
  const named = (values: readonly Value[], as: string) =>
    Object.fromEntries(values.map((value, i) => [`${as}${i}`, value]));
  const engine = new Engine({ provider: 'cpu', threads: 1 });
  const program = await engine.compile(g, {
    inputs,
    outputs: { ...named(before, 'before'), ...named(after, 'after') },
    constants: new Map(),
  });
  const wave = (shape: readonly number[], phase: number) =>
    tensor(
      'float32',
      shape,
      Array.from({ length: sizeOf(shape) }, (_, i) => 0.3 + Math.sin(1.7 * i + phase)),
    );
  const results = await program.run(Object.fromEntries(names.map((name, i) => [name, wave(shapes[name], 2 * i)])));
  await engine.dispose();
  const sizes = before.map((value, i) => {
    expect(after[i].shape).toEqual(value.shape);
    const [expected, found] = [`before${i}`, `after${i}`].map((name) => results[name].data as Float32Array);
    const size = expected.reduce((max, each) => Math.max(max, Math.abs(each)), 0);
    expected.forEach((each, at) => expect(Math.abs(found[at] - each)).toBeLessThanOrEqual(2e-6 * size));
    return size;
  });
  expect(Math.max(...sizes)).toBeGreaterThan(0);
  return moved(after, tangents);
}
