import { expect, it } from 'vitest';
import { eigenvalueRows } from './eigenvalueTable';

it('keeps the three errors apart and says which is the largest', () => {
  const rows = eigenvalueRows(
    {
      top: [{ value: 60, residual: 1e-12, converged: true, dataError: 5 }],
      bottom: [{ value: -1.6, residual: 0.3, converged: false, dataError: 0.2 }],
      products: 9,
      noiseFloor: 1e-4,
    },
    { top: [{ value: 59, residual: 1e-9, converged: true }], products: 9, noiseFloor: 2e-4 },
  );
  expect(rows.map(({ name, leading, converged }) => [name, leading, converged])).toEqual([
    ['H  λ₁', 'data', true],
    ['H  λₙ', 'residual', false],
    ['G  λ₁', 'noise', true],
  ]);
  expect(rows[2].errors).toEqual({ residual: 1e-9, noise: 2e-4, data: undefined });
});

it('has no row for eigenvalues that were not measured', () => {
  expect(eigenvalueRows(undefined, undefined)).toEqual([]);
});
