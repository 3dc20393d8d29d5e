import { describe, expect, it } from 'vitest';
import { gaussianVector, random } from '../numerics/random';
import { CopyIndex } from './copyIndex';

const LENGTH = 16;
const drawn = (stream: number, of: (x: number) => number = (x) => x) =>
  Array.from(gaussianVector(LENGTH, random(0, 'copyIndex', stream)), (x) => Math.fround(of(x)));

/** Numbers of any size, as weights and constants may be. */
const sizes = [1e-30, 1e-5, 1, 300, 1e6];
const forms: [string, (w: number, c: number) => number][] = [
  ['w + c', (w, c) => w + c],
  ['c − w', (w, c) => c - w],
  ['c · w', (w, c) => w * c],
  ['w / c', (w, c) => w / c],
  ['c / w', (w, c) => c / w],
];

describe.each(forms)('%s', (_, of) => {
  const cases = sizes.flatMap((size) => sizes.flatMap((c) => [c, -c].map((constant) => ({ size, constant }))));

  it('is found from both sides, however much was lost to rounding', () => {
    let checked = 0;
    for (const [stream, { size, constant }] of cases.entries()) {
      const w = drawn(stream, (x) => x * size);
      const copy = w.map((x) => Math.fround(of(x, Math.fround(constant))));
      if (new Set(copy).size < LENGTH / 2 || !copy.every(Number.isFinite)) continue;
      checked++;
      const index = new CopyIndex<string>();
      for (let other = 0; other < 20; other++) index.add(drawn(1000 + other), 'other');
      index.add(w, 'w');
      expect(index.originsOf(copy)).toContain('w');
      index.delete(w, 'w');
      expect(index.originsOf(copy)).not.toContain('w');
      index.add(copy, 'copy');
      expect(index.copiesOf(w)).toContain('copy');
    }
    expect(checked).toBeGreaterThan(12);
  });
});

it.each([500, 2000])('the index leaves few of %d tensors to compare, whatever their distribution', (count) => {
  const index = new CopyIndex<number>();
  let compared = 0;
  for (let i = 0; i < count; i++) {
    // Kernels, and scales near one.
    const sample = drawn(i, i % 2 === 0 ? (x) => 0.05 * x : (x) => 1 + 0.01 * x);
    compared += index.originsOf(sample).size + index.copiesOf(sample).size;
    index.add(sample, i);
  }
  // All pairs, both ways round, would be count² comparisons.
  expect(compared).toBeLessThan(count);
});
