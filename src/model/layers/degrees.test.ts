import { expect, it } from 'vitest';
import { Degrees } from './degrees';

it('writes unknowns as multiples of a free one', () => {
  const degrees = new Degrees();
  const [a, b, c] = [0, 1, 2].map(() => degrees.add(1));
  degrees.equal(b, a, 2);
  degrees.equal(c, b, -1);
  const [first, last] = [degrees.of(a)!, degrees.of(c)!];
  expect(first.root).toBe(last.root);
  expect(last.ratio / first.ratio).toBe(-2);
});

it('finds that an unknown which is its own double is zero', () => {
  const degrees = new Degrees();
  const a = degrees.add(2);
  degrees.equal(a, a + 1);
  degrees.equal(a, a + 1, 2);
  expect([degrees.of(a), degrees.of(a + 1)]).toEqual([null, null]);
});

it('shortens sums by what is known later', () => {
  const degrees = new Degrees();
  const a = degrees.add(3);
  degrees.sum([0, 1, 2].map((i) => ({ unknown: a + i, factor: 1 })));
  degrees.zero(a + 1);
  degrees.settle();
  expect(degrees.of(a)!.ratio).toBe(-degrees.of(a + 2)!.ratio);
});

it('keeps one symmetry where a sum leaves several', () => {
  const degrees = new Degrees();
  const a = degrees.add(3);
  degrees.sum([0, 1, 2].map((i) => ({ unknown: a + i, factor: 1 })));
  degrees.settle();
  expect(degrees.of(a + 2)).toBeNull();
  expect(degrees.of(a)!.ratio).toBe(-degrees.of(a + 1)!.ratio);
});
