import { expect, test } from 'vitest';
import { rotated } from '../../test/unit/symmetricOperators';
import type { KnownOperator } from '../../test/unit/symmetricOperators';
import { extremeEigenpairs } from './extremes';
import { hutchinsonTrace } from './hutchinson';

/** Outliers above a bulk: what networks have. */
const eigenvalues = [
  ...Array.from({ length: 6 }, (_, i) => 60 * 0.7 ** i),
  ...Array.from({ length: 294 }, (_, i) => (i % 3 ? 0.2 : -0.1) * 0.98 ** i),
];
const DIM = eigenvalues.length;
const PARTS = [
  { name: 'a', ranges: [{ offset: 0, count: 100 }] },
  {
    name: 'b',
    ranges: [
      { offset: 100, count: 50 },
      { offset: 250, count: 50 },
    ],
  },
  { name: 'c', ranges: [{ offset: 150, count: 100 }] },
];

async function matrixOf(op: KnownOperator): Promise<Float32Array[]> {
  const unit = (i: number) => Float32Array.from({ length: DIM }, (_, j) => (i === j ? 1 : 0));
  return op.apply(Array.from({ length: DIM }, (_, i) => unit(i)));
}

const indices = ({ ranges }: (typeof PARTS)[number]) =>
  ranges.flatMap(({ offset, count }) => Array.from({ length: count }, (_, i) => offset + i));

test.each([0, 6])(
  'the intervals of traces, row norms and the diagonal cover the truth with %i known eigenpairs',
  async (top) => {
    const covered = { trace: 0, rowNorm: 0, entries: 0, frobenius: 0 };
    let relative = 0;
    const seeds = 20;
    for (let seed = 0; seed < seeds; seed++) {
      const op = rotated(eigenvalues, seed);
      const h = await matrixOf(op);
      const { top: eigenpairs } = await extremeEigenpairs(op, {
        top,
        bottom: 0,
        seed,
        repeated: 'never',
        tolerance: 1e-5,
      });
      const { moments, value } = await hutchinsonTrace(op, {
        seed,
        minProbes: 24,
        maxProbes: 24,
        parts: PARTS,
        keepDiagonal: true,
        eigenpairs,
      });
      const estimates = moments.estimates();
      expect(estimates.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
      expect(estimates.reduce((total, { trace }) => total + trace.value, 0)).toBeCloseTo(value, 4);
      PARTS.forEach((part, p) => {
        const { trace, rowNorm } = estimates[p];
        const trueTrace = indices(part).reduce((total, i) => total + h[i][i], 0);
        const trueRows = Math.sqrt(indices(part).reduce((total, i) => total + h[i].reduce((s, x) => s + x * x, 0), 0));
        if (Math.abs(trace.value - trueTrace) <= 2 * trace.standardError) covered.trace++;
        if (Math.abs(rowNorm.value - trueRows) <= 2 * rowNorm.standardError + 1e-5 * trueRows) covered.rowNorm++;
      });
      const trueNorm = Math.hypot(...eigenvalues);
      const { value: norm, standardError } = moments.frobenius();
      if (Math.abs(norm - trueNorm) <= 2 * standardError + 1e-5 * trueNorm) covered.frobenius++;
      relative += standardError / trueNorm / seeds;
      const diagonal = moments.diagonal()!;
      covered.entries += diagonal.value.filter(
        (entry, i) => Math.abs(entry - h[i][i]) <= 2 * diagonal.standardError[i],
      ).length;
    }
    expect(covered.trace).toBeGreaterThanOrEqual(0.85 * 3 * seeds);
    expect(covered.rowNorm).toBeGreaterThanOrEqual(0.85 * 3 * seeds);
    expect(covered.frobenius).toBeGreaterThanOrEqual(0.85 * seeds);
    expect(covered.entries).toBeGreaterThanOrEqual(0.9 * DIM * seeds);
    // With the outliers known next to nothing is left to chance.
    if (top === 6) expect(relative).toBeLessThan(1e-3);
    else expect(relative).toBeGreaterThan(1e-2);
  },
);

test('the spread of the diagonal is that of its entries, without sampling noise', async () => {
  const op = rotated(eigenvalues, 3);
  const h = await matrixOf(op);
  const { top } = await extremeEigenpairs(op, { top: 6, bottom: 0, seed: 1, repeated: 'never' });
  const { moments } = await hutchinsonTrace(op, {
    seed: 1,
    minProbes: 40,
    maxProbes: 40,
    parts: PARTS,
    keepDiagonal: true,
    eigenpairs: top,
  });
  PARTS.forEach((part, p) => {
    const entries = indices(part).map((i) => h[i][i]);
    const centre = entries.reduce((a, b) => a + b, 0) / entries.length;
    const spread = Math.sqrt(entries.reduce((total, x) => total + (x - centre) ** 2, 0) / entries.length);
    expect(moments.estimates()[p].diagonalSpread! / spread).toBeCloseTo(1, 1);
  });
});
