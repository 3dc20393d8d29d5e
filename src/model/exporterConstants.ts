import type { SourceNode } from '../graph/source';
import { isGrid } from './positionGrid';
import type { Tensor } from '../graph/tensor';
import { pick, sizeOf } from '../graph/tensor';

/** A number so low that it only occurs in a mask before a softmax. */
const MASKED = -1e4;
/** Cosines in float32, of angles that may be large, from another library. */
const COSINE_ERROR = 2e-3;
/** Fewer columns than this look like anything. */
const LEAST_COLUMNS = 2;
const LEAST_POSITIONS = 4;
/** The fastest column of a table turns by at least so many radians per position. */
const SLOWEST = 0.05;

/**
 * Recognises a constant of an exporter or of the model's code by its content: a tensor that training never changes in the
 * place of a possible parameter. Null for a tensor that may be a parameter.
 * @param place role of the tensor for its reader; data are the left factor of a product, and so are positions
 */
export function knownConstant(tensor: Tensor, place: 'operand' | 'left factor' | 'weights'): string | null {
  // Hand-made weights for a first test may well rise evenly.
  if (place !== 'weights' && isGrid(tensor)) return 'grid of positions';
  if (!mayBeKnown(tensor)) return null;
  // A matrix may well start as the identity.
  if (place === 'operand' && isMask(tensor)) return 'mask';
  if (isPositionTable(tensor)) return 'table of sines and cosines of positions';
  if (isFrequencies(tensor)) return 'frequencies of rotary positions';
  return null;
}

/** Whether the first element is one that all of these constants begin with. Weights hardly ever do, and then need not be read. */
function mayBeKnown(tensor: Tensor): boolean {
  if (sizeOf(tensor.shape) === 0) return false;
  const [first] = pick(tensor, [0]);
  return first === 0 || first === 1 || first <= MASKED;
}

/** Every element is `value`. */
export function isUniform(tensor: Tensor, value?: number): boolean {
  const size = sizeOf(tensor.shape);
  if (size === 0) return false;
  const [first, last] = pick(tensor, [0, size - 1]);
  const wanted = value ?? first;
  if (first !== wanted || last !== wanted) return false;
  const { data } = tensor;
  for (let i = 0; i < data.length; i++) if (Number(data[i]) !== wanted) return false;
  return true;
}

/**
 * A sum or a mean over windows, written as a convolution of each channel with ones or with 1/size. JAX's exporter writes sum
 * pooling like this. No training results in such a kernel.
 */
export function isPoolingWindow(
  tensor: Tensor,
  { op, inputs, attributes: { group } }: SourceNode,
  input: number,
): boolean {
  if (op !== 'Conv' || input !== 1 || inputs[2]) return false;
  const [channels, perGroup, ...window] = tensor.shape;
  const size = sizeOf(window);
  const groups = group?.kind === 'int' ? group.value : 1;
  if (perGroup !== 1 || channels !== groups || size < 2) return false;
  return isUniform(tensor, 1) || isUniform(tensor, Math.fround(1 / size));
}

/**
 * The number of elements of each sum, such as the window sizes [7, 7] of an adaptive average pooling: whole numbers that
 * divide data. A tensor of ones may be learned divisors at their initial value.
 */
export function isCount({ data }: Tensor, { op }: SourceNode, input: number): boolean {
  if (op !== 'Div' || input !== 1) return false;
  let largest = 0;
  for (let i = 0; i < data.length; i++) {
    const value = Number(data[i]);
    if (!Number.isInteger(value) || value < 1) return false;
    largest = Math.max(largest, value);
  }
  return largest > 1;
}

/** Zeros and numbers so low that they only mean "not here", or a matrix that contains both zeros and ones. */
function isMask({ data, shape }: Tensor): boolean {
  let zeros = 0;
  let ones = 0;
  let lows = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    if (value === 0) zeros++;
    else if (value === 1) ones++;
    else if (value <= MASKED) lows++;
    else return false;
  }
  if (lows > 0) return true;
  return zeros > 0 && ones > 0 && shape.filter((dim) => dim > 1).length > 1;
}

/** A table [positions, columns], where every column is the cosine or the sine of position · frequency. */
function isPositionTable({ data, shape }: Tensor): boolean {
  const long = shape.filter((dim) => dim > 1);
  if (long.length !== 2) return false;
  const [positions, columns] = long;
  if (positions < LEAST_POSITIONS || columns < LEAST_COLUMNS) return false;
  const at = (position: number, column: number) => data[position * columns + column] as number;
  const last = positions - 1;
  let turns = false;
  for (let j = 0; j < columns; j++) {
    const first = at(0, j);
    if ((first !== 0 && first !== 1) || Math.abs(at(last, j)) > 1 + COSINE_ERROR) return false;
    const angle = first === 1 ? Math.acos(at(1, j)) : Math.asin(at(1, j));
    turns ||= angle > SLOWEST;
    // asin cannot recover the angle of a frequency above π/2 per position; no model uses one.
    const wave = (position: number) => (first === 1 ? Math.cos(angle * position) : Math.sin(angle * position));
    for (const position of [2, 3]) if (!(Math.abs(at(position, j) - wave(position)) < COSINE_ERROR)) return false;
  }
  // Zeros, which fresh weights may be, do not turn.
  return turns;
}

/** 1, q, q², … falling: base^(−2i/d). */
function isFrequencies({ data, shape }: Tensor): boolean {
  if (data.length < LEAST_POSITIONS || shape.filter((dim) => dim > 1).length !== 1 || data[0] !== 1) return false;
  const ratio = data[1] as number;
  if (!(ratio > 0 && ratio < 1)) return false;
  for (let i = 1; i < data.length; i++) {
    if (Math.abs((data[i] as number) / (data[i - 1] as number) / ratio - 1) > 1e-2) return false;
  }
  return true;
}
