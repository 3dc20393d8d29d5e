import { expect, test } from 'vitest';
import { surfaceObjective } from '../../test/unit/surfaceObjective';
import { random } from '../numerics/random';
import { curvatureOf, sampleAround, slopeBetweenKinks, slopeOf } from './finiteDifferences';

const CURVES: [name: string, loss: (a: number) => number, slope: number, curvature: number][] = [
  ['a smooth loss', (a) => 2 + Math.sin(a) + Math.cos(2 * a), 1, -4],
  ['a polynomial', (a) => 1 + 3 * a + 5 * a ** 2 - 2 * a ** 3, 3, 10],
  ['features finer than the larger steps', (a) => 1 + 4 * a ** 2 - 2e-4 * Math.cos(150 * a), 0, 8 + 2e-4 * 150 ** 2],
  ['a narrow valley in a wide one', (a) => 1 + a ** 2 - 1e-3 * Math.exp(-((a / 0.02) ** 2)), 0, 2 + 2e-3 / 0.02 ** 2],
  ['a steep exponential', (a) => Math.exp(12 * a), 12, 144],
];

test.each(CURVES)('slope and curvature of %s lie within a few of their errors', async (_, loss, slope, curvature) => {
  // As float32 gives it.
  const objective = surfaceObjective((a) => Math.fround(loss(a)));
  const curve = await sampleAround(objective, new Float32Array(1), { kinks: false });
  const first = slopeOf(curve);
  const second = curvatureOf(curve);
  expect(Math.abs(first.value - slope)).toBeLessThanOrEqual(5 * first.error);
  expect(Math.abs(second.value - curvature)).toBeLessThanOrEqual(5 * second.error);
  expect(first.error).toBeLessThan(0.02 * Math.max(1, Math.abs(slope)));
  expect(second.error).toBeLessThan(0.2 * Math.abs(curvature));
});

test('the slope of a curve with many kinks lies within a few of its errors, on every one of 300 curves', async () => {
  let worst = 0;
  for (let seed = 0; seed < 300; seed++) {
    const source = random(seed, 'kinks');
    const kinks = Array.from({ length: 60 }, () => ({ at: source.normal() / 10, jump: source.normal() / 60 }));
    const loss = (a: number) => kinks.reduce((sum, { at, jump }) => sum + jump * Math.max(0, a - at), 2 + Math.sin(a));
    const slope = kinks.reduce((sum, { at, jump }) => sum + (at < 0 ? jump : 0), 1);
    const objective = surfaceObjective((a) => Math.fround(loss(a)));
    const { value, error } = slopeBetweenKinks(await sampleAround(objective, new Float32Array(1), { kinks: true }));
    expect(error).toBeLessThan(0.05);
    worst = Math.max(worst, Math.abs(value - slope) / error);
  }
  expect(worst).toBeLessThanOrEqual(5);
});

test('at a kink in the centre, every slope between those ahead and behind is allowed', async () => {
  const objective = surfaceObjective((a) => Math.fround(1 + a ** 2 + 0.5 * Math.max(0, a)));
  const { value, error } = slopeBetweenKinks(await sampleAround(objective, new Float32Array(1), { kinks: true }));
  expect(value).toBeCloseTo(0.25, 3);
  expect(error).toBeGreaterThan(0.249);
  expect(error).toBeLessThan(0.3);
});
