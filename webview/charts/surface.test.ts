import { describe, expect, it } from 'vitest';
import type { Plane } from '../../src/report/report';
import { surfaceGeometry, SURFACE_HEIGHT } from './surface';

const values = [-1, 0, 1];
const flat: Plane = {
  x: { direction: 'random', values },
  y: { direction: 'random', values },
  loss: values.map(() => [1, 2, 3]),
};

describe('surfaceGeometry', () => {
  it('fills its box from the lowest loss at the bottom to the highest at the top', () => {
    const { positions } = surfaceGeometry(flat, 'linear');
    const axis = (offset: number) => [...positions].filter((_, i) => i % 3 === offset);
    const extent = (offset: number) => [Math.min(...axis(offset)), Math.max(...axis(offset))];
    expect(extent(0)).toEqual([-0.5, 0.5]);
    expect(extent(1)).toEqual([-SURFACE_HEIGHT / 2, SURFACE_HEIGHT / 2]);
    expect(extent(2)).toEqual([-0.5, 0.5]);
  });

  it('covers a whole plane with two triangles per cell, facing up', () => {
    const { positions, indices } = surfaceGeometry(flat, 'linear');
    expect(indices).toHaveLength(2 * 4 * 3);
    const point = (i: number) => [0, 1, 2].map((k) => positions[3 * i + k]);
    for (let t = 0; t < indices.length; t += 3) {
      const [a, b, c] = [point(indices[t]), point(indices[t + 1]), point(indices[t + 2])];
      const up = (b![2] - a![2]) * (c![0] - a![0]) - (b![0] - a![0]) * (c![2] - a![2]);
      expect(up).toBeGreaterThan(0);
    }
  });

  it('leaves a hole at a loss that is not finite', () => {
    const loss = flat.loss.map((row) => [...row]);
    loss[1][1] = NaN;
    const broken = surfaceGeometry({ ...flat, loss }, 'linear');
    expect(broken.holes).toBe(1);
    expect(broken.centre).toBeNull();
    expect([...broken.indices]).not.toContain(4);
    expect([...broken.gridLines]).not.toContain(4);
    expect([...broken.positions].every(Number.isFinite)).toBe(true);
  });

  it('places the centre where it was measured', () => {
    expect(surfaceGeometry(flat, 'linear').centre).toEqual([0, 0, 0]);
  });
});
