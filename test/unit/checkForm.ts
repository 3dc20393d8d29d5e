import { expect } from 'vitest';
import { Engine } from '../../src/engine/engine';
import { GraphBuilder } from '../../src/graph/builder';
import type { Value } from '../../src/graph/graph';
import { tensor } from '../../src/graph/tensor';
import { normal } from './checkRule';
import type { Plain } from './directConvolution';

/** Channels per block of the runtime's blocked convolutions on this machine; null where it has none. */
export async function blockOfThisMachine(): Promise<number | null> {
  const engine = new Engine({ provider: 'cpu', threads: 1 });
  try {
    return (await engine.target()).blockChannels;
  } finally {
    await engine.dispose();
  }
}

/** Checks that a form of an operator gives the numbers of its definition on random operands, to float32 precision. */
export async function checkForm(
  shapes: readonly (readonly number[])[],
  form: (g: GraphBuilder, operands: readonly Value[]) => Value | null,
  definition: (...operands: Plain[]) => number[],
): Promise<void> {
  const engine = new Engine({ provider: 'cpu', threads: 1 });
  try {
    const g = new GraphBuilder();
    const inputs = shapes.map((shape, i) => g.input(`x${i}`, 'float32', shape));
    const y = form(g, inputs);
    expect(y, 'the form is taken').not.toBeNull();
    const operands = shapes.map((shape) => ({ shape, values: Float32Array.from(normal(shape).values) }));
    const program = await engine.compile(g, {
      inputs: Object.fromEntries(inputs.map((input) => [input.name!, input])),
      outputs: { y: y! },
      constants: new Map(),
    });
    const feeds = operands.map(({ shape, values }, i) => [`x${i}`, tensor('float32', shape, [...values])] as const);
    const found = Array.from((await program.run(Object.fromEntries(feeds))).y.data as Float32Array);
    const expected = definition(...operands);
    const scale = Math.max(...expected.map(Math.abs));
    expect(found.length).toBe(expected.length);
    expect(Math.max(...found.map((v, i) => Math.abs(v - expected[i])))).toBeLessThan(3e-6 * scale);
  } finally {
    await engine.dispose();
  }
}
