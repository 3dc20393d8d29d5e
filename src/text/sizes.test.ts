import { expect, it } from 'vitest';
import { formatBytes, formatFlops } from './sizes';

it('chooses the unit and three digits', () => {
  expect([512, 246_824, 1.5 * 2 ** 30, 16 * 2 ** 30, 300 * 2 ** 20].map(formatBytes)).toEqual([
    '512 bytes',
    '241 KiB',
    '1.5 GiB',
    '16 GiB',
    '300 MiB',
  ]);
  expect([840_000, 4.1e9].map(formatFlops)).toEqual(['840 kFLOP', '4.1 GFLOP']);
});
