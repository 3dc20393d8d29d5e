import { describe, expect, it } from 'vitest';
import { partsOfTask } from './submitRun';

describe('the tasks of an array', () => {
  it('share all parts, each once, within one of the same number', () => {
    const parts = [3, 5, 6, 7, 11, 12, 13];
    const shares = [0, 1, 2].map((task) => partsOfTask({ wave: 0, parts, tasks: 3 }, task));
    expect(shares.flat().sort((a, b) => a - b)).toEqual(parts);
    expect(shares.map(({ length }) => length)).toEqual([3, 2, 2]);
  });
});
