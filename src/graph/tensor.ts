import { formatExact } from '../text/numbers';

/** Element types the graph computes with. Narrower floats (float16, bfloat16) are widened to float32 when read. */
export type DType =
  'float32' | 'float64' | 'int64' | 'int32' | 'int16' | 'int8' | 'uint64' | 'uint32' | 'uint16' | 'uint8' | 'bool';

export type TensorData =
  | Float32Array
  | Float64Array
  | BigInt64Array
  | Int32Array
  | Int16Array
  | Int8Array
  | BigUint64Array
  | Uint32Array
  | Uint16Array
  | Uint8Array;

/** A dense tensor in row-major order. `bool` is a Uint8Array of 0 and 1. */
export interface Tensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: TensorData;
  /** Reads single elements by position, if creating or reading all of them would cost more. */
  readonly pick?: (positions: readonly number[]) => number[];
}

/** Single elements of a tensor, without loading the others from a file. */
export function pick(t: Tensor, positions: readonly number[]): number[] {
  return t.pick?.(positions) ?? positions.map((position) => Number(t.data[position]));
}

const arrayTypes = {
  float32: Float32Array,
  float64: Float64Array,
  int64: BigInt64Array,
  int32: Int32Array,
  int16: Int16Array,
  int8: Int8Array,
  uint64: BigUint64Array,
  uint32: Uint32Array,
  uint16: Uint16Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const;

/** The typed array that holds `dtype`. */
export function arrayType<D extends DType>(dtype: D): (typeof arrayTypes)[D] {
  return arrayTypes[dtype];
}

/** Number of elements of a shape; 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}

export function isFloat(dtype: DType): boolean {
  return dtype === 'float32' || dtype === 'float64';
}

/** A tensor from plain numbers; 64-bit integers are converted. */
export function tensor(dtype: DType, shape: readonly number[], values: ArrayLike<number>): Tensor {
  const size = sizeOf(shape);
  if (values.length !== size) throw new RangeError(`${values.length} values for shape [${shape.join(',')}]`);
  if (dtype === 'int64' || dtype === 'uint64') {
    const data = new (arrayType(dtype))(size);
    for (let i = 0; i < size; i++) data[i] = BigInt(values[i]);
    return { dtype, shape, data };
  }
  return { dtype, shape, data: arrayType(dtype).from(values) };
}

export function zeros(dtype: DType, shape: readonly number[]): Tensor {
  return { dtype, shape, data: new (arrayType(dtype))(sizeOf(shape)) };
}

export function scalar(dtype: DType, value: number): Tensor {
  return tensor(dtype, [], [value]);
}

/** The elements as plain numbers. Only for small tensors: shapes, axes, bounds. */
export function numbers(t: Tensor): number[] {
  return Array.from(t.data as ArrayLike<number | bigint>, Number);
}

const WRITTEN = 8;

/** A few numbers as a person writes them; for many numbers, only the shape. */
export function written(t: Tensor): string {
  if (t.data.length > WRITTEN) return `[${t.shape.join(', ')}]`;
  const text = (value: number) => {
    if (t.dtype === 'bool') return String(value !== 0);
    return formatExact(t.dtype === 'float32' ? Number(value.toPrecision(7)) : value);
  };
  const texts = numbers(t).map(text);
  return t.data.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
}
