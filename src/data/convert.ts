import { UserError } from '../errors';
import type { DType, Tensor } from '../graph/tensor';
import { arrayType, isFloat } from '../graph/tensor';
import { counted } from '../text/counts';
import { formatExact } from '../text/numbers';
import { arePictures } from './pictures';

/** Describes the source and destination of a tensor. */
export interface Conversion {
  /** Name of the array, for messages. */
  name: string;
  /** Shape as saved, [N, …]. */
  array: readonly number[];
  /** Shape that the model expects, [N, …]. */
  input: readonly (number | null)[];
  /** Divisor that the user asked for; `divided` applies it. */
  scale?: number;
}

/**
 * Converts a tensor to another element type. Floats widen and narrow silently. Bytes that are pixels for a
 * floating-point input are divided by 255, and a note says so. Floats for an integer input must be whole.
 * @throws UserError when values would be lost
 */
export function convertType(tensor: Tensor, dtype: DType, { name, ...shapes }: Conversion, notes: string[]): Tensor {
  if (tensor.dtype === dtype) return tensor;
  const { data, shape } = tensor;
  if (dtype === 'float32' || dtype === 'float64') {
    if (isFloat(tensor.dtype)) return { dtype, shape, data: floats(dtype, data as Float32Array) };
    const whole = floats(dtype, data as ArrayLike<number | bigint>);
    const peak = tensor.dtype === 'uint8' ? maximum(data as Uint8Array) : 0;
    if (peak <= 1 || shapes.scale !== undefined) return { dtype, shape, data: whole };
    if (!arePictures(shapes.array, shapes.input, peak)) {
      notes.push(
        `«${name}» contains bytes up to ${peak} that do not look like pictures, so they are not scaled. Use --scale 255 to divide them.`,
      );
      return { dtype, shape, data: whole };
    }
    notes.push(
      `«${name}» contains bytes; they are read as pixels and divided by 255. Use --scale 1 to leave them unchanged.`,
    );
    for (let i = 0; i < whole.length; i++) whole[i] /= 255;
    return { dtype, shape, data: whole };
  }
  return { dtype, shape, data: integers(tensor, dtype, name) };
}

/**
 * Divides the numbers of a floating-point input by `scale`, as the user asked, if all saved numbers are whole.
 * @param saved tensor as read from the file
 * @param converted tensor in the element type of the input
 */
export function divided(saved: Tensor, converted: Tensor, scale: number, name: string, notes: string[]): Tensor {
  if (!isFloat(converted.dtype)) return converted;
  for (let i = 0; i < saved.data.length; i++) {
    if (Number.isInteger(Number(saved.data[i]))) continue;
    notes.push(
      `«${name}» contains fractions and is not divided by ${formatExact(scale)}, because --scale applies to whole numbers only.`,
    );
    return converted;
  }
  if (scale !== 1) notes.push(`«${name}» is divided by ${formatExact(scale)}, as requested.`);
  const data = floats(converted.dtype as 'float32' | 'float64', saved.data as ArrayLike<number | bigint>);
  for (let i = 0; i < data.length; i++) data[i] /= scale;
  return { ...converted, data };
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
        what: `The model expects ${dtype} for «${name}», but value ${i} is ${formatExact(value)}.`,
        where: [name],
        action: `Save it as ${dtype}, or assign arrays to inputs with --input NAME=KEY.`,
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

/**
 * Checks that all numbers of a tensor are finite.
 * @param masks whether −∞ is a legitimate value, as in a mask that is added to attention scores
 * @throws UserError naming the sample and the position of the first number that is not finite
 */
export function checkFinite(tensor: Tensor, name: string, where: string, masks = false): void {
  if (!isFloat(tensor.dtype)) return;
  const data = tensor.data as Float32Array | Float64Array;
  const isFine = (value: number) => Number.isFinite(value) || (masks && value === -Infinity);
  for (let i = 0; i < data.length; i++) {
    if (isFine(data[i])) continue;
    const [sample, ...place] = placeOf(i, tensor.shape);
    let count = 0;
    for (const value of data) if (!isFine(value)) count++;
    const at = place.length > 0 ? ` at [${place.join(', ')}]` : '';
    throw new UserError({
      what: `«${name}» holds ${formatExact(data[i])}${sample === undefined ? '' : ` in sample ${sample}${at}`}${count > 1 ? `, and ${counted(count - 1, 'more value')} that ${count > 2 ? 'are' : 'is'} not finite` : ''}.`,
      where: [where],
      action: 'Fill in or drop these samples before saving the data.',
    });
  }
}

/** The index of an element along every axis. */
function placeOf(element: number, shape: readonly number[]): number[] {
  let rest = element;
  const place = [...shape].reverse().map((dim) => {
    const index = rest % dim;
    rest = Math.floor(rest / dim);
    return index;
  });
  return place.reverse();
}
