import { totalmem } from 'node:os';
import { expect, test } from 'vitest';
import { availableBytes, machineBytes, memoryBudget } from './memory';

test('a limit of the container counts, and without one the memory of the machine counts', () => {
  expect(availableBytes(16, 4)).toBe(4);
  expect(availableBytes(16, 0)).toBe(16);
  expect(availableBytes(16, 2 ** 64)).toBe(16);
});

test('a requested number of GiB is the budget, and without one there is none', () => {
  expect(memoryBudget(1.5)).toBe(1.5 * 2 ** 30);
  expect(memoryBudget(undefined)).toBeNull();
  expect(machineBytes()).toBeGreaterThan(0);
  expect(machineBytes()).toBeLessThanOrEqual(totalmem());
});
