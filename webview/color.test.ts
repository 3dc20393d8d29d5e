import { expect, it } from 'vitest';
import { faded } from './color';

it.each([
  ['#336699', 'rgba(51, 102, 153, 0.5)'],
  ['#369', 'rgba(51, 102, 153, 0.5)'],
  ['#33669980', 'rgba(51, 102, 153, 0.251)'],
  ['rgb(51, 102, 153)', 'rgba(51, 102, 153, 0.5)'],
  ['rgba(51, 102, 153, 0.4)', 'rgba(51, 102, 153, 0.2)'],
  ['rebeccapurple', 'rebeccapurple'],
])('halves the opacity of %s', (color, expected) => {
  expect(faded(color, 0.5)).toBe(expected);
});
