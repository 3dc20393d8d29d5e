import { expect, test } from 'vitest';
import { tensor } from '../graph/tensor';
import { applyFit, fitShape } from './shape';

test.each([
  [[10, 1, 28, 28], [null, 1, 28, 28], 'same', [10, 1, 28, 28]],
  [[10, 1, 28, 28], [1, 1, 28, 28], 'same', [10, 1, 28, 28]],
  [[10, 5], [null, null], 'same', [10, 5]],
  [[10, 784], [null, 1, 28, 28], 'reshape', [10, 1, 28, 28]],
  [[10, 28, 28], [null, 1, 28, 28], 'reshape', [10, 1, 28, 28]],
  [[10, 28, 28, 1], [null, 1, 28, 28], 'reshape', [10, 1, 28, 28]],
  [[10, 1, 28, 28], [null, 784], 'reshape', [10, 784]],
  [[10, 28, 28], [null, 1, null, null], 'reshape', [10, 1, 28, 28]],
  [[10], [null, 1], 'reshape', [10, 1]],
  [[10, 1], [null], 'reshape', [10]],
  [[10, 32, 48, 3], [null, 3, 32, 48], 'channelsFirst', [10, 3, 32, 48]],
  [[10, 3, 32, 48], [null, null, null, 3], 'channelsLast', [10, 32, 48, 3]],
])('%j fits %j: %s', (shape, wanted, how, result) => {
  expect(fitShape(shape, wanted)).toEqual({ how, shape: result });
});

test.each([
  [
    [10, 783],
    [null, 1, 28, 28],
  ],
  [
    [10, 14, 56],
    [null, 28, 28],
  ], // The number of elements matches, but not their arrangement.
  [
    [10, 28, 28],
    [null, 3, 28, 28],
  ],
  [
    [10, 6, 4],
    [null, 4, 6],
  ], // A transposition is possible, but not certain.
  [
    [10, 48, 32, 3],
    [null, 3, 32, 48],
  ], // The channels are last, and height and width are exchanged.
  [[], [null, 1]],
  [
    [10, 12],
    [null, null, 3],
  ], // The shape [4, 3] would need a guess of the free dimension.
])('%j is not forced into %j', (shape, wanted) => {
  expect(fitShape(shape, wanted)).toBeNull();
});

test('a reshape shares the elements', () => {
  const flat = tensor('float32', [2, 4], [0, 1, 2, 3, 4, 5, 6, 7]);
  const shaped = applyFit(flat, fitShape(flat.shape, [null, 1, 2, 2])!);
  expect(shaped.data).toBe(flat.data);
  expect(shaped.shape).toEqual([2, 1, 2, 2]);
});

test('channels move to the front and to the back', () => {
  // Each element encodes its place: 1000·n + 100·c + 10·h + w.
  const at = (n: number, c: number, h: number, w: number): number => 1000 * n + 100 * c + 10 * h + w;
  const last: number[] = [];
  const first: number[] = [];
  for (let n = 0; n < 2; n++) {
    for (let h = 0; h < 2; h++) for (let w = 0; w < 5; w++) for (let c = 0; c < 3; c++) last.push(at(n, c, h, w));
    for (let c = 0; c < 3; c++) for (let h = 0; h < 2; h++) for (let w = 0; w < 5; w++) first.push(at(n, c, h, w));
  }
  const channelsLast = tensor('float32', [2, 2, 5, 3], last);
  const channelsFirst = tensor('float32', [2, 3, 2, 5], first);
  expect(applyFit(channelsLast, fitShape([2, 2, 5, 3], [null, 3, 2, 5])!)).toEqual(channelsFirst);
  expect(applyFit(channelsFirst, fitShape([2, 3, 2, 5], [null, 2, 5, 3])!)).toEqual(channelsLast);
});
