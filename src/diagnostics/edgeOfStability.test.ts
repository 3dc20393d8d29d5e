import { expect, it } from 'vitest';
import { edgeOfStability } from './edgeOfStability';
import { LIMITS } from './limits';
import { extremes } from './testMeasurements';

interface Asked {
  rate: number;
  momentum?: number;
  error?: number;
  converged?: boolean;
}

function judge(max: number, { rate, momentum = 0, error = 0, converged = true }: Asked) {
  const stability = {
    learningRate: rate,
    momentum,
    bound: 2 + 2 * momentum,
    criticalStep: { value: 0.5, error: 0.1 },
    criticalSharpness: { value: 4, error: 0.8 },
  };
  return edgeOfStability.judge({ extremes: extremes({ max, min: 0, error, converged }), stability }, LIMITS);
}

// Cohen et al. 2021: 2/η for gradient descent, (2 + 2β)/η with momentum β.
it.each([
  [20, { rate: 0.1 }, 'present', 'medium'],
  [18.1, { rate: 0.1 }, 'present', 'medium'],
  [17.9, { rate: 0.1 }, 'absent', 'info'],
  [30, { rate: 0.1 }, 'present', 'high'],
  [20, { rate: 0.1, momentum: 0.9 }, 'absent', 'info'],
  [38, { rate: 0.1, momentum: 0.9 }, 'present', 'medium'],
  [18.1, { rate: 0.1, error: 0.3 }, 'inconclusive', 'info'],
  [17.9, { rate: 0.1, error: 0.3 }, 'inconclusive', 'info'],
  [10, { rate: 0.1, converged: false }, 'inconclusive', 'info'],
  [-1, { rate: 0.1 }, 'absent', 'info'],
] as const)('λ_max = %f with %o: %s, %s', (max, asked, verdict, severity) => {
  expect(judge(max, asked)).toMatchObject({ verdict, severity });
});

it('tells the critical sharpness in units of the learning rate', () => {
  expect(judge(20, { rate: 0.1 })!.evidence).toContainEqual({
    name: 'critical sharpness 2/η_c along −g · learning rate',
    value: 0.4,
    error: expect.closeTo(0.08, 12) as number,
  });
});

it('has no verdict without a learning rate', () => {
  expect(edgeOfStability.judge({ extremes: extremes({ max: 1, min: 0 }) }, LIMITS)).toBeNull();
});
