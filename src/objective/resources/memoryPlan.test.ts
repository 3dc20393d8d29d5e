import { describe, expect, it } from 'vitest';
import { VECTOR_COPIES, planMemory } from './memoryPlan';

const GIB = 2 ** 30;

describe.each([1, 4, 16, 64])('%i GiB', (gib) => {
  it.each([10, 6e4, 1e6, 2.5e7, 1e8, 1e9])('are never given away twice, with %d parameters', (dim) => {
    const memory = gib * GIB;
    const { residualBytes, basisBytes, programBytes, activationBytes, block, leastBytes } = planMemory(memory, dim);
    const shares = [residualBytes, basisBytes, programBytes, activationBytes, block * VECTOR_COPIES * 4 * dim];
    shares.forEach((share) => expect(share).toBeGreaterThanOrEqual(0));
    const held = (dim < 2 ** 24 ? 18 : 16) * 4 * dim;
    if (leastBytes <= memory) expect(shares.reduce((a, b) => a + b, held)).toBeLessThanOrEqual(memory);
    else expect([residualBytes, block]).toEqual([0, 1]);
  });
});

it('leaves a small model’s residuals nearly everything', () => {
  expect(planMemory(4 * GIB, 5e4).residualBytes).toBeGreaterThan(2.5 * GIB);
});

it('pushes fewer of long vectors at once', () => {
  const blocks = [1e5, 1e6, 1e7, 1e8].map((dim) => planMemory(8 * GIB, dim).block);
  expect(blocks[0]).toBe(10);
  expect(blocks).toEqual([...blocks].sort((a, b) => b - a));
  expect(blocks[3]).toBe(1);
});
