import { expect, it } from 'vitest';
import { filled, node, sourceGraph, weights } from '../../test/unit/sourceGraph';
import { spelledCopy, unfoldCopies } from './foldedCopies';

const w = weights('w', [6, 5]);
const folded = (of: (x: number) => number) => ({
  ...w,
  data: Float32Array.from(w.data as Float32Array, of),
});
const model = (copy: typeof w, origin = w) =>
  sourceGraph({
    nodes: [node('MatMul', 'x w', 'a'), node('MatMul', 'x copy', 'b'), node('Add', 'a b', 'y')],
    initializers: { w: origin, copy },
  });

it.each([
  ['w − 2', (x: number) => x - 2],
  ['w + 0.1', (x: number) => x + Math.fround(0.1)],
  ['0.125 · w', (x: number) => x / 8],
  ['−1 · w', (x: number) => -x],
  ['0.3333333 · w', (x: number) => x * Math.fround(1 / 3)],
  ['2 − w', (x: number) => 2 - x],
  ['−0.5 − w', (x: number) => -0.5 - x],
  ['w / 3', (x: number) => x / 3],
  ['w / −0.7', (x: number) => x / Math.fround(-0.7)],
  ['1 / w', (x: number) => 1 / x],
  ['−0.3 / w', (x: number) => Math.fround(-0.3) / x],
])('finds %s', (text, of) => {
  const { source, copies } = unfoldCopies(model(folded(of)));
  expect(copies.map(spelledCopy)).toEqual([text]);
  expect(source.initializers.has('copy')).toBe(false);
  const constantFirst = /[−/] w$/.test(text);
  const inputs = ['w', 'copy (constant of w)'];
  expect(source.nodes[0]).toMatchObject({
    outputs: ['copy'],
    inputs: constantFirst ? inputs.reverse() : inputs,
  });
});

it('finds the parameter even if its copy comes first in the file', () => {
  const { source, copies } = unfoldCopies(
    sourceGraph({
      nodes: [node('MatMul', 'x w', 'a'), node('MatMul', 'x copy', 'b'), node('Add', 'a b', 'y')],
      // w is not its copy plus 1000, which was rounded.
      initializers: { copy: folded((x) => x - 1000), w },
    }),
  );
  expect(copies.map((each) => [each.copy, spelledCopy(each)])).toEqual([['copy', 'w − 1000']]);
  expect([...source.initializers.keys()]).toEqual(['w', 'copy (constant of w)']);
});

it('ignores tensors that differ from such an expression in one bit', () => {
  const copy = folded((x) => x - 2);
  (copy.data as Float32Array)[7] += 1e-6;
  expect(unfoldCopies(model(copy)).copies).toEqual([]);
});

it('ignores constant tensors, and unrelated ones of the same shape', () => {
  expect(unfoldCopies(model(filled([6, 5], 3), filled([6, 5], 1))).copies).toEqual([]);
  expect(unfoldCopies(model(weights('other', [6, 5]))).copies).toEqual([]);
});

it('ignores equal tensors, such as the biases of two normalizations whose sum a network reads', () => {
  expect(unfoldCopies(model(folded((x) => x))).copies).toEqual([]);
  expect(unfoldCopies(model(w)).copies).toEqual([]);
});
