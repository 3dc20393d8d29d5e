import type { MessageInitShape } from '@bufbuild/protobuf';
import { create } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import type { ElementType } from './elementType';
import { elementFormats } from './elementType';
import { SparseTensorProtoSchema, TensorProtoSchema } from './onnx_pb';
import { densified, ElementFault, storedTensor, TensorFault } from './storedTensor';

type TensorInit = MessageInitShape<typeof TensorProtoSchema>;

function read(element: ElementType, dims: number[], fields: TensorInit) {
  const dataType = elementFormats[element].code;
  return storedTensor(create(TensorProtoSchema, { ...fields, dims: dims.map(BigInt), dataType } as TensorInit), null);
}

describe('storedTensor', () => {
  it('views aligned bytes in place and copies unaligned ones', () => {
    const file = new Uint8Array(16);
    file.set(new Uint8Array(Float32Array.of(1.5, -2).buffer), 4);
    const aligned = read('float32', [2], { rawData: file.subarray(4, 12) }).data;
    expect(aligned).toEqual(Float32Array.of(1.5, -2));
    expect(aligned.buffer).toBe(file.buffer);
    file.copyWithin(5, 4, 12);
    const moved = read('float32', [2], { rawData: file.subarray(5, 13) }).data;
    expect(moved).toEqual(Float32Array.of(1.5, -2));
    expect(moved.buffer).not.toBe(file.buffer);
  });

  it.each<[ElementType, number[], TensorInit, ArrayLike<number | bigint>]>([
    ['float32', [2], { floatData: [0.5, -1] }, Float32Array.of(0.5, -1)],
    ['float64', [2], { doubleData: [0.1, -1] }, Float64Array.of(0.1, -1)],
    ['int64', [2], { int64Data: [-1n, 2n ** 62n] }, BigInt64Array.of(-1n, 2n ** 62n)],
    ['uint64', [1], { uint64Data: [2n ** 64n - 1n] }, BigUint64Array.of(2n ** 64n - 1n)],
    ['uint32', [1], { uint64Data: [2n ** 32n - 1n] }, Uint32Array.of(2 ** 32 - 1)],
    ['int32', [1], { int32Data: [-7] }, Int32Array.of(-7)],
    ['int16', [1], { int32Data: [-7] }, Int16Array.of(-7)],
    ['uint16', [1], { int32Data: [65535] }, Uint16Array.of(65535)],
    ['int8', [2], { int32Data: [-128, 127] }, Int8Array.of(-128, 127)],
    ['bool', [2], { int32Data: [1, 0] }, Uint8Array.of(1, 0)],
    ['float16', [2], { int32Data: [0x3c00, 0xc000] }, Float32Array.of(1, -2)],
    ['bfloat16', [1], { int32Data: [0x3f80] }, Float32Array.of(1)],
    ['float8e5m2', [1], { int32Data: [0x7b] }, Float32Array.of(57344)],
    ['int4', [3], { int32Data: [0xf1, 0x08] }, Int8Array.of(1, -1, -8)],
    ['uint4', [3], { rawData: Uint8Array.of(0xf1, 0x08) }, Uint8Array.of(1, 15, 8)],
    ['int2', [5], { rawData: Uint8Array.of(0b11100100, 0b10) }, Int8Array.of(0, 1, -2, -1, -2)],
    ['float4e2m1', [2], { rawData: Uint8Array.of(0xf2) }, Float32Array.of(1, -6)],
    ['float16', [1], { rawData: Uint8Array.of(0x00, 0x3c) }, Float32Array.of(1)],
    ['float32', [0], { rawData: new Uint8Array(0) }, new Float32Array(0)],
    ['float32', [0, 4], {}, new Float32Array(0)],
    ['float32', [], { floatData: [3] }, Float32Array.of(3)],
  ])('reads %s %j', (element, dims, fields, expected) => {
    const tensor = read(element, dims, fields);
    expect(tensor.data).toEqual(expected);
    expect(tensor).toMatchObject({ element, shape: dims, dtype: elementFormats[element].dtype });
  });

  it.each<[string, ElementType, number[], TensorInit]>([
    ['it has 4 bytes, but shape [2,2] of float32 needs 16', 'float32', [2, 2], { rawData: new Uint8Array(4) }],
    ['it has 3 elements, but shape [2] of float32 needs 2', 'float32', [2], { floatData: [1, 2, 3] }],
    ['it has 0 elements, but shape [2] of int64 needs 2', 'int64', [2], {}],
    ['its shape [-1] is impossible', 'float32', [-1], {}],
    ['its shape [4294967296,4294967296] is impossible', 'float32', [2 ** 32, 2 ** 32], {}],
  ])('refuses: %s', (message, element, dims, fields) => {
    expect(() => read(element, dims, fields)).toThrow(new TensorFault(message));
  });

  it('distinguishes unsupported element types from damage', () => {
    expect(() => read('string', [1], { stringData: [Uint8Array.of(65)] })).toThrow(ElementFault);
    expect(() => read('complex64', [1], { floatData: [1, 2] })).toThrow(ElementFault);
    expect(() => storedTensor(create(TensorProtoSchema, { dataType: 99 }), null)).toThrow(/element type 99/);
  });
});

describe('densified', () => {
  const values = { dims: [2n], dataType: 1, floatData: [5, 7] };

  it.each([
    ['positions', { dims: [2n], dataType: 7, int64Data: [1n, 5n] }],
    ['coordinates', { dims: [2n, 2n], dataType: 7, int64Data: [0n, 1n, 1n, 2n] }],
  ])('fills in the zeros, from %s', (_, indices) => {
    const sparse = create(SparseTensorProtoSchema, { values, indices, dims: [2n, 3n] });
    expect(densified(sparse, null)).toMatchObject({ shape: [2, 3], data: Float32Array.of(0, 5, 0, 0, 0, 7) });
  });

  it('refuses indices outside the shape', () => {
    const indices = { dims: [2n], dataType: 7, int64Data: [1n, 6n] };
    const sparse = create(SparseTensorProtoSchema, { values, indices, dims: [2n, 3n] });
    expect(() => densified(sparse, null)).toThrow(/index outside its shape \[2,3\]/);
  });
});
