import { describe, expect, it } from 'vitest';
import { tensor } from '../graph/tensor';
import { random } from '../numerics/random';
import { chanceOf } from './chanceLoss';

const classes = (shape: number[], labels: number[], rest: { ignored?: number; weights?: number[] } = {}) =>
  chanceOf({ loss: 'cross_entropy', target: tensor('int64', shape, labels), classes: 3, ...rest })!;

/** Smallest value of f over [low, high] on a fine grid. */
function smallest(f: (c: number) => number, low: number, high: number): number {
  let best = Infinity;
  for (let i = 0; i <= 200_000; i++) best = Math.min(best, f(low + ((high - low) * i) / 200_000));
  return best;
}

describe('chance loss of classes', () => {
  it('is log C if all classes are equally frequent', () => {
    expect(classes([3], [0, 1, 2])).toEqual({ loss: expect.closeTo(Math.log(3), 14) as number, accuracy: 1 / 3 });
  });

  it('is the entropy of 95 % : 5 %, with the accuracy of the frequent class', () => {
    const labels = Array.from({ length: 100 }, (_, i) => Number(i < 5));
    const { loss, accuracy } = classes([100], labels);
    expect(loss).toBeCloseTo(0.198515, 6);
    expect(accuracy).toBe(0.95);
  });

  it('ignores ignored labels and weights samples', () => {
    expect(classes([5], [0, 1, 2, -100, -100], { ignored: -100 }).loss).toBeCloseTo(Math.log(3), 14);
    // Weights 1 : 3 are the frequencies ¼ and ¾.
    const { loss, accuracy } = classes([2], [0, 1], { weights: [1, 3] });
    expect(loss).toBeCloseTo(0.25 * Math.log(4) + 0.75 * Math.log(4 / 3), 14);
    expect(accuracy).toBe(0.75);
  });

  it('has one distribution for each position if there are enough samples', () => {
    // Position 0 is always 0, position 1 always 1.
    const { loss, accuracy } = classes(
      [50, 2],
      Array.from({ length: 100 }, (_, i) => i % 2),
    );
    expect(loss).toBe(0);
    expect(accuracy).toBe(1);
  });

  it('has one distribution for all positions if there are few samples', () => {
    expect(classes([1, 6], [0, 1, 2, 0, 1, 2]).loss).toBeCloseTo(Math.log(3), 14);
    const source = random(1, 'labels');
    const labels = Array.from({ length: 40 * 6 }, () => Math.floor(source.uniform() * 3));
    expect(classes([40, 6], labels).loss).toBeGreaterThan(0.99 * Math.log(3));
  });

  it('of distributions is the entropy of their mean', () => {
    const target = tensor('float32', [2, 2], [1, 0, 0.5, 0.5]);
    const { loss, accuracy } = chanceOf({ loss: 'cross_entropy', target, classes: 2 })!;
    expect(loss).toBeCloseTo(0.75 * Math.log(4 / 3) + 0.25 * Math.log(4), 14);
    // A constant answer q costs −Σ t·log q.
    const cost = (q: number) => -(Math.log(q) + 0.5 * Math.log(q) + 0.5 * Math.log(1 - q)) / 2;
    expect(loss).toBeCloseTo(smallest(cost, 1e-6, 1 - 1e-6), 8);
    expect(accuracy).toBe(1);
  });
});

describe('chance loss of values', () => {
  it('has one constant for each binary output', () => {
    const target = tensor(
      'float32',
      [10, 2],
      Array.from({ length: 10 }, (_, n) => [Number(n > 0), Number(n === 0)]).flat(),
    );
    const { loss, accuracy } = chanceOf({ loss: 'bce_with_logits', target, classes: null })!;
    expect(loss).toBeCloseTo(0.325083, 6);
    expect(accuracy).toBeCloseTo(0.9, 14);
    expect(chanceOf({ loss: 'bce', target, classes: null })!.loss).toBe(loss);
  });

  it('of two columns averages their variances, or their mean distances to the median', () => {
    const target = tensor('float32', [4, 2], [0, 10, 0, 10, 0, 10, 4, 14]);
    expect(chanceOf({ loss: 'mse', target, classes: null })).toEqual({ loss: 3, accuracy: null });
    expect(chanceOf({ loss: 'mae', target, classes: null })).toEqual({ loss: 1, accuracy: null });
  });

  it.each([
    ['mse', (d: number) => d ** 2],
    ['mae', Math.abs],
    ['huber', (d: number) => (Math.abs(d) < 1 ? d ** 2 / 2 : Math.abs(d) - 0.5)],
  ] as const)('is the smallest loss of any constant: %s', (loss, of) => {
    const source = random(7, loss);
    const values = Array.from({ length: 21 }, () => source.normal() ** 3);
    const weights = values.map(() => source.uniform());
    const total = weights.reduce((sum, w) => sum + w, 0);
    const cost = (c: number) => values.reduce((sum, v, n) => sum + weights[n] * of(v - c), 0) / total;
    const target = tensor('float64', [21], values);
    const found = chanceOf({ loss, target, classes: null, weights })!.loss;
    expect(found).toBeCloseTo(smallest(cost, -10, 10), 5);
  });

  it('of Huber finds its minimum with outliers on one side', () => {
    // Σ clip(v − c) = 0 at c = 1/3: two outliers pull up by 1 each, six zeros down by c each.
    const target = tensor('float32', [8], [0, 0, 0, 0, 0, 0, 100, 200]);
    const expected = (6 * (1 / 3) ** 2 * 0.5 + (100 - 1 / 3 - 0.5) + (200 - 1 / 3 - 0.5)) / 8;
    expect(chanceOf({ loss: 'huber', target, classes: null })!.loss).toBeCloseTo(expected, 10);
  });

  it('does not exist without targets', () => {
    expect(chanceOf({ loss: 'output', target: tensor('float32', [1], [1]), classes: null })).toBeNull();
  });
});
