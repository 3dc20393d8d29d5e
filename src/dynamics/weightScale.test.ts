import { expect, it } from 'vitest';
import type { WeightRole } from '../objective/objective';
import { gaussianVector, random } from '../numerics/random';
import { weightScale } from './weightScale';

const tensor = { name: 'w', shape: [100, 50], offset: 0, count: 5000, filters: null };
const role = (activation: string | null, more: Partial<WeightRole> = {}): WeightRole => ({
  parameter: 'w',
  kind: 'dense',
  fans: { in: 50, out: 100 },
  activation,
  place: null,
  slope: 0,
  reads: null,
  end: 'layer',
  next: 'v',
  ...more,
});
const drawn = (deviation: number) => gaussianVector(5000, random(0, 'weights')).map((value) => value * deviation);

it.each([
  ['Relu', role('Relu'), Math.sqrt(2 / 50), 'he'],
  ['LeakyRelu', role('LeakyRelu', { slope: 1 }), Math.sqrt(1 / 50), 'he'],
  ['Tanh', role('Tanh'), Math.sqrt(2 / 150), 'glorot'],
  ['the output', role(null, { end: 'output' }), Math.sqrt(2 / 150), 'glorot'],
])('is one for weights that were drawn by the rule for %s', (_, of, deviation, rule) => {
  const found = weightScale(of, tensor, drawn(deviation))!;
  expect(found.rule).toBe(rule);
  expect(found.ratio).toBeGreaterThan(0.97);
  expect(found.ratio).toBeLessThan(1.03);
});

it('leaves out weights without fans and activations with rules of their own', () => {
  expect(weightScale(role('Sin'), tensor, drawn(1))).toBeNull();
  expect(weightScale(role('Relu', { fans: null }), tensor, drawn(1))).toBeNull();
});
