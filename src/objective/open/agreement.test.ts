import { expect, it } from 'vitest';
import { quadratic, withProducts } from '../../../test/unit/closedFormObjective';
import { agreement } from './agreement';
import type { Objective } from '../objective';

const curvature = [
  [2, 1],
  [1, 4],
];
const cpu = () => quadratic(curvature, [1, -1]);
const scaled = (v: Float32Array, factor: number) => v.map((x) => x * factor);

const float32 = { derivatives: true, precision: 'float32' as const };
const objectionOf = async (device: Objective, asked = float32) => (await agreement(device, cpu(), asked)).objection;

it('trusts a device with the same figures', async () => {
  expect(await agreement(cpu(), cpu(), float32)).toEqual({ objection: null, productError: 0 });
});

it('takes one that rounds its products where that was asked for, and says by how much', async () => {
  const right = cpu();
  const device = withProducts(right, 'hessian', (products) => products.map((p) => scaled(p, 1.03)));
  expect(await objectionOf(device)).toMatch(/product differs .* 3 %/);
  const { objection, productError } = await agreement(device, cpu(), { derivatives: true, precision: 'reduced' });
  expect(objection).toBeNull();
  expect(productError).toBeCloseTo(0.03, 6);
});

it.each<[string, (right: Objective) => Partial<Objective>, RegExp]>([
  ['loss', (right) => ({ value: async () => ({ ...(await right.value()), loss: 7 }) }), /its loss is 7/],
  ['gradient', (right) => ({ gradient: async () => scaled(await right.gradient(), 1.01) }), /gradient differs .* 1 %/],
  [
    'product',
    (right) => withProducts(right, 'hessian', (products) => products.map((p) => scaled(p, 1.1))),
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
  expect(await objectionOf({ ...right, ...fault(right) })).toMatch(reason);
});

it('asks for losses only where there are no derivatives', async () => {
  const device: Objective = { ...cpu(), gradient: () => Promise.reject(new Error('none')) };
  expect(await agreement(device, cpu(), { ...float32, derivatives: false })).toEqual({
    objection: null,
    productError: null,
  });
});
