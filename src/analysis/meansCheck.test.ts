import { expect, it } from 'vitest';
import { gaussianVector, random } from '../numerics/random';
import { estimateTrace } from '../spectrum/hutchinson';
import { meansCheck } from './checks';

/** Values of spread 1 about `centre`. */
const probes = (seed: number, count: number, centre: number) =>
  estimateTrace(Array.from(gaussianVector(count, random(seed, 'probes', count)), (v) => v + centre));

it('does not cry out at two probes that chance laid side by side, and sees what is far off', () => {
  const seeds = Array.from({ length: 2000 }, (_, seed) => seed);
  const failing = (centre: number) =>
    seeds.filter((seed) => !meansCheck('', probes(seed, 2, centre), probes(seed, 10, 0)).passed).length;
  // One in 15,000 is expected.
  expect(failing(0)).toBeLessThanOrEqual(2);
  expect(failing(20)).toBeGreaterThan(1990);
});
