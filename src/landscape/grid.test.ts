import { expect, test } from 'vitest';
import { centreIndex, coarseToFine, gridValues } from './grid';

test.each([
  [{ from: -1, to: 1, steps: 5 }, [-1, -0.5, 0, 0.5, 1]],
  [{ from: -1, to: 0, steps: 2 }, [-1, 0]],
  [{ from: 0, to: 2, steps: 3 }, [0, 1, 2]],
  [{ from: 1, to: 3, steps: 3 }, [1, 2, 3]],
  [{ from: 1, to: -1, steps: 3 }, [1, 0, -1]],
  [{ from: 2, to: 5, steps: 1 }, [2]],
])('%j', (range, values) => expect(gridValues(range)).toEqual(values));

test('exact 0 is added where an even grid steps over it', () => {
  expect(gridValues({ from: -1, to: 1, steps: 4 })).toEqual(
    [-1, -1 / 3, 0, 1 / 3, 1].map((x) => expect.closeTo(x, 12)),
  );
  expect(gridValues({ from: -1, to: 1, steps: 4 })).toContain(0);
  expect(gridValues({ from: 1, to: -2, steps: 3 })).toEqual([1, 0, -0.5, -2]);
});

test.each([3, 11, 21, 25, 51, 101, 1001])(
  'a symmetric grid of %i points has exact ends and an exact centre',
  (steps) => {
    for (const half of [0.1, 0.3, 0.5, 1, 1e-3, 7.7]) {
      const values = gridValues({ from: -half, to: half, steps });
      expect(values.length).toBe(steps);
      expect([values[0], values[(steps - 1) / 2], values[steps - 1]]).toEqual([-half, 0, half]);
      values.forEach((value, i) => expect(value).toBeCloseTo(-values[steps - 1 - i]!, 14));
    }
  },
);

test('a grid needs finite ends', () => {
  expect(() => gridValues({ from: NaN, to: 1, steps: 3 })).toThrow('NaN:1:3');
});

test.each([
  [25, 25],
  [1, 51],
  [7, 15],
  [2, 2],
  [1, 1],
  [26, 26],
])('a %i × %i grid is taken from the centre outwards, coarse to fine, each point once', (rows, columns) => {
  const centre: [number, number] = [rows >> 1, columns >> 1];
  const levels = coarseToFine(rows, columns, centre);
  const points = levels.flatMap((level) => level.points);
  expect(points[0]).toEqual(centre);
  expect(points.length).toBe(rows * columns);
  expect(new Set(points.map(String)).size).toBe(rows * columns);
  const measured = new Set<string>();
  for (const level of levels) {
    level.points.forEach((point) => measured.add(String(point)));
    for (const row of level.rows)
      for (const column of level.columns) expect(measured.has(`${row},${column}`)).toBe(true);
  }
  for (const { rows: lines } of levels.slice(1)) expect([lines[0], lines.at(-1)]).toEqual([0, rows - 1]);
});

test('the first picture of a 25 × 25 plane needs few points', () => {
  const [, first] = coarseToFine(25, 25, [12, 12]);
  expect(first!.rows.length * first!.columns.length).toBeLessThanOrEqual(25);
});

test('the centre is where 0 is, else the middle', () => {
  expect(centreIndex([-1, 0, 1, 2, 3])).toBe(1);
  expect(centreIndex([1, 2, 3])).toBe(1);
});
