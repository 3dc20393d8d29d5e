import { describe, expect, it } from 'vitest';
import type { Displacement, LossValue } from '../objective/objective';
import { searchElsewhere } from './elsewhere';

/** sin(w·x) for the target sin(3x) on 121 points of [−3, 3]: the mean square error over w, and its slope. */
const X = Array.from({ length: 121 }, (_, i) => -3 + i / 20);
const meanOver = (f: (x: number) => number) => X.reduce((sum, x) => sum + f(x), 0) / X.length;
const lossAt = (w: number) => meanOver((x) => (Math.sin(w * x) - Math.sin(3 * x)) ** 2);
const slopeAt = (w: number) => meanOver((x) => 2 * (Math.sin(w * x) - Math.sin(3 * x)) * x * Math.cos(w * x));

const EFFORT = {
  descent: 24,
  fromScans: 1,
  fromRandom: 1,
  gradients: 12,
  distances: [0.5, 1, 1.5, 2, 2.25, 2.5, 3, 4],
};

function wave(start: number) {
  const place = ({ d1, d2, alpha, beta }: Displacement) => start + alpha * d1[0] + (d2 ? beta * d2[0] : 0);
  const told = (w: number): LossValue & { standardError: number } => ({
    loss: lossAt(w),
    accuracy: NaN,
    standardError: 0,
  });
  return {
    theta: Float32Array.of(start),
    value: ({ at }: { at?: Displacement } = {}) => Promise.resolve(told(at ? place(at) : start)),
    gradient: ({ at }: { at?: Displacement } = {}) => Promise.resolve(Float32Array.of(slopeAt(at ? place(at) : start))),
    plane: (d1: Float32Array, d2: Float32Array | null, points: readonly { alpha: number; beta: number }[]) =>
      Promise.resolve(points.map((point) => told(place({ d1, d2, ...point })))),
  };
}

function search(start: number) {
  const direction = { name: 'gradient', vector: Float32Array.of(start), length: start };
  return searchElsewhere(wave(start), {
    loss: lossAt(start),
    gradient: Float32Array.of(slopeAt(start)),
    chance: meanOver((x) => Math.sin(3 * x) ** 2),
    bounded: true,
    resolution: 1e-7,
    directions: [direction],
    random: [{ ...direction, name: 'random/none' }],
    effort: EFFORT,
    pairs: 10,
  });
}

describe('searchElsewhere', () => {
  it('finds the low place behind a hill, where downhill leads the other way', async () => {
    const { descent, searches, best = NaN } = await search(0.9);
    expect(descent).toMatchObject({ settled: true });
    expect(Math.min(...searches.map(({ loss }) => loss))).toBeLessThan(0.1);
    expect(searches[best].cosine).toBeCloseTo(-1, 6);
    // The hill on the way has its top at w ≈ 1.6.
    expect(searches[best].rise).toBeGreaterThan(0.9 * (lossAt(1.6) - lossAt(0.9)));
  });

  it('follows the valley it starts in, and leaves it over no hill', async () => {
    const { descent } = await search(0.9);
    // The nearest place downhill where the slope is zero, by bisection.
    let [low, high] = [0, 0.9];
    for (let i = 0; i < 50; i++) {
      const middle = (low + high) / 2;
      if (slopeAt(middle) > 0) high = middle;
      else low = middle;
    }
    expect(descent.loss).toBeCloseTo(lossAt(low), 4);
  });

  it('looks no further where hardly anything is left', async () => {
    const { descent, scans, searches, best } = await search(2.7);
    expect(descent.loss).toBeLessThan(0.2 * meanOver((x) => Math.sin(3 * x) ** 2));
    expect([scans, searches, best]).toEqual([[], [], undefined]);
  });
});
