import { describe, expect, it } from 'vitest';
import { floats, node } from '../../test/unit/sourceGraph';
import type { SourceNode } from '../graph/source';
import type { FloatElement } from './floatElements';
import type { Seen } from './probes';
import { SeenValues, seenOf } from './seenGraph';
import { troublesOf } from './troubles';

const FLOAT32_MAX = 3.4028234663852886e38;

interface Ran {
  nodes: SourceNode[];
  /** The numbers of each value, inputs and results alike. */
  numbers: Record<string, number[]>;
  weights?: Record<string, number[]>;
  constants?: Record<string, number[]>;
  element?: FloatElement;
  /** Values whose products lost a number to zero. */
  lost?: string[];
}

/** Problem and value of each trouble of a graph whose numbers are known. */
function troubles({ nodes, numbers, weights = {}, constants = {}, element = 'float32', lost = [] }: Ran): string[] {
  const made = nodes.flatMap(({ outputs }) => outputs);
  const initializers = Object.entries({ ...weights, ...constants }).map(([name, of]) => [name, floats(of)] as const);
  const seen = Object.entries(numbers).map(([name, of]): [string, Seen] => [
    name,
    { ...seenOf(of), ...(lost.includes(name) ? { lost: true } : {}) },
  ]);
  const values = new SeenValues({
    nodes,
    inputs: Object.keys(numbers).filter((name) => !made.includes(name)),
    outputs: made.slice(-1),
    initializers: new Map(initializers),
    trained: new Set(Object.keys(weights)),
    elements: new Map(Object.keys(numbers).map((name) => [name, element])),
    seen: new Map(seen),
  });
  return troublesOf(values).map(
    ({ problem, value, reaches }) => `${problem} at ${value}${reaches ? ', reaches the output' : ''}`,
  );
}

const scores = node('MatMul', 'x w', 'z');
const w = { w: [1] };

describe('numbers that leave their type', () => {
  it('are named where they are made, not where they are handed on', () => {
    const nodes = [scores, node('Exp', 'z', 'e'), node('ReduceSum', 'e', 's'), node('Div', 'e s', 'p')];
    const numbers = { x: [1], z: [5, 100], e: [148, Infinity], s: [Infinity], p: [0, NaN] };
    expect(troubles({ nodes, numbers, weights: w })).toEqual([
      'infinity at e, reaches the output',
      'NaN at p, reaches the output',
    ]);
  });

  it('may be harmless for the output', () => {
    // 1/(1 + eˣ) at x = 100 is 0 in float32, by way of ∞.
    const nodes = [scores, node('Exp', 'z', 'e'), node('Add', 'e one', 'd'), node('Reciprocal', 'd', 'p')];
    const numbers = { x: [1], z: [100], e: [Infinity], d: [Infinity], p: [0] };
    expect(troubles({ nodes, numbers, weights: w, constants: { one: [1] } })).toEqual(['infinity at e']);
  });

  it('overflow although −∞ of a mask stands beside them', () => {
    const nodes = [scores, node('Add', 'z mask', 'm'), node('Exp', 'm', 'e')];
    const numbers = { x: [1], z: [100, 2], m: [100, -Infinity], e: [Infinity, 0] };
    const constants = { mask: [0, -Infinity] };
    expect(troubles({ nodes, numbers, weights: w, constants })).toEqual(['infinity at e, reaches the output']);
  });

  it('come of the logarithm of a probability that is 0', () => {
    const nodes = [scores, node('Softmax', 'z', 'p'), node('Log', 'p', 'l')];
    const numbers = { x: [1], z: [0, 200], p: [0, 1], l: [-Infinity, 0] };
    expect(troubles({ nodes, numbers, weights: w })).toEqual(['infinity at l, reaches the output', 'underflow at p']);
  });
});

