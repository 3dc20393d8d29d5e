import type { DType } from '../graph/tensor';
import type { NarrowFloatName } from './narrowFloat';
import { narrowFloats } from './narrowFloat';

/** How one element type of ONNX is stored and read. */
export interface ElementFormat {
  /** TensorProto.DataType. */
  code: number;
  /** Bits per element. Elements under 8 bits are packed, the first in the low bits. 0 means no fixed size. */
  bits: number;
  /** Element type in the graph; null for a known type that Ridgeline does not support. */
  dtype: DType | null;
}

const formats = {
  float32: { code: 1, bits: 32, dtype: 'float32' },
  uint8: { code: 2, bits: 8, dtype: 'uint8' },
  int8: { code: 3, bits: 8, dtype: 'int8' },
  uint16: { code: 4, bits: 16, dtype: 'uint16' },
  int16: { code: 5, bits: 16, dtype: 'int16' },
  int32: { code: 6, bits: 32, dtype: 'int32' },
  int64: { code: 7, bits: 64, dtype: 'int64' },
  string: { code: 8, bits: 0, dtype: null },
  bool: { code: 9, bits: 8, dtype: 'bool' },
  float16: { code: 10, bits: 16, dtype: 'float32' },
  float64: { code: 11, bits: 64, dtype: 'float64' },
  uint32: { code: 12, bits: 32, dtype: 'uint32' },
  uint64: { code: 13, bits: 64, dtype: 'uint64' },
  complex64: { code: 14, bits: 64, dtype: null },
  complex128: { code: 15, bits: 128, dtype: null },
  bfloat16: { code: 16, bits: 16, dtype: 'float32' },
  float8e4m3fn: { code: 17, bits: 8, dtype: 'float32' },
  float8e4m3fnuz: { code: 18, bits: 8, dtype: 'float32' },
  float8e5m2: { code: 19, bits: 8, dtype: 'float32' },
  float8e5m2fnuz: { code: 20, bits: 8, dtype: 'float32' },
  uint4: { code: 21, bits: 4, dtype: 'uint8' },
  int4: { code: 22, bits: 4, dtype: 'int8' },
  float4e2m1: { code: 23, bits: 4, dtype: 'float32' },
  float8e8m0: { code: 24, bits: 8, dtype: 'float32' },
  uint2: { code: 25, bits: 2, dtype: 'uint8' },
  int2: { code: 26, bits: 2, dtype: 'int8' },
} as const satisfies Record<string, ElementFormat>;

/** Element types by their ONNX names; they include all of `DType`. */
export type ElementType = keyof typeof formats;

export const elementFormats: Readonly<Record<ElementType, ElementFormat>> = formats;

const byCode = new Map(Object.entries(formats).map(([name, { code }]) => [code as number, name as ElementType]));

/** The element type of a TensorProto.DataType; null for a code that no published schema has. */
export function elementOfCode(code: number): ElementType | null {
  return byCode.get(code) ?? null;
}

export function isNarrowFloat(element: ElementType): element is NarrowFloatName {
  return element in narrowFloats;
}

/** Bytes of `count` elements. */
export function byteSize(element: ElementType, count: number): number {
  return Math.ceil((count * elementFormats[element].bits) / 8);
}
