import { expect, it } from 'vitest';
import { pointPlan } from './pointPlan';

const perceptron = { provider: 'cpu', lanes: 1, threads: 8, flops: 8e6, passSeconds: 5e-4 };

it('computes points of a small network side by side, once they are worth the start of the lanes', () => {
  expect(pointPlan(perceptron)).toEqual({ lanes: 8, startAfter: 200 });
  expect(pointPlan({ ...perceptron, passSeconds: 5e-5 })?.startAfter).toBe(2000);
  expect(pointPlan({ ...perceptron, threads: 64 })?.lanes).toBe(8);
});

it('leaves a point to all threads where its operators are large, lanes share its batches, or a device runs it', () => {
  for (const other of [{ flops: 1e9 }, { lanes: 2 }, { threads: 1 }, { provider: 'webgpu' }]) {
    expect(pointPlan({ ...perceptron, ...other })).toBeNull();
  }
});
