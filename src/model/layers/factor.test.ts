import { expect, it } from 'vitest';
import { at, chosen } from './choice';
import { cut, Factor, fix, joined, leaves, merge, newAxis } from './factor';
import { piecesOf, settleFamilies } from './pieces';

const sizes = (axis: readonly Factor[]) => leaves(axis).map(({ size }) => size);

it('makes two axes of one length the same index', () => {
  const [a, b] = [newAxis(6), newAxis(6)];
  merge(a, b);
  fix(a);
  expect(leaves(b)[0]).toBe(leaves(a)[0]);
  expect(leaves(b)[0].fixed).toBe(true);
});

it('cuts a long factor where a short one ends, everywhere it occurs', () => {
  const wide = newAxis(32);
  const [heads, width] = [newAxis(4), newAxis(8)];
  merge(wide, [...heads, ...width]);
  expect(leaves(wide)).toEqual([...leaves(heads), ...leaves(width)]);
});

it('cuts the outermost factors off', () => {
  const axis = [new Factor(6), new Factor(4)];
  const found = cut(axis, 12)!;
  expect([sizes(found.head), sizes(found.tail)]).toEqual([[6, 2], [2]]);
  expect(sizes(axis)).toEqual([6, 2, 2]);
  expect(cut(newAxis(6), 4)).toBeNull();
});

it('fixes the order where the factors do not fit together', () => {
  const [a, b] = [
    [new Factor(4), new Factor(6)],
    [new Factor(6), new Factor(4)],
  ];
  merge(a, b);
  expect([...leaves(a), ...leaves(b)].every(({ fixed }) => fixed)).toBe(true);
});

it('has no factor for an axis of length 1', () => {
  expect(newAxis(1)).toEqual([]);
});

const partsOf = (...axes: (readonly Factor[])[]) =>
  piecesOf(axes).map(({ offset, places }) => [offset, ...places.map(({ size, stride }) => [size, stride])]);

it('makes the parts of a joined axis the same index as those of another one', () => {
  const [a, b, rows] = [newAxis(3), newAxis(5), newAxis(2)];
  const weights = newAxis(8);
  merge(weights, joined([a, b]));
  expect(partsOf(weights, rows)).toEqual([
    [0, [3, 2], [2, 1]],
    [6, [5, 2], [2, 1]],
  ]);
  expect(piecesOf([weights])[1].places[0].factor).toBe(leaves(b)[0]);
  expect(leaves(chosen(weights, 3, 8)!.axis)).toEqual(leaves(b));
});

it('gives each entry of a stack an order of its own, until something reads the rest alone', () => {
  const [stack, units] = [newAxis(2, true), newAxis(4)];
  const parts = [0, 1].map((entry) => at(units, [{ over: stack[0], entry }]));
  const read = [[stack, units], [parts[0]], [parts[1]]];
  settleFamilies(() => read);
  expect(leaves(parts[0])[0]).not.toBe(leaves(parts[1])[0]);
  expect(piecesOf([stack, units]).map(({ places }) => places[0].factor)).toEqual(parts.flatMap(leaves));

  settleFamilies(() => [...read, [units]]);
  expect(leaves(parts[0])).toEqual(leaves(parts[1]));
  expect(partsOf(stack, units)).toEqual([[0, [2, 4], [4, 1]]]);
});

it('cuts a joined axis of equal parts into a stack', () => {
  const axis = joined([newAxis(6), newAxis(6)]);
  const { head, tail } = cut(axis, 2)!;
  const inner = cut(tail, 3)!;
  expect(partsOf(head, inner.tail, inner.head)).toEqual([
    [0, [2, 3], [3, 1]],
    [6, [2, 3], [3, 1]],
  ]);
});
