import { expect, it } from 'vitest';
import { cut, Factor, fix, leaves, merge, newAxis } from './factor';

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
