import { describe, expect, it } from 'vitest';
import type { DType } from '../graph/tensor';
import { tensor } from '../graph/tensor';
import { ModelFileError } from './modelFileError';
import { decodeTensor, encodeTensor } from './tensor';

const dtypes: DType[] = [
  'float32',
  'float64',
  'int64',
  'int32',
  'int16',
  'int8',
  'uint64',
  'uint32',
  'uint16',
  'uint8',
  'bool',
];

describe('decodeTensor', () => {
  it.each(dtypes)('reads what encodeTensor wrote: %s', (dtype) => {
    const written = tensor(dtype, [2, 3], [0, 1, 1, 0, 0, 1]);
    const { dtype: readDtype, shape, data } = decodeTensor(encodeTensor(written, 'input_0'));
    expect({ dtype: readDtype, shape, data }).toEqual(written);
  });

  it('keeps scalars and tensors without elements', () => {
    expect(decodeTensor(encodeTensor(tensor('float32', [], [2])))).toMatchObject({
      shape: [],
      data: Float32Array.of(2),
    });
    expect(decodeTensor(encodeTensor(tensor('int64', [0, 2], [])))).toMatchObject({
      shape: [0, 2],
      data: new BigInt64Array(),
    });
  });

  it('writes only the part of a buffer that a tensor views', () => {
    const data = new Float32Array(8).subarray(2, 4).fill(9);
    expect(decodeTensor(encodeTensor({ dtype: 'float32', shape: [2], data })).data).toEqual(Float32Array.of(9, 9));
  });

  it('refuses bytes that are not a tensor', () => {
    expect(() => decodeTensor(new Uint8Array(0))).toThrow(ModelFileError);
    expect(() => decodeTensor(Buffer.from('no tensor at all'))).toThrow(ModelFileError);
    const cut = encodeTensor(tensor('float32', [4], [1, 2, 3, 4])).slice(0, -1);
    expect(() => decodeTensor(cut)).toThrow(ModelFileError);
  });
});
