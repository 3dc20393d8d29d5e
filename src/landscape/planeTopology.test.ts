import { describe, expect, it } from 'vitest';
import type { Plane } from '../report/report';
import { gridValues } from './grid';
import { withTopology } from './planeTopology';

/** Minima at ±1 with a pass at 0 of height 1; the right well is higher by 0.4 at its bottom. */
const twoWells = (x: number, y: number) => (x * x - 1) ** 2 + y * y + 0.2 * (x + 1);

function planeOf(of: (x: number, y: number) => number, steps = 21): Plane {
  const values = gridValues({ from: -2, to: 2, steps });
  return {
    x: { direction: 'random', values },
    y: { direction: 'random', values },
    loss: values.map((y) => values.map((x) => of(x, y))),
  };
}

const never = () => Promise.reject(new Error('Everything is measured already.'));

describe('the topology of a plane', () => {
  it('tells two wells and the pass between them', async () => {
    const { topology } = await withTopology(planeOf(twoWells), never);
    expect(topology!.components).toBe(1);
    expect(topology!.lasting).toBe(2);
    expect(topology!.minima).toEqual([
      { x: -1, y: 0, loss: 0, persistence: Infinity },
      { x: 1, y: 0, loss: 0.4, persistence: expect.closeTo(0.8, 12), barrier: { x: 0, y: 0, loss: 1.2 } },
    ]);
  });

  it('says where a minimum lies on the edge', async () => {
    const { topology } = await withTopology(
      planeOf((x) => x),
      never,
    );
    expect(topology!.minima).toEqual([{ x: -2, y: 0, loss: -2, persistence: Infinity, onEdge: true }]);
  });

  it('lists minima that the grid makes in a ring, and counts none of them as lasting', async () => {
    const { topology } = await withTopology(
      planeOf((x, y) => (x * x + y * y - 1) ** 2, 41),
      never,
    );
    expect(topology!.minima.length).toBeGreaterThan(1);
    expect(topology!.lasting).toBe(1);
  });

  it('counts no rounding of a flat plane as a minimum', async () => {
    const { topology } = await withTopology(
      planeOf((x, y) => 1 + 1e-7 * Math.sin(9 * x) * Math.cos(7 * y)),
      never,
    );
    expect(topology!.lasting).toBe(1);
  });

  it('measures interpolated minima until those it lists are measured', async () => {
    // The interpolation sees a well at (1, 0) that does not exist, and is off by 0.1 elsewhere.
    const truth = (x: number, y: number) => (x + 1) ** 2 + y * y;
    const exact = planeOf(truth);
    const seen = planeOf((x, y) => truth(x, y) - (Math.hypot(x - 1, y) < 0.3 ? 4 : 0));
    const asked: number[][] = [];
    const plane = await withTopology(
      {
        ...seen,
        evaluated: seen.loss.map((row) => row.map(() => false)),
        error: seen.loss.map((row) => row.map(() => 0.1)),
        interpolationError: 0.1,
      },
      (points) => {
        asked.push(...points.map(({ alpha, beta }) => [alpha, beta]));
        return Promise.resolve(points.map(({ alpha, beta }) => ({ loss: truth(alpha, beta), accuracy: NaN })));
      },
    );
    expect(asked).toContainEqual([1, 0]);
    const { minima, unmeasured = 0 } = plane.topology!;
    expect(minima.filter(({ persistence, error = 0 }) => persistence > error)).toEqual([
      { x: -1, y: 0, loss: 0, persistence: Infinity },
    ]);
    expect(unmeasured).toBe(0);
    plane.evaluated!.forEach((row, i) =>
      row.forEach((measured, j) => {
        if (!measured) return;
        expect(plane.loss[i][j]).toBe(exact.loss[i][j]);
        expect(plane.error![i][j]).toBe(0);
      }),
    );
  });

  it('bounds the error of a barrier by that of the points below it', async () => {
    const plane = planeOf(twoWells);
    const isKnown = (loss: number) => loss < 0.5 || Math.abs(loss - 1.2) < 1e-9;
    const { topology } = await withTopology(
      {
        ...plane,
        evaluated: plane.loss.map((row) => row.map(isKnown)),
        // The highest points are the least certain, and no basin depends on them.
        error: plane.loss.map((row) => row.map((loss) => (isKnown(loss) ? 0 : 0.01 * loss))),
      },
      never,
    );
    const { persistence, error } = topology!.minima[1];
    expect(persistence).toBeCloseTo(0.8, 12);
    expect(error).toBeGreaterThan(0);
    expect(error).toBeLessThan(0.015);
  });
});
