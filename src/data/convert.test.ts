import { expect, test } from 'vitest';
import { tensor } from '../graph/tensor';
import { checkFinite, convertType, divided } from './convert';

const pixels = (name: string) => ({ name, array: [1, 3], input: [null, 1, 1, 3] });

test('floats change width without a note', () => {
  const notes: string[] = [];
  expect(convertType(tensor('float64', [2], [0.5, 1e-3]), 'float32', pixels('x'), notes)).toEqual(
    tensor('float32', [2], [0.5, 1e-3]),
  );
  expect(notes).toEqual([]);
});

test('bytes become pixels from 0 to 1, and the notes say so', () => {
  const notes: string[] = [];
  expect(convertType(tensor('uint8', [3], [0, 51, 255]), 'float32', pixels('images'), notes).data).toEqual(
    Float32Array.of(0, 0.2, 1),
  );
  expect(notes).toEqual([
    '«images» contains bytes; they are read as pixels and divided by 255. Use --scale 1 to leave them unchanged.',
  ]);
});

test('bytes that are only 0 and 1, and wider integers, keep their values', () => {
  const notes: string[] = [];
  expect(convertType(tensor('uint8', [3], [0, 1, 1]), 'float32', pixels('x'), notes).data).toEqual(
    Float32Array.of(0, 1, 1),
  );
  expect(convertType(tensor('int64', [3], [0, 255, -3]), 'float32', pixels('x'), notes).data).toEqual(
    Float32Array.of(0, 255, -3),
  );
  expect(notes).toEqual([]);
});

test('token ids may be floats or narrower integers', () => {
  expect(convertType(tensor('float32', [2], [3, 7]), 'int64', pixels('ids'), []).data).toEqual(
    BigInt64Array.of(3n, 7n),
  );
  expect(convertType(tensor('int64', [2], [3, 7]), 'int32', pixels('ids'), []).data).toEqual(Int32Array.of(3, 7));
  expect(convertType(tensor('int64', [2], [1, 0]), 'bool', pixels('mask'), []).data).toEqual(Uint8Array.of(1, 0));
});

test.each([
  ['a fraction', tensor('float32', [2], [3, 7.5]), 'int64', 'value 1 is 7.5'],
  ['NaN', tensor('float32', [2], [NaN, 7]), 'int64', 'value 0 is NaN'],
  ['a number too large', tensor('int64', [2], [3, 2 ** 40]), 'int32', 'expects int32'],
  ['2 as a boolean', tensor('int64', [2], [1, 2]), 'bool', 'value 1 is 2'],
] as const)('%s is refused', (_name, given, dtype, message) => {
  expect(() => convertType(given, dtype, pixels('ids'), [])).toThrow(message);
});

test('the first value that is not finite is named with its sample', () => {
  const x = tensor('float32', [3, 2], [1, 2, 3, NaN, Infinity, 6]);
  expect(() => checkFinite(x, 'x', 'data.npz')).toThrow(
    '«x» holds NaN in sample 1 at [1], and 1 more value that is not finite.',
  );
  expect(() => checkFinite(tensor('float32', [1, 2], [1, 2]), 'x', 'data.npz')).not.toThrow();
});

test('bytes of a table are fed unchanged, and the notes say how to divide them', () => {
  const notes: string[] = [];
  const table = { name: 'counts', array: [2, 2], input: [null, 2] };
  const counts = tensor('uint8', [2, 2], [0, 99, 3, 50]);
  expect(convertType(counts, 'float32', table, notes).data).toEqual(Float32Array.of(0, 99, 3, 50));
  expect(notes[0]).toContain('Use --scale 255 to divide them');
});

test.each([
  ['flattened MNIST', [9, 784], [null, 784], true],
  ['flattened CIFAR', [9, 3072], [null, 3072], true],
  ['rows of a picture', [9, 28, 28], [null, 28, 28], true],
  ['channels last', [9, 8, 8, 3], [null, 192], true],
  ['a table', [9, 5], [null, 5], false],
  ['a wide table', [9, 100], [null, 100], true],
  ['a table whose width is not a square', [9, 120], [null, 120], false],
  ['a short sequence', [9, 20, 5], [null, 20, 5], false],
])('bytes up to 255 are read as pixels or as numbers: %s', (_, array, input, are) => {
  const data = tensor(
    'uint8',
    array,
    Array.from({ length: array.reduce((a, b) => a * b) }, (__, i) => i % 256),
  );
  const { data: fed } = convertType(data, 'float32', { name: 'x', array, input }, []);
  expect(Math.max(...Array.from(fed as Float32Array)) <= 1).toBe(are);
});

test('a requested scale divides whole numbers only', () => {
  const notes: string[] = [];
  const whole = tensor('float32', [2], [10, 20]);
  expect(divided(whole, whole, 10, 'x', notes).data).toEqual(Float32Array.of(1, 2));
  const real = tensor('float32', [2], [10.5, 20]);
  expect(divided(real, real, 10, 'y', notes)).toBe(real);
  expect(notes).toEqual([
    '«x» is divided by 10, as requested.',
    '«y» contains fractions and is not divided by 10, because --scale applies to whole numbers only.',
  ]);
});
