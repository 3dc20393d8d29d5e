import { expect, test } from 'vitest';
import { surfaceObjective } from '../../../test/unit/surfaceObjective';
import { random } from '../../numerics/random';
import { lossNoise } from './lossNoise';

test.each([
  [
    'a smooth loss in float32 has the noise of its rounding',
    (a: number) => Math.fround(3 + a + 50 * a ** 2),
    3 * 2 ** -23,
  ],
  ['a smooth loss without rounding has no noise', (a: number) => 3 + a + 50 * a ** 2, 1e-15],
])('%s', async (_, loss, bound) => {
  expect(await lossNoise(surfaceObjective(loss), { piece: false, seed: 1 })).toBeLessThan(bound);
});

test('noise of known size is estimated within a factor of ten', async () => {
  const source = random(7, 'noise');
  const found: number[] = [];
  for (let seed = 0; seed < 50; seed++) {
    const objective = surfaceObjective((a) => 1 + 5 * a + 1e-3 * source.normal());
    found.push(await lossNoise(objective, { piece: false, seed }));
  }
  found.sort((a, b) => a - b);
  // The result is four standard deviations, estimated from a few values.
  expect(found[0]).toBeGreaterThan(1e-3);
  expect(found[25]).toBeGreaterThan(3e-3);
  expect(found[49]).toBeLessThan(1e-2);
});

test('a loss that is NaN has infinite noise', async () => {
  const objective = surfaceObjective((a) => (a > 0 ? NaN : 1));
  expect(await lossNoise(objective, { piece: false, seed: 1 })).toBe(Infinity);
});
