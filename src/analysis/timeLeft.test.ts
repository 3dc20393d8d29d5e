import { expect, test } from 'vitest';
import { TimeLeft } from './timeLeft';

/** Tells each [second, fraction] in turn. */
function told(...points: [second: number, fraction: number][]): (number | null)[] {
  let milliseconds = 0;
  const left = new TimeLeft(() => milliseconds);
  return points.map(([second, fraction]) => {
    milliseconds = second * 1000;
    return left.at(fraction);
  });
}

test('tells nothing until some seconds and some work have passed', () => {
  expect(told([1, 0.1], [2.9, 0.2])).toEqual([null, null]);
  expect(told([1, 0.001], [4, 0.01])).toEqual([null, null]);
});

test('a steady rate gives the rest of the time, and the end gives 0', () => {
  const [, , third, end] = told([5, 0.1], [10, 0.2], [20, 0.4], [50, 1]);
  expect(third).toBeCloseTo(30);
  expect(end).toBe(0);
});

test('follows a rate that changes, by the latest half of the run', () => {
  // 40 % in ten seconds, then one percent per second.
  const slow = Array.from({ length: 20 }, (_, i): [number, number] => [11 + i, 0.41 + i / 100]);
  expect(told([5, 0.2], [10, 0.4], ...slow).at(-1)).toBeCloseTo(40);
});

test('answers from a journal, which take no time, promise nothing about the rest', () => {
  const replayed: [number, number][] = [
    [0.2, 0.2],
    [0.4, 0.4],
    [0.6, 0.57],
  ];
  const measured = Array.from({ length: 8 }, (_, i): [number, number] => [1.6 + i, 0.58 + i / 100]);
  const answers = told(...replayed, ...measured);
  expect(answers.slice(0, 5)).toEqual([null, null, null, null, null]);
  expect(answers.at(-1)).toBeCloseTo(35);
});
