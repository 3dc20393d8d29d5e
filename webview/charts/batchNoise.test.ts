import { expect, it } from 'vitest';
import { batchNoiseChart, batchNoiseSummary } from './batchNoise';
import { testTheme } from './testTheme';

const noise = {
  traceOfCovariance: { value: 16, error: 0 },
  scale: { value: 16, error: 0 },
  gradientStandardError: 2,
  samplesUsed: 4,
};

it('falls with the root of the batch and meets the gradient at tr Σ/‖g‖² samples', () => {
  const [chance, gradient] = batchNoiseChart({ noise, gradientNorm: 1, samples: 16 }, testTheme).data.datasets;
  const at = chance!.data.findIndex(({ x }) => x === 16);
  expect(chance!.data[at]!.y).toBeCloseTo(gradient!.data[at]!.y, 12);
  expect(chance!.data[0]!.y).toBe(4);
});

it('draws no gradient that is zero', () => {
  expect(batchNoiseChart({ noise, gradientNorm: 0, samples: 16 }, testTheme).data.datasets).toHaveLength(1);
});

it('says where chance alone explains the gradient', () => {
  expect(batchNoiseSummary({ noise, gradientNorm: 3, samples: 4 })).toContain('a norm of 3 and a standard error of 2.');
  expect(batchNoiseSummary({ noise, gradientNorm: 1, samples: 4 })).toContain('chance alone explains it');
});
