import { expect, it } from 'vitest';
import { batchCosineChart, batchCosineSummary, expectedCosine } from './batchCosine';
import { testTheme } from './testTheme';

// ‖g‖² = 5, tr Σ/N = 1: the true gradient has squared norm 4, and the noise scale is 100/4 = 25.
const drawn = {
  noise: {
    traceOfCovariance: { value: 100, error: 0 },
    scale: { value: 20, error: 0 },
    unbiasedScale: 25,
    gradientStandardError: 1,
    samplesUsed: 100,
  },
  gradientNorm: Math.sqrt(5),
  samples: 100,
};

it('is 1/√2 at the noise scale and grows towards 1', () => {
  expect(expectedCosine(drawn, 25)).toBeCloseTo(Math.SQRT1_2, 12);
  const cosines = batchCosineChart(drawn, testTheme).data.datasets[0]!.data.map(({ y }) => y);
  expect(cosines).toEqual([...cosines].sort((a, b) => a - b));
  expect(cosines[0]).toBeCloseTo(Math.sqrt(4 / 104), 12);
});

it('is zero where chance explains all of the gradient', () => {
  const chance = { ...drawn, noise: { ...drawn.noise, unbiasedScale: undefined }, gradientNorm: 1 };
  expect(expectedCosine(chance, 1000)).toBe(0);
  expect(batchCosineSummary(chance)).toContain('Chance explains all');
});