describe('what is meant', () => {
  const softmax = (mask: number[], masked: number[], p: number[]) => ({
    nodes: [scores, node('Add', 'z mask', 'm'), node('Softmax', 'm', 'p')],
    numbers: { x: [1], z: [1, 2], m: masked, p },
    weights: w,
    constants: { mask },
  });

  it('is a mask of −∞', () => {
    expect(troubles(softmax([0, -Infinity], [1, -Infinity], [1, 0]))).toEqual([]);
  });

  it('is a mask of the smallest float32, which would overflow in float16', () => {
    expect(troubles(softmax([0, -FLOAT32_MAX], [1, -FLOAT32_MAX], [1, 0]))).toEqual([]);
  });

  it('is the −∞ of two such masks', () => {
    const { nodes, numbers, ...rest } = softmax([0, -FLOAT32_MAX], [1, -FLOAT32_MAX], [1, 0]);
    const twice = [nodes[0], nodes[1], node('Add', 'm mask', 'mm'), node('Softmax', 'mm', 'p')];
    expect(troubles({ nodes: twice, numbers: { ...numbers, mm: [1, -Infinity] }, ...rest })).toEqual([]);
  });

  it('is the logarithm of a mask, but not that of a weight', () => {
    const nodes = (from: string) => [node('Log', from, 'l'), node('Add', 'l w', 'm'), node('Softmax', 'm', 'p')];
    const numbers = { keep: [0, 1], l: [-Infinity, 0], m: [-Infinity, 1], p: [0, 1] };
    expect(troubles({ nodes: nodes('keep'), numbers, weights: w })).toEqual([]);
    expect(troubles({ nodes: nodes('v'), numbers, weights: { ...w, v: [0, 1] } })).toEqual(['infinity at l']);
  });

  it('is not a row that sees nothing, unless the graph looks for its NaN itself', () => {
    const alone = softmax([-Infinity, -Infinity], [-Infinity, -Infinity], [NaN, NaN]);
    expect(troubles(alone)).toEqual(['NaN at p, reaches the output']);
    const caught = [...alone.nodes, node('IsNaN', 'p', 'n'), node('Where', 'n zero p', 'q')];
    const numbers = { ...alone.numbers, q: [0, 0] };
    expect(troubles({ ...alone, nodes: caught, numbers })).toEqual([]);
  });
});

describe('headroom', () => {
  const exp = (z: number) => ({
    nodes: [scores, node('Exp', 'z', 'e')],
    numbers: { x: [1], z: [z], e: [Math.fround(Math.exp(z))] },
    weights: w,
  });

  it('counts the result of Exp, not its operand', () => {
    // e⁹ leaves 34 decades, though 9 is within a factor 10 of 88.7.
    expect(troubles(exp(9))).toEqual([]);
    expect(troubles(exp(87))).toEqual(['little headroom at e', 'float16 overflow at e']);
  });

  it('is that of the type of the file', () => {
    const numbers = { x: [100], z: [7000] };
    expect(troubles({ nodes: [scores], numbers, weights: w, element: 'float16' })).toEqual(['little headroom at z']);
    expect(troubles({ nodes: [scores], numbers, weights: w })).toEqual([]);
  });

  it('ends for a logarithm at the smallest number', () => {
    const nodes = [scores, node('Exp', 'z', 'e'), node('Log', 'e', 'l')];
    const numbers = { x: [1], z: [-87], e: [1.6e-38], l: [-87] };
    expect(troubles({ nodes, numbers, weights: w })).toEqual(['little headroom at l']);
  });
});

describe('narrower types', () => {
  it('name the first node that float16 does not hold', () => {
    const nodes = [scores, node('Mul', 'z z', 'q'), node('Mul', 'q q', 'r')];
    expect(troubles({ nodes, numbers: { x: [1], z: [1e3], q: [1e6], r: [1e12] }, weights: w })).toEqual([
      'float16 overflow at q',
    ]);
  });
});

describe('numbers lost to 0', () => {
  it('count where a guard hides them from a logarithm', () => {
    const nodes = [scores, node('Exp', 'z', 'e'), node('Clip', 'e low', 'c'), node('Log', 'c', 'l')];
    const numbers = { x: [1], z: [-200, 0], e: [0, 1], c: [1e-8, 1], l: [-18.4, 0] };
    expect(troubles({ nodes, numbers, weights: w, constants: { low: [1e-8] } })).toEqual(['underflow at e']);
  });

  it('do not count in a sum with larger numbers', () => {
    const nodes = [scores, node('Exp', 'z', 'e'), node('ReduceSum', 'e', 's'), node('Log', 's', 'l')];
    const numbers = { x: [1], z: [-200, 0], e: [0, 1], s: [1], l: [0] };
    expect(troubles({ nodes, numbers, weights: w })).toEqual([]);
  });

  it('count in a product of small probabilities', () => {
    const nodes = [scores, node('Mul', 'z z', 'q'), node('Log', 'q', 'l')];
    const numbers = { x: [1], z: [1e-30], q: [0], l: [-Infinity] };
    expect(troubles({ nodes, numbers, weights: w, lost: ['q'] })).toEqual([
      'infinity at l, reaches the output',
      'underflow at q',
    ]);
  });
});
