import { expect, it } from 'vitest';
import { surfaceObjective } from '../../test/unit/surfaceObjective';
import { negativeMass } from './negativeMass';
import { testConvexity } from './nonConvexity';
import { bothSides, extendScan } from './wideScan';

async function chordsOf(surface: (alpha: number, beta: number) => number, resolution = 1e-9) {
  const objective = surfaceObjective(surface);
  const [first, second] = [Float32Array.of(1), Float32Array.of(2)].map((vector) => ({
    name: 'random',
    vector,
    length: 1,
  }));
  const centre = { alpha: [0], loss: [surface(0, 0)] };
  const alphas = bothSides([0.125, 0.25, 0.5, 0.75, 1]);
  const along = await extendScan(objective, first, centre, alphas);
  const across = await extendScan(
    surfaceObjective((beta) => surface(0, beta)),
    second,
    centre,
    alphas,
  );
  objective.points.length = 0;
  const scanned = [
    { direction: first, scan: along },
    { direction: second, scan: across },
  ] as const;
  const chords = await testConvexity(objective, scanned, { loss: surface(0, 0), resolution });
  return { chords, measured: objective.points.length };
}

it('finds no violation on a convex surface', async () => {
  const { chords, measured } = await chordsOf((x, y) => Math.exp(x) + Math.abs(y) + (x - y) ** 2);
  expect(chords.map(({ violations }) => violations)).toEqual([0, 0, 0]);
  expect(chords.every((at) => at.chords > 4)).toBe(true);
  expect(measured).toBe(12);
});

it('finds that a surface is convex nearby and not further away', async () => {
  const { chords } = await chordsOf((x, y) => 1 - Math.exp(-16 * (x ** 2 + y ** 2)));
  // The second derivative changes its sign at a distance of 1/√32.
  expect(chords.map(({ violations }) => violations > 0)).toEqual([false, true, true]);
});

it('does not take rounding for a violation', async () => {
  const { chords } = await chordsOf((x, y) => 1 + x + y - 1e-9 * (x ** 2 + y ** 2), 1e-7);
  expect(chords.map(({ violations }) => violations)).toEqual([0, 0, 0]);
});

it('weighs the negative eigenvalues by their size', () => {
  expect(negativeMass({ all: [3, 1, -1, -1e-9], noiseFloor: 1e-6 })?.value).toBeCloseTo(0.2, 8);
  const ritz = [0.5, 0.25].map((weight) => ({ nodes: [1, -1], weights: [1 - weight, weight] }));
  const { value, standardError } = negativeMass({ ritz, noiseFloor: 0 }) ?? { value: NaN };
  expect(value).toBeCloseTo(0.375, 12);
  expect(standardError).toBeCloseTo(0.125, 12);
  expect(negativeMass({ noiseFloor: 0 })).toBeNull();
});
