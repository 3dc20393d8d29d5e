import { expect, test } from 'vitest';
import { symmetricEigen } from './symmetric';

test('small eigenvalues of a badly scaled matrix keep their digits', () => {
  // The Hilbert matrix of order 5, eigenvalues to 12 digits from Gregory & Karney 1969.
  const hilbert = Array.from({ length: 5 }, (_, i) => Array.from({ length: 5 }, (_, j) => 1 / (i + j + 1)));
  const known = [3.28792877217e-6, 3.05898040151e-4, 1.14074916234e-2, 2.08534218611e-1, 1.56705069109];
  symmetricEigen(hilbert).values.forEach((value, k) => expect(value / known[k]).toBeCloseTo(1, 9));
});

test('graded matrices D·B·D of condition 1e12 have eigenvalues right to 1e-3, smallest included', () => {
  // B = [[1, ½], [½, 1]], D = diag(1, 1e-6): λ_min = det/λ_max = ¾·1e-12 / (1 + ¼·1e-12 + …).
  const { values } = symmetricEigen([
    [1, 0.5e-6],
    [0.5e-6, 1e-12],
  ]);
  expect(values[0] / 0.75e-12).toBeCloseTo(1, 3);
});

test('repeated eigenvalues have orthonormal eigenvectors', () => {
  // I + 2uuᵀ with u = (1,1,1)/√3: eigenvalues 1, 1, 3.
  const rows = [0, 1, 2].map((i) => [0, 1, 2].map((j) => (i === j ? 1 : 0) + 2 / 3));
  const { values, vectors } = symmetricEigen(rows);
  [1, 1, 3].forEach((value, k) => expect(values[k]).toBeCloseTo(value, 14));
  vectors.forEach((s, k) =>
    vectors.forEach((other, l) =>
      expect(s.reduce((total, value, i) => total + value * other[i], 0)).toBeCloseTo(k === l ? 1 : 0, 13),
    ),
  );
});

test.each([0, 1])('a matrix of order %i needs no special case', (n) => {
  expect([...symmetricEigen(n ? [[-4]] : []).values]).toEqual(n ? [-4] : []);
});
