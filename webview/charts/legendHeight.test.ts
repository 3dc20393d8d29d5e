import { expect, it } from 'vitest';
import { furtherRows } from './legendHeight';

it('needs a row more wherever the names do not fit beside one another', () => {
  const names = ['Momentum', 'Nesterov', 'Clipping', 'AdaGrad'];
  expect(furtherRows(names, 1000)).toBe(0);
  expect(furtherRows(names, 200)).toBe(19);
  // A name that is wider than the chart has a row of its own.
  expect(furtherRows(names, 40)).toBe(3 * 19);
});
