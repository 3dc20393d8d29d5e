import { expect, test } from 'vitest';
import { surfaceObjective } from '../../../test/unit/surfaceObjective';
import { curvatureOf, sampleAround, slopeOf } from './finiteDifferences';

const CURVES: [name: string, loss: (a: number) => number, slope: number, curvature: number][] = [
  ['a smooth loss', (a) => 2 + Math.sin(a) + Math.cos(2 * a), 1, -4],
  ['a polynomial', (a) => 1 + 3 * a + 5 * a ** 2 - 2 * a ** 3, 3, 10],
  ['features finer than the larger steps', (a) => 1 + 4 * a ** 2 - 2e-4 * Math.cos(150 * a), 0, 8 + 2e-4 * 150 ** 2],
  ['a narrow valley in a wide one', (a) => 1 + a ** 2 - 1e-3 * Math.exp(-((a / 0.02) ** 2)), 0, 2 + 2e-3 / 0.02 ** 2],
  // The second differences over 1/8 and 1/16 agree on a wrong value.
  [
    'differences that are equal by chance',
    (a) => 1 + 0.6 * a ** 2 + 2 * a ** 4 - (2 / (1 / 64 + 1 / 256)) * a ** 6,
    0,
    1.2,
  ],
  ['a steep exponential', (a) => Math.exp(12 * a), 12, 144],
];

test.each(CURVES)('slope and curvature of %s lie within a few of their errors', async (_, loss, slope, curvature) => {
  // The loss is rounded to float32, as a device does.
  const objective = surfaceObjective((a) => Math.fround(loss(a)));
  const curve = await sampleAround(objective, new Float32Array(1), { piece: false });
  const first = slopeOf(curve);
  const second = curvatureOf(curve);
  expect(Math.abs(first.value - slope)).toBeLessThanOrEqual(5 * first.error);
  expect(Math.abs(second.value - curvature)).toBeLessThanOrEqual(5 * second.error);
  expect(first.error).toBeLessThan(0.02 * Math.max(1, Math.abs(slope)));
  expect(second.error).toBeLessThan(0.2 * Math.abs(curvature));
});
