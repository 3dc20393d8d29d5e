import { expect, it } from 'vitest';
import type { Dynamics } from '../../src/report/report';
import { brush, isChosen } from './brush';
import { depthCourses, gradientCourseChart, timeCourses } from './gradientCourse';
import { testTheme } from './testTheme';

const entry = { units: 4, meanSquare: 1, variance: 1 };
const dynamics: Dynamics = {
  depth: [
    { ...entry, layer: 'a', depth: 1, gradientNorm: 0, relativeGradient: 0 },
    { ...entry, layer: 'b', depth: 2, gradientNorm: 0.5, relativeGradient: 2 },
  ],
  time: [
    { layer: 'rnn', step: 0, norm: 3, carried: 0.25 },
    { layer: 'rnn', step: 1, norm: 4, carried: 1 },
    { layer: 'other', step: 0, norm: 5 },
  ],
};

it('leaves a gap where the gradient is zero', () => {
  const chart = gradientCourseChart(depthCourses(dynamics), { place: 'depth', size: 'gradient' }, testTheme);
  expect(chart.data.datasets.map(({ data }) => data.map(({ y }) => y))).toEqual([
    [NaN, 2],
    [NaN, 0.5],
  ]);
});

it('knows each depth by its layer and by the parameters before it', () => {
  const [entry1] = dynamics.depth!;
  const { points } = depthCourses({ depth: [{ ...entry1!, parameters: ['fc.weight'] }, dynamics.depth![1]!] })[0]!;
  expect(points.map(({ of }) => of)).toEqual([['a', 'fc.weight'], ['b']]);
  brush.set('layer', 'fc.weight');
  expect(points.map(({ of }) => isChosen(of))).toEqual([true, false]);
  brush.set('layer', null);
  expect(points.map(({ of }) => isChosen(of))).toEqual([false, false]);
});

it('draws one course for each recurrence', () => {
  const courses = timeCourses(dynamics);
  expect(courses.map(({ label }) => label)).toEqual(['rnn', 'other']);
  expect(courses[0]!.points.map(({ x, y }) => [x, y])).toEqual([
    [0, 0.25],
    [1, 1],
  ]);
  expect(courses[1]!.points[0]!.y).toBe(5);
});

it('has nothing to draw for reports without them', () => {
  expect([...depthCourses({}), ...timeCourses({})]).toEqual([]);
});
