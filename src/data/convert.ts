import { UserError } from '../errors';
import type { DType, Tensor } from '../graph/tensor';
import { arrayType, isFloat } from '../graph/tensor';

/**
 * The tensor in another element type: floats widen and narrow silently; bytes for a floating input are pixels and are
 * divided by 255, which is noted; floats for an integer input must be whole.
 * @param name of the array, for messages
 * @throws UserError when values would be lost
 */
export function convertType(tensor: Tensor, dtype: DType, name: string, notes: string[]): Tensor {
  if (tensor.dtype === dtype) return tensor;
  const { data, shape } = tensor;
  if (dtype === 'float32' || dtype === 'float64') {
    if (isFloat(tensor.dtype)) return { dtype, shape, data: floats(dtype, data as Float32Array) };
    if (tensor.dtype !== 'uint8' || maximum(data as Uint8Array) <= 1) {
      return { dtype, shape, data: floats(dtype, data as ArrayLike<number | bigint>) };
    }
    notes.push(`«${name}» holds bytes; they are taken as pixels and divided by 255.`);
    const scaled = floats(dtype, data as Uint8Array);
    for (let i = 0; i < scaled.length; i++) scaled[i] /= 255;
    return { dtype, shape, data: scaled };
  }
  return { dtype, shape, data: integers(tensor, dtype, name) };
}

function floats(dtype: DType, data: ArrayLike<number | bigint>): Float32Array | Float64Array {
  const out = dtype === 'float64' ? new Float64Array(data.length) : new Float32Array(data.length);
  for (let i = 0; i < out.length; i++) out[i] = Number(data[i]);
  return out;
}

/** Smallest and largest value of the narrower integer types. */
const BOUNDS: Record<Exclude<DType, 'float32' | 'float64'>, readonly [number, number]> = {
  bool: [0, 1],
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-(2 ** 15), 2 ** 15 - 1],
  uint16: [0, 2 ** 16 - 1],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint32: [0, 2 ** 32 - 1],
  int64: [-(2 ** 63), 2 ** 63],
  uint64: [0, 2 ** 64],
};

function integers(tensor: Tensor, dtype: keyof typeof BOUNDS, name: string): Tensor['data'] {
  const [low, high] = BOUNDS[dtype];
  const out = new (arrayType(dtype))(tensor.data.length);
  const wide = out instanceof BigInt64Array || out instanceof BigUint64Array;
  for (let i = 0; i < out.length; i++) {
    const value = Number(tensor.data[i]);
    if (!Number.isInteger(value) || value < low || value > high) {
      throw new UserError({
        what: `The model wants ${dtype} for «${name}», but value ${i} is ${value}.`,
        where: [name],
        action: `Save it as ${dtype}, or say which array feeds which input with --input NAME=KEY.`,
      });
    }
    out[i] = wide ? BigInt(value) : value;
  }
  return out;
}

function maximum(data: Uint8Array): number {
  let max = 0;
  for (const value of data) if (value > max) max = value;
  return max;
}

/** @throws UserError naming the first sample with NaN or ∞ */
export function checkFinite(tensor: Tensor, name: string, where: string): void {
  if (!isFloat(tensor.dtype)) return;
  const data = tensor.data as Float32Array | Float64Array;
  for (let i = 0; i < data.length; i++) {
    if (Number.isFinite(data[i])) continue;
    const sample = Math.floor(i / (data.length / tensor.shape[0]));
    let count = 0;
    for (const value of data) if (!Number.isFinite(value)) count++;
    throw new UserError({
      what: `«${name}» holds ${data[i]} in sample ${sample}${count > 1 ? `, and ${count - 1} more values that are not finite` : ''}.`,
      where: [where],
      action: 'Fill in or drop these samples before saving the data.',
    });
  }
}
