import { describe, expect, test } from 'vitest';
import { surfaceObjective } from '../../test/unit/surfaceObjective';
import { openObjective } from '../objective/open/openObjective';
import type { Objective } from '../objective/objective';
import { resolveOptions } from '../options/presets';
import type { Plane } from '../report/report';
import { allowedErrors } from './allowedErrors';
import type { Direction } from './direction';
import { orthogonalTo, randomDirection } from './direction';
import { sampleLine } from './line';
import { samplePlane } from './plane';

const axis = (name: string): Direction => ({ name, vector: Float32Array.of(1), norm: 1, notes: [] });
const range = { from: -1, to: 1, steps: 51 };
const [x, y] = [axis('x'), axis('y')];
const adaptive = (objective: Objective, options: Parameters<typeof samplePlane>[4] = {}) =>
  samplePlane(objective, x, y, { x: range, y: range }, { tolerance: 0.01, ...options });

/** How far an adaptive plane is off the exact one, in units of what is allowed, and how many points it took. */
function compare(plane: Plane, exact: Plane) {
  const truth = exact.loss.flat();
  const allowed = allowedErrors(truth, 0.01);
  const errors = plane.error?.flat() ?? truth.map(() => 0);
  const off = plane.loss.flat().map((value, p) => (Object.is(value, truth[p]) ? 0 : Math.abs(value - truth[p])));
  return {
    points: (plane.evaluated ?? plane.loss).flat().filter((value) => value !== false).length,
    worst: Math.max(...off.map((error, p) => (error === 0 ? 0 : error / allowed[p]))),
    /** Where the plane's own estimate is too low. */
    beyond: off.filter((error, p) => error > errors[p]).length,
  };
}

async function check(surface: (alpha: number, beta: number) => number, atMost: number): Promise<void> {
  const objective = surfaceObjective(surface);
  const plane = await adaptive(objective);
  const { worst, beyond, points } = compare(
    plane,
    await samplePlane(surfaceObjective(surface), x, y, { x: range, y: range }),
  );
  expect(points).toBe(objective.points.length);
  expect({ worst, beyond, points }).toEqual({
    worst: expect.toSatisfy((value: number) => value <= 1),
    beyond: 0,
    points: expect.toSatisfy((value: number) => value <= atMost),
  });
}

describe('the error of an adaptive plane is nowhere larger than stated', () => {
  const gaussian = (distance: number, width: number) => Math.exp(-((distance / width) ** 2));
  test.each<[string, (a: number, b: number) => number, number]>([
    ['a bowl', (a, b) => 0.1 + a * a + 3 * b * b + a * b, 300],
    ['a saddle, negative losses among them', (a, b) => a * a - 2 * b * b, 300],
    ['errors along both axes that cancel at the centres of cells', (a, b) => (3 * a) ** 4 - (3 * b) ** 4 + 90, 1040],
    ['a plateau', () => 2.3, 300],
    ['a wave', (a, b) => 2 + Math.sin(5 * a) * Math.cos(4 * b), 1040],
    ['a curved valley', (a, b) => (1 - 2 * a) ** 2 + 100 * (2 * b - 4 * a * a) ** 2 + 0.01, 1040],
    ['kinks along the axes', (a, b) => Math.abs(a - 0.137) + 0.3 * Math.abs(b + 0.21) + 0.01, 1040],
    ['a kink across', (a, b) => Math.abs(0.7 * a + b - 0.1) + a * a + 0.01, 1040],
    ['a ridge along an axis', (a) => 1 + gaussian(a - 0.101, 0.06), 1500],
    ['a ridge of two points across', (a, b) => 1 + gaussian(0.9 * a - 0.3 * b - 0.13, 0.03), 1500],
    ['a steep wall', (a, b) => 0.1 + a * a + Math.exp(12 * (a + b - 0.8)), 1040],
    ['a huge corner', (a, b) => 0.1 + a * a + 2 * b * b + 1e6 * Math.max(0, a + b - 1.8) ** 2, 500],
    ['a step', (a, b) => (a + 0.3 * b > 0.2 ? 5 : 1) + 0.1 * a, 1300],
    ['a disc of NaN', (a, b) => (Math.hypot(a - 0.4, b + 0.3) < 0.35 ? NaN : a * a + b * b + 0.2), 1040],
    ['∞ in a corner', (a, b) => (a + 0.5 * b > 0.5 ? Infinity : a * a + b * b + 0.2), 1040],
    ['a basin near zero', (a, b) => Math.exp(6 * (a * a + b * b)) - 0.99, 2601],
  ])('%s', (_, surface, atMost) => check(surface, atMost));

  test('kinks at random places', async () => {
    for (let i = 0; i < 8; i++) {
      const [angle, offset] = [0.53 * i, ((0.618 * i) % 1) - 0.5];
      await check(
        (a, b) => Math.abs(Math.cos(angle) * a + Math.sin(angle) * b - offset) + 0.3 * (a * a + b * b) + 0.05,
        1040,
      );
    }
  });

  test('a network on its data', async () => {
    const options = resolveOptions({
      data: 'test/fixtures/mlp_digits/data.npz',
      loss: 'cross_entropy',
      samples: 100,
      provider: 'cpu',
      threads: 1,
    });
    const { objective } = await openObjective('test/fixtures/mlp_digits/model.onnx', options);
    const { parameters, theta } = objective;
    const first = randomDirection(parameters, theta, { seed: 0, stream: 0, normalization: 'filter' })!;
    const second = orthogonalTo(
      first,
      randomDirection(parameters, theta, { seed: 0, stream: 1, normalization: 'filter' })!,
    )!;
    const exact = await samplePlane(objective, first, second, { x: range, y: range });
    const plane = await samplePlane(objective, first, second, { x: range, y: range }, { tolerance: 0.01 });
    const { worst, points } = compare(plane, exact);
    await objective.dispose();
    expect(worst).toBeLessThan(1);
    expect(points).toBeLessThan(2601 / 2.5);
    expect(plane.accuracy!.flat().every((value) => value >= 0 && value <= 1 + 1e-6)).toBe(true);
  });
});

