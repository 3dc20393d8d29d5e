import { expect, test } from 'vitest';
import { rotated } from '../../test/unit/symmetricOperators';
import { slq } from './slq';
import { truncated } from './truncated';

const eigenvalues = Array.from({ length: 500 }, (_, i) => (i % 4 ? 0.1 : -0.05) * Math.sin(i) + (i < 5 ? 10 - i : 0));

test.each([1, 7, 30, 39])('is the quadrature of the first %i steps', async (k) => {
  const op = rotated(eigenvalues);
  const [long] = (await slq(op, { probes: 1, steps: 40, seed: 1 })).ritz;
  const [short] = (await slq(op, { probes: 1, steps: k, seed: 1 })).ritz;
  const cut = truncated(long!, k);
  expect(cut.nodes).toHaveLength(k);
  cut.nodes.forEach((node, i) => expect(Math.abs(node - short!.nodes[i])).toBeLessThan(1e-4));
  expect(cut.weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
  const second = ({ nodes, weights }: typeof cut) => nodes.reduce((sum, x, i) => sum + weights[i] * x * x, 0);
  if (k > 1) expect(second(cut)).toBeCloseTo(second(short!), 6);
});

test('is the whole quadrature at its full length', () => {
  const whole = { nodes: [-1, 0.5, 3], weights: [0.2, 0.5, 0.3] };
  const same = truncated(whole, 3);
  same.nodes.forEach((node, i) => expect(node).toBeCloseTo(whole.nodes[i], 12));
  same.weights.forEach((weight, i) => expect(weight).toBeCloseTo(whole.weights[i], 12));
});
