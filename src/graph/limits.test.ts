import { describe, expect, it } from 'vitest';
import { GraphBuilder, ShapeError } from './builder';
import { checkShape, counted, mostElements, TooLargeError, upTo } from './limits';

it('incompatible operands give a ShapeError, wherever they are found', () => {
  const g = new GraphBuilder();
  const [x, y] = [g.input('x', 'float32', [1, 6]), g.input('y', 'float32', [2])];
  expect(() => g.broadcastShapes([1, 6], [2])).toThrow(ShapeError);
  expect(() => g.add(g.expand(x, [3, 6]), y)).toThrow(ShapeError);
});

describe('limits', () => {
  it('refuse shapes that no machine could hold', () => {
    expect(() => checkShape([2 ** 20, 2 ** 20])).not.toThrow();
    expect(() => checkShape([2 ** 20, 2 ** 21])).toThrow(TooLargeError);
    expect(() => checkShape([2 ** 53 - 1, 2 ** 53 - 1, 0])).not.toThrow();
    expect(() => checkShape([-1, 3])).toThrow('shape [-1,3]');
    expect(() => checkShape([NaN])).toThrow('shape [NaN]');
  });

  it('refuse tables before they are built', () => {
    expect(upTo(3)).toEqual([0, 1, 2]);
    expect(() => counted(2 ** 31, () => 0)).toThrow(TooLargeError);
    expect(() => counted(Infinity, () => 0)).toThrow(TooLargeError);
  });

  it('refuse a graph that doubles with each node', () => {
    const g = new GraphBuilder();
    let x = g.input('x', 'float32', [1, 8]);
    for (let i = 0; i < 36; i++) x = g.concat([x, x], 1);
    expect(x.shape).toEqual([1, 2 ** 39]);
    expect(() => g.concat([x, x, x], 1)).toThrow(TooLargeError);
  });

  it('refuse a graph whose results are far larger than its inputs', () => {
    const g = new GraphBuilder();
    g.mostElements = mostElements(8);
    expect(mostElements(8)).toBe(2 ** 26);
    expect(mostElements(2 ** 20)).toBe(2 ** 36);
    let x = g.input('x', 'float32', [1, 8]);
    for (let i = 0; i < 23; i++) x = g.concat([x, x], 1);
    expect(x.shape).toEqual([1, 2 ** 26]);
    expect(() => g.concat([x, x], 1)).toThrow('[1,134217728]');
  });

  it('refuse a graph with too many operators', () => {
    const g = new GraphBuilder();
    g.mostNodes = 10;
    const x = g.input('x', 'float32', [2]);
    expect(() => upTo(100).reduce((y, i) => g.shift(y, i + 1), x)).toThrow('more than 10 operators');
  });
});
