import { expect, it } from 'vitest';
import { COLOR_BAR_ROOM, colorBarRoom } from './colorBar';
import { colorScale } from './colorMap';

const room = (losses: number[]): number => colorBarRoom(colorScale(losses, 'log'), { fontSize: 13 });

it('leaves more room for powers of ten than for short values', () => {
  expect(room([0.4, 13])).toBe(COLOR_BAR_ROOM);
  // "3.79 × 10⁻⁶" has 11 characters.
  expect(room([3.79e-6, 2.99])).toBeGreaterThanOrEqual(COLOR_BAR_ROOM + 10);
});
