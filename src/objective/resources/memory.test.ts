import { describe, expect, it } from 'vitest';
import { UserError } from '../../errors';
import { memoryNeed, toldMemory } from './memory';
import { planFor } from './memoryPlan';

const GIB = 2 ** 30;
const facts = { dim: 1e6, activationBytes: 2 ** 20, batches: 10, lanes: 1, krylovVectors: 62, derivatives: true };
const need = (changed: Partial<typeof facts> = {}, machine = 24 * GIB) => {
  const all = { ...facts, ...changed };
  return memoryNeed(
    all,
    planFor({ memoryBytes: null }, all.dim, { machine, batchBytes: all.activationBytes, lanes: all.lanes }),
  );
};

describe('the memory told beforehand', () => {
  it('grows with weights, intermediate results, batches and Krylov vectors', () => {
    const { total } = need();
    const more = { dim: 2e6, activationBytes: 2 ** 21, batches: 20, lanes: 2, krylovVectors: 124 };
    for (const [name, value] of Object.entries(more))
      expect(need({ [name]: value }).total, name).toBeGreaterThan(total);
    expect(need({ derivatives: false }).total).toBeLessThan(total);
  });

  it('is no more than was given, where that is enough', () => {
    for (const gib of [4, 6, 12]) {
      const plan = planFor({ memoryBytes: gib * GIB }, 25e6);
      const large = { ...facts, dim: 25e6, activationBytes: plan.activationBytes, krylovVectors: 1000 };
      expect(memoryNeed(large, plan).total).toBeLessThanOrEqual(gib * GIB);
    }
  });

  it('leaves a model of 200 million parameters room on 24 GiB', () => {
    const { activationBytes } = planFor({ memoryBytes: null }, 200e6, { machine: 24 * GIB });
    const large = { dim: 200e6, activationBytes, krylovVectors: 1000 };
    expect(need(large).total).toBeLessThanOrEqual(24 * GIB);
    // The basis holds the vectors of the largest and the smallest eigenvalue, and those that a restart needs.
    expect(need(large).basis).toBeGreaterThan(7 * 4 * 200e6);
  });

  it('is no more than the machine has for a model whose single sample takes more than a plan gives a batch', () => {
    // VGG-19 on one picture of 224 × 224.
    const large = { dim: 143.7e6, activationBytes: 130 * 2 ** 20, batches: 1, krylovVectors: 1000 };
    expect(need(large).total).toBeLessThanOrEqual(24 * GIB);
    expect(need(large).basis).toBeGreaterThan(7 * 4 * large.dim);
  });

  it('says how much it will be, and refuses where even the graphs do not fit', () => {
    expect(toldMemory(need(), 'm.onnx', 24 * GIB)).toMatch(/up to about [\d.]+ GiB of memory.* 24 GiB/);
    expect(() => toldMemory(need({ dim: 1e9 }), 'm.onnx', 24 * GIB)).toThrow(UserError);
  });
});
