import { expect, it } from 'vitest';
import { filled, node, sourceGraph, weights } from '../../test/unit/sourceGraph';
import { spelledCopy, unfoldCopies } from './foldedCopies';

const w = weights('w', [6, 5]);
const folded = (of: (x: number) => number) => ({ ...w, data: Float32Array.from(w.data as Float32Array, of) });
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
])('finds %s', (text, of) => {
  const { source, copies } = unfoldCopies(model(folded(of)));
  expect(copies.map(spelledCopy)).toEqual([text]);
  expect(source.initializers.has('copy')).toBe(false);
  expect(source.nodes[0]).toMatchObject({ outputs: ['copy'], inputs: ['w', 'copy (constant of w)'] });
});

it('leaves tensors that differ in one bit from any such expression', () => {
  const copy = folded((x) => x - 2);
  (copy.data as Float32Array)[7] += 1e-6;
  expect(unfoldCopies(model(copy)).copies).toEqual([]);
});

it('leaves tensors that have one value, and others by chance alike in shape', () => {
  expect(unfoldCopies(model(filled([6, 5], 3), filled([6, 5], 1))).copies).toEqual([]);
  expect(unfoldCopies(model(weights('other', [6, 5]))).copies).toEqual([]);
});
