import { expect, test } from 'vitest';
import { known, rotated } from '../../test/unit/symmetricOperators';
import { random } from '../numerics/random';
import { norm } from '../numerics/vectors';
import { noiseFloor } from './noiseFloor';

const eigenvalues = Array.from({ length: 5000 }, (_, i) => 20 * 0.99 ** i - 0.001);
const maxAbs = 20;

/** A diagonal operator whose products carry a random error of `relative` times their own length. */
function noisy(relative: number) {
  const source = random(1, 'noise');
  return known(eigenvalues, (v) => {
    const image = v.map((x, i) => x * eigenvalues[i]);
    const size = (relative * norm(image)) / Math.sqrt(image.length);
    return image.map((x) => x + size * source.normal());
  });
}

test('products exact to float32 have a floor of a few roundings', async () => {
  const op = rotated(eigenvalues);
  const { value, explanation, products } = await noiseFloor(op, { maxAbs, seed: 1 });
  expect(value).toBeGreaterThan(1e-7 * maxAbs);
  expect(value).toBeLessThan(3e-6 * maxAbs);
  expect(explanation).toContain('rounding of float32');
  expect(products).toBe(op.products);
});

test.each([1e-5, 1e-3])('a relative error of %d is measured within a factor of four, never below', async (relative) => {
  const { value } = await noiseFloor(noisy(relative), { maxAbs, seed: 1 });
  expect(value / maxAbs).toBeGreaterThan(relative);
  expect(value / maxAbs).toBeLessThan(4 * relative);
});

test('products that differ from call to call raise the floor although they are symmetric', async () => {
  let calls = 0;
  const drifting = {
    dim: eigenvalues.length,
    apply(vectors: readonly Float32Array[]) {
      const factor = calls++ === 0 ? 1 : 1.001;
      return Promise.resolve(vectors.map((v) => v.map((x, i) => x * eigenvalues[i] * factor)));
    },
  };
  const steady = await noiseFloor(rotated(eigenvalues), { maxAbs, seed: 1 });
  const { value } = await noiseFloor(drifting, { maxAbs, seed: 1 });
  expect(value).toBeGreaterThan(0.001 * maxAbs);
  expect(value).toBeGreaterThan(100 * steady.value);
});

test('the measurements of a Lanczos run count', async () => {
  const { value } = await noiseFloor(rotated(eigenvalues), { maxAbs, seed: 1, asymmetry: 0.5 });
  expect(value).toBe(1);
});

test('rounding of a device beyond float32 counts', async () => {
  const { value, explanation } = await noiseFloor(rotated(eigenvalues), { maxAbs, seed: 1, productError: 1e-3 });
  expect(value).toBeCloseTo(1e-3 * maxAbs, 12);
  expect(explanation).toContain('reduced precision of the device');
});

test('vectors taken two at a time give the same measurement', async () => {
  const op = rotated(eigenvalues);
  const { value, products, pair } = await noiseFloor({ ...op, block: 2 }, { maxAbs, seed: 1 });
  const whole = await noiseFloor(rotated(eigenvalues), { maxAbs, seed: 1 });
  expect([value, products]).toEqual([whole.value, whole.products]);
  expect(pair).toEqual(whole.pair);
});

test('the zero operator has no noise', async () => {
  expect((await noiseFloor(rotated(new Array<number>(50).fill(0)), { maxAbs: 0, seed: 1 })).value).toBe(0);
});
