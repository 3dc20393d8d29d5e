import { describe, expect, it } from 'vitest';
import { random } from '../numerics/random';
import { sublevelSets } from './sublevelSets';

/** Minima of a picture drawn by hand, with its rows as text. */
function minimaOf(rows: readonly number[][], centre: [number, number] = [0, 0]) {
  const width = rows[0].length;
  const { minima, components } = sublevelSets(rows.flat(), width, centre);
  const place = (p: number | null) => (p === null ? null : [Math.floor(p / width), p % width]);
  return {
    components,
    minima: minima.map(({ at, persistence, barrier }) => [place(at), persistence, place(barrier)]),
  };
}

describe('sublevel sets', () => {
  it('give the higher of two wells the height of the pass between them', () => {
    expect(
      minimaOf([
        [9, 9, 9, 9, 9],
        [9, 1, 6, 2, 9],
        [9, 9, 9, 9, 9],
      ]),
    ).toEqual({
      components: 1,
      minima: [
        [[1, 1], Infinity, null],
        [[1, 3], 4, [1, 2]],
      ],
    });
  });

  it('pass diagonally between vertices', () => {
    const { minima } = minimaOf([
      [0, 9, 9],
      [9, 1, 9],
      [9, 9, 2],
    ]);
    expect(minima).toEqual([[[0, 0], Infinity, null]]);
  });

  it('do not pass through NaN or ∞, and wrap around no edge', () => {
    expect(
      minimaOf([
        [1, 5, NaN, 5, 2],
        [5, 5, Infinity, 5, 5],
        [5, 4, -Infinity, 3, 5],
      ]),
    ).toEqual({
      components: 2,
      minima: [
        [[0, 0], Infinity, null],
        [[0, 4], Infinity, null],
        [[2, 3], 2, [1, 3]],
        [[2, 1], 1, [1, 0]],
      ],
    });
  });

  it('see one minimum in a plateau, at its vertex nearest to the centre', () => {
    const { minima } = minimaOf(
      [
        [3, 3, 3, 3],
        [3, 1, 1, 1],
        [3, 1, 3, 1],
        [3, 3, 3, 1],
      ],
      [1, 3],
    );
    expect(minima).toEqual([[[1, 3], Infinity, null]]);
  });

  it('let the minimum nearer to the centre live where two are equal', () => {
    expect(minimaOf([[1, 4, 1]], [0, 2]).minima).toEqual([
      [[0, 2], Infinity, null],
      [[0, 0], 3, [0, 1]],
    ]);
  });

  it('have nothing to tell where nothing is finite', () => {
    expect(minimaOf([[NaN, Infinity]])).toEqual({ components: 0, minima: [] });
  });

  it('agree with components counted level by level on random pictures', () => {
    const source = random(7, 'topology');
    for (let trial = 0; trial < 40; trial++) {
      const [height, width] = [1 + (trial % 6), 2 + (trial % 5)];
      const values = Array.from({ length: height * width }, () =>
        source.uniform() < 0.15 ? NaN : Math.floor(source.uniform() * 8),
      );
      const { minima, components } = sublevelSets(values, width, [0, 0]);
      for (let level = 0; level < 8; level++) {
        const alive = minima.filter(
          ({ at, persistence }) => values[at] <= level && values[at] + persistence > level,
        ).length;
        expect(alive).toBe(componentsUpTo(values, width, level));
      }
      expect(components).toBe(componentsUpTo(values, width, Infinity));
    }
  });
});

/** Number of connected sets of vertices up to a level, by flooding. */
function componentsUpTo(values: readonly number[], width: number, level: number): number {
  const open = new Set(values.map((_, p) => p).filter((p) => values[p] <= level));
  let count = 0;
  while (open.size > 0) {
    count++;
    const [first] = open;
    const queue = [first];
    open.delete(first);
    for (let p = queue.pop(); p !== undefined; p = queue.pop()) {
      const [row, column] = [Math.floor(p / width), p % width];
      for (const q of [...open]) {
        if (Math.abs(Math.floor(q / width) - row) > 1 || Math.abs((q % width) - column) > 1) continue;
        open.delete(q);
        queue.push(q);
      }
    }
  }
  return count;
}
