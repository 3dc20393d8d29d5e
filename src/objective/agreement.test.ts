import { expect, it } from 'vitest';
import { quadratic } from '../../test/unit/closedFormObjective';
import { disagreement } from './agreement';
import type { Objective } from './objective';

const curvature = [
  [2, 1],
  [1, 4],
];
const cpu = () => quadratic(curvature, [1, -1]);
const scaled = (v: Float32Array, factor: number) => v.map((x) => x * factor);

it('trusts a device with the same figures', async () => {
  expect(await disagreement(cpu(), cpu(), true)).toBeNull();
});

it.each<[string, (right: Objective) => Partial<Objective>, RegExp]>([
  ['loss', (right) => ({ value: async () => ({ ...(await right.value()), loss: 7 }) }), /its loss is 7/],
  [
    'gradient',
    (right) => ({ gradient: async () => scaled(await right.gradient(), 1.01) }),
    /gradient differs .* 1.0 %/,
  ],
  [
    'product',
    (right) => ({ hvp: async (v) => (await right.hvp(v)).map((p) => scaled(p, 1.1)) }),
    /product differs .* 10 %/,
  ],
  ['NaN', (right) => ({ gradient: async () => scaled(await right.gradient(), NaN) }), /gradient differs/],
  [
    'fault',
    () => ({ gradient: () => Promise.reject(new Error('no kernel\nstack')) }),
    /fails on this model: no kernel$/,
  ],
])('does not trust one with another %s', async (_, fault, reason) => {
  const right = cpu();
  expect(await disagreement({ ...right, ...fault(right) }, cpu(), true)).toMatch(reason);
});

it('asks for losses only where there are no derivatives', async () => {
  const device: Objective = { ...cpu(), gradient: () => Promise.reject(new Error('none')) };
  expect(await disagreement(device, cpu(), false)).toBeNull();
});
