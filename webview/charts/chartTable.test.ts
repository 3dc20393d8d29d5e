import { expect, it } from 'vitest';
import type { Plane } from '../../src/report/report';
import { csvOf, tableOf } from './chartTable';
import { layerChart } from './layers';
import { lineChart } from './lines';
import { lineTable } from './lineTable';
import { planeTable } from './planeTable';
import { testTheme } from './testTheme';

/** Reads CSV back, as RFC 4180 says. */
function read(csv: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain = '', end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    rows.at(-1)!.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end !== ',') rows.push([]);
  }
  return rows.slice(0, -1);
}

it('is read back from CSV with every digit, whatever the names hold', () => {
  const table = {
    columns: ['name', 'loss, mean', 'x "scaled"'],
    rows: [
      ['a,b', 0.1 + 0.2, 1e-300],
      ['two\nlines', NaN, -Infinity],
      ['=SUM(A1)', null, 12345678.125],
    ],
  };
  const [head, ...rows] = read(csvOf(table));
  expect(head).toEqual(table.columns);
  expect(rows.map(([, a]) => a)).toEqual(['0.30000000000000004', 'NaN', '']);
  expect(rows.map(([, , b]) => Number(b))).toEqual([1e-300, -Infinity, 12345678.125]);
  expect(rows.map(([name]) => name)).toEqual(['a,b', 'two\nlines', "'=SUM(A1)"]);
});

it('has one row per α of a line, with the numbers that the chart leaves out', () => {
  const line = {
    direction: 'gradient',
    alpha: [-1, 0, 1],
    loss: [3, 1 / 3, Infinity],
    accuracy: [0.1, 0.9, 0.2],
    directionNorm: 1,
  };
  const table = lineTable({ ...line, test: { loss: [4, 5, NaN] } });
  expect(table.columns).toEqual(['α × unit gradient ∇L/‖∇L‖', 'training loss', 'training accuracy', 'test loss']);
  expect(table.rows).toEqual([
    [-1, 3, 0.1, 4],
    [0, 1 / 3, 0.9, 5],
    [1, Infinity, 0.2, NaN],
  ]);
  const { columns, rows } = tableOf(lineChart(line, { scale: 'linear', accuracy: true }, testTheme));
  expect(columns).toEqual([expect.stringContaining('α'), 'loss', 'accuracy']);
  expect(rows[1]).toEqual([0, 1 / 3, 0.9]);
});

it('lists each point of series that lie at different places, with what else is known of it', () => {
  const configuration = {
    data: {
      datasets: [
        { label: 'top', data: [{ x: 5, y: 1, residual: 0.1 }] },
        { label: 'bottom', data: [{ x: -1, y: 1, residual: 0.2, noise: 1e-9 }] },
        { label: '', data: [{ x: 0, y: 0 }] },
      ],
    },
    options: { scales: { x: { title: { text: 'eigenvalue λ' } }, y: { title: { text: 'index' } } } },
  };
  expect(tableOf(configuration)).toEqual({
    columns: ['series', 'eigenvalue λ', 'index', 'residual', 'noise'],
    rows: [
      ['top', 5, 1, 0.1, null],
      ['bottom', -1, 1, 0.2, 1e-9],
    ],
  });
});

it('has one row per bar with the name of its tensor, and leaves out what is a gap', () => {
  const bars = [
    { name: 'conv1.weight', norm: 0.5, oneDimensional: false },
    { name: 'fc.bias', norm: 0, oneDimensional: true },
  ];
  const { columns, rows } = tableOf(layerChart(bars, false, testTheme));
  expect(columns).toEqual(['name', '‖∇L‖: gradient norm ‖∂L/∂θ‖']);
  expect(rows).toEqual([
    ['conv1.weight', 0.5],
    ['fc.bias', NaN],
  ]);
});

it('has one row per point of a plane, and says which were measured', () => {
  const plane: Plane = {
    x: { direction: 'random', values: [0, 1] },
    y: { direction: 'gradient', values: [-2, 2] },
    loss: [
      [1, 2],
      [3, Infinity],
    ],
    evaluated: [
      [true, false],
      [true, true],
    ],
    error: [
      [0, 0.25],
      [0, 0],
    ],
  };
  expect(planeTable(plane, 'loss')).toEqual({
    columns: ['α × d₁ (random)', 'β × d₂ (gradient)', 'loss', 'error of interpolation', 'measured'],
    rows: [
      [0, -2, 1, 0, 'yes'],
      [1, -2, 2, 0.25, 'no'],
      [0, 2, 3, 0, 'yes'],
      [1, 2, Infinity, 0, 'yes'],
    ],
  });
});
