import { expect, it } from 'vitest';
import type { GradientMeasurement, ModelSummary } from '../../src/report/report';
import { decades, layerBars, layerChart, layerSummary } from './layers';
import { testTheme } from './testTheme';

const gradient: GradientMeasurement = {
  norm: 2,
  byParameter: [
    { name: 'a.weight', norm: 2 },
    { name: 'a.bias', norm: 0 },
    { name: 'b.weight', norm: NaN },
    { name: 'c.weight', norm: 0.001 },
  ],
};
const model = {
  parameters: [
    { name: 'a.weight', shape: [2, 2], count: 4 },
    { name: 'a.bias', shape: [2], count: 2 },
  ],
} as ModelSummary;

it('keeps the order of the network and leaves gaps for zero and non-finite values', () => {
  const chart = layerChart(layerBars(gradient, model, false), false, testTheme);
  expect(chart.data.labels).toEqual(['a.weight', 'a.bias', 'b.weight', 'c.weight']);
  expect(chart.data.datasets[0].data).toEqual([2, NaN, NaN, 0.001]);
});

it('compares tensors of different size per element', () => {
  expect(layerBars(gradient, model, true)[0]).toEqual({ name: 'a.weight', norm: 1, oneDimensional: false });
  expect(layerBars(gradient, model, true)[1].oneDimensional).toBe(true);
});

it('gives every bar a length on the log axis', () => {
  for (const values of [[1], [0.001, 2], [1e-9], [9.99, 10]]) {
    const { min, max } = decades(values);
    expect(min).toBeLessThan(Math.min(...values));
    expect(max).toBeGreaterThanOrEqual(Math.max(...values));
  }
  expect(decades([])).toEqual({ min: 0.1, max: 10 });
});

it('names the largest and the smallest, and counts the zeros', () => {
  expect(layerSummary(layerBars(gradient, model, false))).toBe(
    'Largest in a.weight (2), smallest in c.weight (0.001). 1 of 4 tensors have a gradient of exactly zero.',
  );
});
