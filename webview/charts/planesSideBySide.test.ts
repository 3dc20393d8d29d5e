import { expect, it } from 'vitest';
import type { Plane } from '../../src/report/report';
import { planesSideBySide, sharedLosses } from './planesSideBySide';

const plane = (direction: string, loss: number[][]): Plane => ({
  x: { direction: 'random', values: [0, 1] },
  y: { direction, values: [0, 1] },
  loss,
});

it('puts planes of the same directions side by side, and leaves out what only one model has', () => {
  const [own, other] = [plane('random', [[1, 2]]), plane('random', [[3, 9]])];
  const found = planesSideBySide([{ planes: [own, plane('gradient', [[5]])] }, { planes: [other] }, {}]);
  expect(found.map(({ planes }) => planes)).toEqual([[own, other, undefined]]);
  expect(found[0].title).toMatch(/random/i);
});

it('spans all finite losses by one scale', () => {
  const planes = [plane('random', [[1, NaN]]), undefined, plane('random', [[Infinity, 7]])];
  expect(sharedLosses(planes)).toEqual([1, 7]);
  expect(sharedLosses([plane('random', [[NaN]])])).toEqual([]);
});
