import { describe, expect, it } from 'vitest';
import { gaussianVector, random } from '../numerics/random';
import { symmetricEigen } from '../numerics/symmetric';
import { gramAround } from './gram';
import { axesOf, pathPlane } from './pathPlane';

/** Points of a random walk with a drift, the last one the centre. */
function walk(count: number, dim: number): Float32Array[] {
  const drift = gaussianVector(dim, random(1, 'drift'));
  const points = [gaussianVector(dim, random(1, 'start'))];
  for (let i = 1; i < count; i++) {
    const noise = gaussianVector(dim, random(1, 'noise', i));
    points.push(points[i - 1].map((value, k) => value + drift[k] + 0.5 * noise[k]));
  }
  return points;
}

async function planeOf(points: readonly Float32Array[], held = 3) {
  const read = (i: number) => Promise.resolve(points[i]);
  const centre = points[points.length - 1];
  const gram = await gramAround(points.length, centre, read, { held });
  const plane = pathPlane(gram);
  return { gram, plane, axes: await axesOf(plane, centre, read), centre };
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => Array.from(a).reduce((sum, x, i) => sum + x * b[i], 0);
const minus = (a: ArrayLike<number>, b: ArrayLike<number>) => Array.from(a, (x, i) => x - b[i]);

describe('the plane of a path', () => {
  it('has the principal axes of the covariance of the points, where this is small enough to form', async () => {
    const points = walk(9, 4);
    const { plane, axes } = await planeOf(points);
    const mean = points[0].map((_, k) => points.reduce((sum, point) => sum + point[k], 0) / points.length);
    const rows = points.map((point) => minus(point, mean));
    const covariance = rows[0].map((_, a) =>
      rows[0].map((_, b) => rows.reduce((sum, row) => sum + row[a] * row[b], 0)),
    );
    const { values, vectors } = symmetricEigen(covariance);
    const total = values.reduce((a, b) => a + b, 0);
    expect(plane.explained[0]).toBeCloseTo(values[3] / total, 6);
    expect(plane.explained[1]).toBeCloseTo(values[2] / total, 6);
    expect(Math.abs(dot(axes[0], vectors[3]))).toBeCloseTo(1, 6);
    expect(Math.abs(dot(axes[1], vectors[2]))).toBeCloseTo(1, 6);
  });

  it('gives the projections around the last point, its distance to the plane, and the shares of the distances', async () => {
    const points = walk(7, 50);
    const { plane, axes, centre } = await planeOf(points);
    expect(Math.abs(dot(axes[0], axes[1]))).toBeLessThan(1e-6);
    let [squares, along] = [0, [0, 0]];
    for (const [i, point] of points.entries()) {
      const r = minus(point, centre);
      const [x, y] = plane.coordinates[i];
      expect(x).toBeCloseTo(dot(r, axes[0]), 4);
      expect(y).toBeCloseTo(dot(r, axes[1]), 4);
      const rest = r.map((value, k) => value - x * axes[0][k] - y * axes[1][k]);
      expect(plane.offPlane[i]).toBeCloseTo(Math.sqrt(dot(rest, rest)), 3);
      squares += dot(r, r);
      along = [along[0] + x * x, along[1] + y * y];
    }
    expect(plane.coordinates.at(-1)).toEqual([0, 0]);
    expect(plane.distanceShare[0]).toBeCloseTo(along[0] / squares, 6);
    expect(plane.distanceShare[1]).toBeCloseTo(along[1] / squares, 6);
  });

  it.each([2, 3, 5, 100])('is the same whether 2 or more points fit in memory (%i)', async (held) => {
    const points = walk(8, 20);
    expect((await planeOf(points, held)).gram).toEqual((await planeOf(points, 4)).gram);
  });

  it('holds at most so many points at once', async () => {
    const points = walk(11, 3);
    const reads: number[] = [];
    const read = (i: number) => {
      reads.push(i);
      return Promise.resolve(points[i]);
    };
    await gramAround(11, points[10], read, { held: 4 });
    // Blocks of 3 points: 11 + 8 + 5 + 2 reads.
    expect(reads).toHaveLength(26);
  });

  it('is a line for two points, and nothing where all points are the same', async () => {
    const [a, b] = walk(2, 6);
    const two = await planeOf([a, b]);
    expect(two.plane.explained).toEqual([1]);
    expect(two.axes).toHaveLength(1);
    expect(two.plane.coordinates[0][0]).toBeCloseTo(Math.sqrt(dot(minus(a, b), minus(a, b))), 5);
    expect(two.plane.offPlane[0]).toBeCloseTo(0, 5);
    const same = await planeOf([a, a, a]);
    expect(same.plane).toMatchObject({ explained: [], axes: [], distanceShare: [0, 0] });
  });

  it('reads a straight path of any length as a line', async () => {
    const [from, step] = [walk(1, 5)[0], Float32Array.of(1, 2, 0, -1, 4)];
    const points = [0, 1, 2, 3, 4].map((t) => from.map((value, k) => Math.fround(value) + t * step[k]));
    const { plane } = await planeOf(points.map((point) => Float32Array.from(point)));
    expect(plane.explained[0]).toBeCloseTo(1, 6);
    expect(Math.max(...plane.offPlane)).toBeLessThan(1e-3);
  });
});