test('the centre is measured first, and all corners are measured', async () => {
  const objective = surfaceObjective((a, b) => 1 + a * a + b);
  const { evaluated } = await adaptive(objective);
  expect(objective.points[0]).toEqual({ alpha: 0, beta: 0 });
  for (const [row, column] of [
    [25, 25],
    [0, 0],
    [0, 50],
    [50, 0],
    [50, 50],
  ])
    expect(evaluated![row][column]).toBe(true);
});

test('no point is measured twice, and a second run gives the same plane', async () => {
  const surface = (a: number, b: number) => Math.abs(a - b / 3) + b * b;
  const [first, second] = [surfaceObjective(surface), surfaceObjective(surface)];
  expect(await adaptive(first)).toEqual(await adaptive(second));
  expect(new Set(first.points.map(({ alpha, beta }) => `${alpha} ${beta}`)).size).toBe(first.points.length);
});

test('the picture is refined from coarse to fine and keeps what was measured', async () => {
  const shown: Plane[] = [];
  await adaptive(
    surfaceObjective((a, b) => 1 + Math.abs(a - 0.3) + b * b),
    { onPlane: (plane) => shown.push(plane) },
  );
  expect(shown.slice(0, 3).map(({ loss, evaluated }) => [loss.length, evaluated === undefined])).toEqual([
    [5, true],
    [9, true],
    [17, true],
  ]);
  const counts = shown.slice(3).map(({ evaluated }) => evaluated!.flat().filter(Boolean).length);
  expect(counts.length).toBeGreaterThan(0);
  expect(counts).toEqual([...new Set(counts)].sort((a, b) => a - b));
});

test('a tighter tolerance measures more points, and without one every point is measured', async () => {
  const surface = (a: number, b: number) => 2 + Math.sin(4 * a + b);
  const count = async (tolerance?: number) => {
    const objective = surfaceObjective(surface);
    const plane = await adaptive(objective, { tolerance });
    return { points: objective.points.length, plane };
  };
  const [loose, tight, exact] = [await count(0.02), await count(0.001), await count(undefined)];
  expect(loose.points).toBeLessThan(tight.points);
  expect(exact.points).toBe(51 * 51);
  expect(exact.plane).not.toHaveProperty('evaluated');
  expect(loose.plane.interpolationError).toBe(Math.max(...loose.plane.error!.flat()));
});

test('cancelling stops between two points', async () => {
  const abort = new AbortController();
  const run = adaptive(
    surfaceObjective((a, b) => a * b),
    {
      signal: abort.signal,
      onPoint: (done) => done === 100 && abort.abort(),
    },
  );
  await expect(run).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
});

test('a line is refined in the same way as a plane', async () => {
  const surface = (a: number) => 0.2 + a * a + (a > 0.31 ? 4 * (a - 0.31) : 0);
  const objective = surfaceObjective(surface);
  const line = await sampleLine(objective, x, { from: -1, to: 1, steps: 101 }, { tolerance: 0.01 });
  expect(objective.points.length).toBeLessThan(50);
  expect(line.evaluated!.filter(Boolean).length).toBe(objective.points.length);
  line.alpha.forEach((alpha, i) =>
    expect(Math.abs(line.loss[i] - surface(alpha))).toBeLessThanOrEqual(line.error![i] + 1e-12),
  );
});
