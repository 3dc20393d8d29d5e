import { expect, it } from 'vitest';
import { floats, ints } from '../../../test/unit/sourceGraph';
import type { Dataset } from '../../data/dataset';
import { drawnSamples } from './drawnSamples';

/** Sorted by class, as many files are: the first samples alone would be of one class. */
const SAMPLES = 1000;
const sorted: Dataset = {
  inputs: {
    x: floats(
      Array.from({ length: 2 * SAMPLES }, (_, i) => i),
      [SAMPLES, 2],
    ),
  },
  target: ints(Array.from({ length: SAMPLES }, (_, i) => Math.floor(i / 250))),
  samples: SAMPLES,
  weights: Float64Array.from({ length: SAMPLES }, (_, i) => i + 1),
  source: 'sorted.npz',
  sha256: '',
  generated: false,
  targetIsModelOutput: false,
  notes: [],
};
const rowsOf = ({ inputs }: Dataset) =>
  Array.from({ length: inputs.x.shape[0] }, (_, i) => Number(inputs.x.data[2 * i]) / 2);

it('draws rows of all arrays together, over the whole of the data', () => {
  const drawn = drawnSamples(sorted, { draw: 200, seed: 0 });
  const rows = rowsOf(drawn);
  expect(new Set(rows).size).toBe(200);
  expect(drawn).toMatchObject({ samples: 200, drawnFrom: SAMPLES });
  rows.forEach((row, i) => {
    expect(Number(drawn.inputs.x.data[2 * i + 1])).toBe(2 * row + 1);
    expect(Number(drawn.target!.data[i])).toBe(Math.floor(row / 250));
    expect(drawn.weights![i]).toBe(row + 1);
  });
  // 50 of each class are expected, with a standard deviation of 5.5.
  for (let of = 0; of < 4; of++) {
    const count = rows.filter((row) => Math.floor(row / 250) === of).length;
    expect(Math.abs(count - 50)).toBeLessThan(25);
  }
});

it('draws the same samples again, and a larger draw contains the smaller one', () => {
  const few = rowsOf(drawnSamples(sorted, { draw: 100, seed: 3 }));
  expect(rowsOf(drawnSamples(sorted, { draw: 100, seed: 3 }))).toEqual(few);
  expect(rowsOf(drawnSamples(sorted, { draw: 100, seed: 4 }))).not.toEqual(few);
  expect(rowsOf(drawnSamples(sorted, { draw: 400, seed: 3 }))).toEqual(expect.arrayContaining(few));
});

it('leaves data alone that have no more samples, or were generated', () => {
  expect(drawnSamples(sorted, { draw: SAMPLES, seed: 0 })).toBe(sorted);
  expect(drawnSamples(sorted, { draw: null, seed: 0 })).toBe(sorted);
  const generated = { ...sorted, generated: true };
  expect(drawnSamples(generated, { draw: 10, seed: 0 })).toBe(generated);
});
