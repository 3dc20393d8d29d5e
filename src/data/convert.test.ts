import { expect, test } from 'vitest';
import { tensor } from '../graph/tensor';
import { checkFinite, convertType } from './convert';

test('floats change width without a word', () => {
  const notes: string[] = [];
  expect(convertType(tensor('float64', [2], [0.5, 1e-3]), 'float32', 'x', notes)).toEqual(
    tensor('float32', [2], [0.5, 1e-3]),
  );
  expect(notes).toEqual([]);
});

test('bytes become pixels from 0 to 1, and the notes say so', () => {
  const notes: string[] = [];
  expect(convertType(tensor('uint8', [3], [0, 51, 255]), 'float32', 'images', notes).data).toEqual(
    Float32Array.of(0, 0.2, 1),
  );
  expect(notes).toEqual(['«images» holds bytes; they are taken as pixels and divided by 255.']);
});

test('bytes that are only 0 and 1, and wider integers, keep their values', () => {
  const notes: string[] = [];
  expect(convertType(tensor('uint8', [3], [0, 1, 1]), 'float32', 'x', notes).data).toEqual(Float32Array.of(0, 1, 1));
  expect(convertType(tensor('int64', [3], [0, 255, -3]), 'float32', 'x', notes).data).toEqual(
    Float32Array.of(0, 255, -3),
  );
  expect(notes).toEqual([]);
});

test('token ids are taken from floats and narrower integers', () => {
  expect(convertType(tensor('float32', [2], [3, 7]), 'int64', 'ids', []).data).toEqual(BigInt64Array.of(3n, 7n));
  expect(convertType(tensor('int64', [2], [3, 7]), 'int32', 'ids', []).data).toEqual(Int32Array.of(3, 7));
  expect(convertType(tensor('int64', [2], [1, 0]), 'bool', 'mask', []).data).toEqual(Uint8Array.of(1, 0));
});

test.each([
  ['a fraction', tensor('float32', [2], [3, 7.5]), 'int64', 'value 1 is 7.5'],
  ['NaN', tensor('float32', [2], [NaN, 7]), 'int64', 'value 0 is NaN'],
  ['a number too large', tensor('int64', [2], [3, 2 ** 40]), 'int32', 'wants int32'],
  ['2 as a boolean', tensor('int64', [2], [1, 2]), 'bool', 'value 1 is 2'],
] as const)('%s is refused', (_name, given, dtype, message) => {
  expect(() => convertType(given, dtype, 'ids', [])).toThrow(message);
});

test('the first value that is not finite is named with its sample', () => {
  const x = tensor('float32', [3, 2], [1, 2, 3, NaN, Infinity, 6]);
  expect(() => checkFinite(x, 'x', 'data.npz')).toThrow(
    '«x» holds NaN in sample 1, and 1 more values that are not finite.',
  );
  expect(() => checkFinite(tensor('float32', [1, 2], [1, 2]), 'x', 'data.npz')).not.toThrow();
});
