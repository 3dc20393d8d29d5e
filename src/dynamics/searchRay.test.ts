import { describe, expect, it } from 'vitest';
import { functionOf } from '../../test/unit/closedFormObjective';
import { searchRay } from './searchRay';
import type { RayRequest } from './searchRay';

const UP = Float32Array.of(1);
const none = () => [0];
const search = (lossOf: (s: number) => number, request: Partial<RayRequest> = {}) =>
  searchRay(
    functionOf([0], ([s]) => lossOf(s), none),
    UP,
    { loss: lossOf(0), resolution: 1e-18, longest: 1, ...request },
  );

describe('a search along a ray', () => {
  it.each([0.3, 1e-3, 2e-5, 7, 3e-7])('finds the minimum of a parabola at %d', async (at) => {
    const { lowest, near } = await search((s) => (s - at) ** 2);
    expect(lowest.step).toBeCloseTo(at, 10);
    expect(near).toEqual(lowest);
  });

  // The minimum of s³ − s² − 2s is at s = (1 + √7)/3.
  it('finds the minimum of a cubic to within a thousandth of its depth', async () => {
    const lossOf = (s: number) => s ** 3 - s ** 2 - 2 * s;
    const truth = lossOf((1 + Math.sqrt(7)) / 3);
    const { lowest } = await search(lossOf, { longest: 4 });
    expect(Math.abs(lowest.loss - truth)).toBeLessThan(1e-3 * Math.abs(truth));
  });

  it('tells the valley before the first rise from a deeper one behind it', async () => {
    // Down to −0.1 at 0.1, up over a hill, down to −1 at 1.
    const lossOf = (s: number) => (s < 0.2 ? 10 * (s - 0.1) ** 2 - 0.1 : s < 0.4 ? 0.3 : (s - 1) ** 2 - 1);
    const { lowest, near } = await search(lossOf, { longest: 2 });
    expect(near.loss).toBeCloseTo(-0.1, 4);
    expect(lowest.loss).toBeCloseTo(-1, 4);
  });

  it('answers step 0 where every step climbs', async () => {
    const { lowest, scanned } = await search((s) => s);
    expect(lowest).toEqual({ step: 0, loss: 0 });
    expect(Math.min(...scanned.step)).toBeLessThan(1e-6);
  });

  // −10⁹·s + 10¹⁸·s²/2 below 10⁻⁸, and level beyond: the minimum is at 10⁻⁹ and lies 0.5 deep.
  const cleft = (s: number) => (s < 1e-8 ? -1e9 * s + 0.5e18 * s ** 2 : 40);

  it('follows a known slope to steps as short as it takes', async () => {
    const { near } = await search(cleft, { resolution: 1e-7, slope: 1e9 });
    expect(near.step).toBeCloseTo(1e-9, 11);
    expect(near.loss).toBeCloseTo(-0.5, 3);
    expect((await search(cleft, { resolution: 1e-7 })).near.step).toBe(0);
  });

  it('follows it where a lower valley lies behind the rise', async () => {
    const { near, lowest } = await search((s) => (s < 0.5 ? cleft(s) : -s), { resolution: 1e-7, slope: 1e9 });
    expect(near.step).toBeCloseTo(1e-9, 11);
    expect(lowest.step).toBeGreaterThan(0.5);
  });

  it('does not go on where the slope promises no more than rounding', async () => {
    const { near, scanned } = await search((s) => s ** 2, { resolution: 1e-7, slope: 1e-9 });
    expect(near.step).toBe(0);
    expect(scanned.step).toHaveLength(13);
  });

  it('goes on beyond the longest step while the loss falls, but not for ever', async () => {
    expect((await search((s) => -s)).lowest).toEqual({ step: 16, loss: -16 });
  });

  it('takes a loss that is not finite for a rise', async () => {
    const lossOf = (s: number) => (s > 0.2 ? NaN : -s);
    const { lowest } = await search(lossOf);
    expect(lowest.step).toBeGreaterThan(0.1);
    expect(lowest.step).toBeLessThanOrEqual(0.2);
  });
});
