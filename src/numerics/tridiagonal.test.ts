import { expect, test } from 'vitest';
import { tridiagonalEigen, tridiagonalEigenvectors } from './tridiagonal';

/** The second difference matrix: 2 on the diagonal, −1 beside it; λₖ = 2 − 2 cos(kπ/(n+1)). */
function secondDifference(n: number) {
  return { diagonal: new Array<number>(n).fill(2), offDiagonal: new Array<number>(n - 1).fill(-1) };
}

test.each([1, 2, 3, 50, 300])(
  'finds the eigenvalues 2 − 2cos(kπ/(n+1)) of the second difference matrix, n = %i',
  (n) => {
    const { diagonal, offDiagonal } = secondDifference(n);
    tridiagonalEigen(diagonal, offDiagonal).values.forEach((value, k) =>
      expect(Math.abs(value - (2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1))))).toBeLessThan(1e-13),
    );
  },
);

test('first and last components are those of √(2/(n+1))·sin(ikπ/(n+1))', () => {
  const n = 40;
  const { diagonal, offDiagonal } = secondDifference(n);
  const { rows } = tridiagonalEigen(diagonal, offDiagonal, [0, n - 1]);
  for (let k = 0; k < n; k++) {
    const expected = Math.abs(Math.sqrt(2 / (n + 1)) * Math.sin(((k + 1) * Math.PI) / (n + 1)));
    expect(Math.abs(rows[0][k])).toBeCloseTo(expected, 12);
    expect(Math.abs(rows[1][k])).toBeCloseTo(expected, 12);
  }
});

test.each([
  ['a random matrix', [3, -1, 4, 1, -5], [0.9, 2.6, -5.3, 5.8]],
  ['a matrix that falls apart', [1, 1, 2, 2, 1], [0, 1e-9, 0, 3]],
  ['a zero matrix', [0, 0, 0], [0, 0]],
  ['repeated blocks', [1, 2, 1, 2, 1, 2], [1, 0, 1, 0, 1]],
  ['graded entries', [1e6, 1, 1e-6, 1e-12], [1, 1e-3, 1e-9]],
])('T·s = λ·s with orthonormal s for %s', (_, diagonal, offDiagonal) => {
  const { values, vectors } = tridiagonalEigenvectors(diagonal, offDiagonal);
  const scale = Math.max(...diagonal.map(Math.abs), ...offDiagonal.map(Math.abs), 1e-300);
  vectors.forEach((s, k) => {
    for (let i = 0; i < diagonal.length; i++) {
      const product =
        diagonal[i] * s[i] + (offDiagonal[i - 1] ?? 0) * (s[i - 1] ?? 0) + (offDiagonal[i] ?? 0) * (s[i + 1] ?? 0);
      expect(Math.abs(product - values[k] * s[i])).toBeLessThan(4e-15 * scale);
    }
    vectors.forEach((other, l) => {
      const inner = s.reduce((total, value, i) => total + value * other[i], 0);
      expect(inner).toBeCloseTo(k === l ? 1 : 0, 13);
    });
  });
});

test('non-finite entries are refused rather than looping forever', () => {
  expect(() => tridiagonalEigen([1, NaN, 1], [1, 1])).toThrow('finite');
});
