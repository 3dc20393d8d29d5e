import { expect, test } from 'vitest';
import { generateInputs } from './generated';

const spec = (dtype: 'float32' | 'int64' | 'bool', shape: (number | null)[]) => ({ name: dtype, dtype, shape });

test('floats are standard normal', () => {
  const { inputs, generated, target } = generateInputs([spec('float32', [null, 3, 64, 64])], { samples: 10, seed: 3 });
  const data = inputs.float32!.data as Float32Array;
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
  const square = data.reduce((sum, value) => sum + value * value, 0) / data.length;
  const fourth = data.reduce((sum, value) => sum + value ** 4, 0) / data.length;
  // Standard errors for n = 122,880: 0.003 (mean), 0.004 (variance), 0.028 (fourth moment).
  expect(Math.abs(mean)).toBeLessThan(0.012);
  expect(Math.abs(square - 1)).toBeLessThan(0.016);
  expect(Math.abs(fourth - 3)).toBeLessThan(0.11);
  expect(inputs.float32!.shape).toEqual([10, 3, 64, 64]);
  expect([generated, target]).toEqual([true, null]);
});

test('the first number of a stream is as random as the others', () => {
  const first = (seed: number) =>
    generateInputs([spec('float32', [null, 1])], { samples: 1, seed }).inputs.float32!.data[0];
  const values = [0, 1, 2, 3].map(first);
  expect(new Set(values).size).toBe(4);
  expect(values).not.toContain(0);
});

test('integers fill their range, and booleans take both values', () => {
  const { inputs } = generateInputs([spec('int64', [null, 50]), spec('bool', [null, 50])], {
    samples: 10,
    seed: 0,
    below: { int64: 7 },
  });
  expect(new Set(inputs.int64!.data as BigInt64Array)).toEqual(new Set([0n, 1n, 2n, 3n, 4n, 5n, 6n]));
  expect(new Set(inputs.bool!.data as Uint8Array)).toEqual(new Set([0, 1]));
});

test('numbers depend on the seed, and not on other inputs', () => {
  const one = generateInputs([spec('float32', [null, 4])], { samples: 3, seed: 5 });
  const two = generateInputs([spec('float32', [null, 4]), spec('int64', [null, 2])], { samples: 3, seed: 5 });
  const other = generateInputs([spec('float32', [null, 4])], { samples: 3, seed: 6 });
  expect(two.inputs.float32).toEqual(one.inputs.float32);
  expect(other.inputs.float32).not.toEqual(one.inputs.float32);
  expect(other.sha256).not.toBe(one.sha256);
});

test('free dimensions get a length, and the notes say so', () => {
  const { inputs, notes } = generateInputs([spec('int64', [null, null])], { samples: 2, seed: 0, freeDimension: 9 });
  expect(inputs.int64!.shape).toEqual([2, 9]);
  expect(notes.join(' ')).toContain('Free dimensions are taken as 9');
});

test('an attention mask starts with tokens in every sample', () => {
  const input = { ...spec('int64', [null, 6]), name: 'attention_mask' };
  const { data } = generateInputs([input], { samples: 20, seed: 1 }).inputs.attention_mask!;
  const rows = Array.from({ length: 20 }, (_, n) =>
    Array.from((data as BigInt64Array).slice(6 * n, 6 * n + 6)).join(''),
  );
  for (const row of rows) expect(row).toMatch(/^1110*$|^1{4,6}0*$/);
  expect(new Set(rows).size).toBeGreaterThan(1);
});
