import type { Tensor } from '../../graph/tensor';
import { numbers, sizeOf, tensor } from '../../graph/tensor';

/** How integers represent numbers: (q − zeroPoint)·scale, with one pair in total, per entry of an axis, or per block of it. */
export interface Quantization {
  scale: Tensor;
  zeroPoint: Tensor | null;
  axis: number;
  /** Number of neighbours along the axis that share a scale; 0 means one scale per entry. */
  block: number;
}

/** (q − zeroPoint)·scale, in float32. */
export function dequantized(q: Tensor, { scale, zeroPoint, axis, block }: Quantization): Tensor {
  const size = sizeOf(q.shape);
  const data = new Float32Array(size);
  const scales = numbers(scale);
  const zeros = zeroPoint ? numbers(zeroPoint) : null;
  const at = entryOf(q.shape, scale, axis < 0 ? axis + q.shape.length : axis, block);
  for (let i = 0; i < size; i++) {
    const entry = at(i);
    data[i] = (Number(q.data[i]) - (zeros ? zeros[entry] : 0)) * scales[entry];
  }
  return { dtype: 'float32', shape: q.shape, data };
}

/** Index of the scale of an element, from its flat index. */
function entryOf(shape: readonly number[], scale: Tensor, axis: number, block: number): (i: number) => number {
  if (sizeOf(scale.shape) === 1) return () => 0;
  const inner = sizeOf(shape.slice(axis + 1));
  const length = shape[axis];
  const columns = shape[shape.length - 1];
  // One scale for each column in each direction of a recurrent layer, [directions, rows, columns].
  if (block === 0 && scale.shape.length === 2 && shape.length === 3) {
    return (i) => Math.floor(i / sizeOf(shape.slice(1))) * columns + (i % columns);
  }
  if (block === 0) return (i) => Math.floor(i / inner) % length;
  const blocks = scale.shape[axis];
  return (i) => {
    const outer = Math.floor(i / (inner * length));
    const place = Math.floor(i / inner) % length;
    return (outer * blocks + Math.floor(place / block)) * inner + (i % inner);
  };
}

/** The weights of a MatMulNBits: [N, blocks, bytes], low bits first, as a float32 matrix [K, N]. */
export interface PackedWeights {
  packed: Tensor;
  scales: Tensor;
  zeroPoints: Tensor | null;
  rows: number;
  columns: number;
  bits: number;
  block: number;
}

export function unpacked({ packed, scales, zeroPoints, rows: k, columns: n, bits, block }: PackedWeights): Tensor {
  const blocks = Math.ceil(k / block);
  const perByte = 8 / bits;
  const mask = 2 ** bits - 1;
  const bytes = packed.data as Uint8Array;
  const blockBytes = Math.ceil((block * bits) / 8);
  const value = (data: ArrayLike<number>, start: number, i: number) =>
    (data[start + Math.floor(i / perByte)] >> (bits * (i % perByte))) & mask;
  const isPacked = zeroPoints?.dtype === 'uint8';
  const rowZeros = Math.ceil((blocks * bits) / 8);
  const zero = (column: number, b: number) => {
    if (!zeroPoints) return 2 ** (bits - 1);
    return isPacked
      ? value(zeroPoints.data as Uint8Array, column * rowZeros, b)
      : (zeroPoints.data[column * blocks + b] as number);
  };
  const data = new Float32Array(k * n);
  for (let column = 0; column < n; column++) {
    for (let b = 0; b < blocks; b++) {
      const scale = scales.data[column * blocks + b] as number;
      const zeroPoint = zero(column, b);
      const start = (column * blocks + b) * blockBytes;
      for (let i = 0, row = b * block; i < block && row < k; i++, row++) {
        data[row * n + column] = (value(bytes, start, i) - zeroPoint) * scale;
      }
    }
  }
  return { dtype: 'float32', shape: [k, n], data };
}

/**
 * The table of a GatherBlockQuantized with one integer per element. A byte may hold several, low bits first along the last
 * axis, around the middle of their range if there are no zero points. The number of scales distinguishes bytes from 4-bit
 * integers. A row shorter than a block has one scale in both cases and is read as bytes, the form that is written today.
 */
export function unpackedTable(
  table: Tensor,
  { bits, ...quantization }: Quantization & { bits: number },
): [Tensor, Quantization] {
  const { scale, zeroPoint, block } = quantization;
  const [length, blocks] = [table, scale].map(({ shape }) => shape[shape.length - 1]);
  const inBytes = table.dtype === 'uint8' && Math.ceil((length * 8) / bits / block) === blocks;
  if (!inBytes) return [table, quantization];
  const middle = tensor('uint8', scale.shape, Array<number>(sizeOf(scale.shape)).fill(2 ** (bits - 1)));
  const zeros = zeroPoint ? rowsOfBits(zeroPoint, bits, blocks) : middle;
  return [rowsOfBits(table, bits, (length * 8) / bits), { ...quantization, zeroPoint: zeros }];
}

/** Unpacks bytes of several integers along the last axis; the last byte of a row may be partly filled. */
function rowsOfBits({ shape, data }: Tensor, bits: number, length: number): Tensor {
  const perByte = 8 / bits;
  const bytes = shape[shape.length - 1];
  const outer = shape.slice(0, -1);
  const values = Array.from({ length: sizeOf(outer) * length }, (_, i) => {
    const place = i % length;
    const byte = Number(data[Math.floor(i / length) * bytes + Math.floor(place / perByte)]);
    return (byte >> (bits * (place % perByte))) & (2 ** bits - 1);
  });
  return tensor('uint8', [...outer, length], values);
}
