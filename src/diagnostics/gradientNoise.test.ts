import { describe, expect, it } from 'vitest';
import { gradientNoise } from './gradientNoise';
import { LIMITS } from './limits';
import { bowl } from './testMeasurements';

/** 100 samples with tr Σ = 100, so that the standard error of the gradient is 1. */
const judge = (gradientNorm: number, error = 0) =>
  gradientNoise.judge(
    {
      ...bowl({ gradientNorm }),
      noise: {
        trace: { value: 100, error },
        samples: 100,
        standardError: 1,
        unbiasedScale: gradientNorm > 1 ? 100 / (gradientNorm ** 2 - 1) : null,
      },
    },
    LIMITS,
  )!;

describe('gradient noise', () => {
  it('is present where the noise scale exceeds the number of samples', () => {
    expect(judge(Math.sqrt(1.99)).verdict).toBe('present');
    expect(judge(Math.sqrt(2.01)).verdict).toBe('absent');
    expect(judge(0.5).verdict).toBe('present');
  });

  it('is inconclusive where the gradients of too few samples were computed', () => {
    expect(judge(1.5, 10).verdict).toBe('absent');
    expect(judge(1.5, 20).verdict).toBe('inconclusive');
  });

  it('advises the batch size at which chance and signal are equal', () => {
    expect(judge(3, 10).summary).toContain('Batches of about 13 samples');
  });

  it('tells how far gradients of batches point along the full one', () => {
    // ‖E g‖² = 4 − 1 = 3: a batch of one has cosine √(3/(3 + 100)), all hundred √(3/4).
    const cosines = judge(2).evidence.filter(({ name }) => name.startsWith('cosine'));
    expect(cosines.map(({ value }) => value)).toEqual([1, 16, 64, 100].map((n) => Math.sqrt(3 / (3 + 100 / n))));
  });

  it('is absent where all samples agree', () => {
    const noise = { trace: { value: 0, error: 0 }, samples: 4, standardError: 0, unbiasedScale: 0 };
    expect(gradientNoise.judge({ ...bowl({ gradientNorm: 0 }), noise }, LIMITS)?.verdict).toBe('absent');
  });
});
