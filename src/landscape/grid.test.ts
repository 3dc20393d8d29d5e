import { expect, test } from 'vitest';
import { centreIndex, gridValues, nestedMeshes, outwards, pointsOf } from './grid';

test.each([
  [{ from: -1, to: 1, steps: 5 }, [-1, -0.5, 0, 0.5, 1]],
  [{ from: -1, to: 0, steps: 2 }, [-1, 0]],
  [{ from: 0, to: 2, steps: 3 }, [0, 1, 2]],
  [{ from: 1, to: 3, steps: 3 }, [1, 2, 3]],
  [{ from: 1, to: -1, steps: 3 }, [1, 0, -1]],
  [{ from: 2, to: 5, steps: 1 }, [2]],
])('%j', (range, values) => expect(gridValues(range)).toEqual(values));

test('exact 0 is added if a grid steps over it', () => {
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
      values.forEach((value, i) => expect(value).toBeCloseTo(-values[steps - 1 - i], 14));
    }
  },
);

test('a grid needs finite ends', () => {
  expect(() => gridValues({ from: NaN, to: 1, steps: 3 })).toThrow('NaN:1:3');
});

test.each([
  [51, 51, 25, 25],
  [25, 25, 12, 12],
  [1, 51, 0, 25],
  [7, 15, 3, 7],
  [2, 2, 1, 1],
  [1, 1, 0, 0],
  [26, 21, 13, 5],
])('the meshes of a %i × %i grid are nested, span it, and end in it', (rows, columns, row, column) => {
  const meshes = nestedMeshes(rows, columns, [row, column]);
  expect(pointsOf(meshes.at(-1)!, columns)).toEqual(Array.from({ length: rows * columns }, (_, p) => p));
  meshes.forEach((mesh, k) => {
    expect([mesh.rows[0], mesh.rows.at(-1), mesh.columns[0], mesh.columns.at(-1)]).toEqual([
      0,
      rows - 1,
      0,
      columns - 1,
    ]);
    expect([mesh.rows.includes(row), mesh.columns.includes(column)]).toEqual([true, true]);
    const finer = meshes[k + 1] ?? mesh;
    for (const axis of ['rows', 'columns'] as const) {
      expect(mesh[axis].filter((line) => !finer[axis].includes(line))).toEqual([]);
      // Halved at most once from mesh to mesh: a new line has old ones on both sides.
      expect(finer[axis].length).toBeLessThanOrEqual(2 * mesh[axis].length - Math.min(1, mesh[axis].length - 1));
    }
  });
});

test('a symmetric axis has symmetric meshes with gaps that differ by at most one', () => {
  for (const { rows } of nestedMeshes(51, 51, [25, 25])) {
    expect(rows.map((line) => 50 - line).reverse()).toEqual(rows);
    const gaps = rows.slice(1).map((line, i) => line - rows[i]);
    expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(1);
  }
});

test('the first picture of a 25 × 25 plane needs few points', () => {
  expect(pointsOf(nestedMeshes(25, 25, [12, 12])[0], 25).length).toBeLessThanOrEqual(25);
});

test('a picture grows from the centre outwards', () => {
  expect(outwards([0, 1, 2, 3, 4, 5, 6, 7, 8], 3, [1, 1])).toEqual([4, 1, 3, 5, 7, 0, 2, 6, 8]);
});

test('the centre is at 0, or in the middle without a 0', () => {
  expect(centreIndex([-1, 0, 1, 2, 3])).toBe(1);
  expect(centreIndex([1, 2, 3])).toBe(1);
});
