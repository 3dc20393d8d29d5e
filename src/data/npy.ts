import { UserError } from '../errors';
import type { DType, Tensor, TensorData } from '../graph/tensor';
import { arrayType, sizeOf } from '../graph/tensor';
import { widen } from '../onnx/narrowFloat';
import { formatExactCount } from '../text/counts';
import { namedTargets } from './classNames';
import type { NamedTargets } from './classNames';
import type { ArrayEntry } from './dataset';
import type { OpenFile } from './files';
import { allocate, withFile } from './files';
import { wordSizeOf, wordsOf } from './npyText';

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY

/** Element types by numpy kind and item size. Halves widen to float32. A map is safe for keys that files choose. */
const TYPES: ReadonlyMap<string, DType> = new Map([
  ['f2', 'float32'],
  ['f4', 'float32'],
  ['f8', 'float64'],
  ['i1', 'int8'],
  ['i2', 'int16'],
  ['i4', 'int32'],
  ['i8', 'int64'],
  ['u1', 'uint8'],
  ['u2', 'uint16'],
  ['u4', 'uint32'],
  ['u8', 'uint64'],
  ['b1', 'bool'],
]);

interface Header {
  /** Type such as "<f4", or the whole expression of a record type. */
  descr: string;
  fortran: boolean;
  shape: number[];
  dataOffset: number;
}

export function isNpy(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, i) => bytes[i] === byte);
}

/** The bytes of an array that can be read in part, such as a member of an archive. */
export interface PartialBytes {
  size: number;
  /** Reads the first `count` bytes, or all if there are fewer. */
  first(count: number): Uint8Array<ArrayBuffer>;
}

/**
 * Opens a numpy array of format version 1 to 3. Reads the header now and the elements on `load()`: only those of the
 * first samples, or all of them if they are in column-major order (Fortran). Little-endian, C-ordered, aligned elements
 * become a view; all others are copied once. `load()` returns only the rows that were read.
 * @throws UserError if the header is damaged; `load()` throws if the type cannot be read or elements are missing
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function npyEntry(source: PartialBytes, key: string, where: string, samples = Infinity): ArrayEntry {
  const header = readHeader(source.first(headerEnd(source.first(HEADER_START))), where);
  const { descr, shape, fortran, dataOffset } = header;
  const available = source.size - dataOffset;
  const read = fortran ? header : firstRows(header, samples);
  const load = () => {
    check(header, available, where);
    return readElements(source.first(dataOffset + sizeOf(read.shape) * itemSizeOf(descr)), read);
  };
  if (wordSizeOf(descr) === null) return { key, shape, dtype: dtypeName(descr), load };
  const whole = () => source.first(dataOffset + sizeOf(shape) * itemSizeOf(descr));
  return { key, shape, dtype: dtypeName(descr), load, classes: () => readWords(header, available, whole, key, where) };
}

/** Bytes at the start of a file that include the length of the header. */
const HEADER_START = 12;

/** Bytes of one read. Columns that lie close together are read at once. */
const BLOCK = 2 ** 22;

/**
 * Opens a numpy file and reads only its first samples; in column-major order (Fortran) that is a part of each column.
 * `load()` returns only the rows that were read. Text is read as a whole.
 * @returns the array, and the part of the file that was read
 */
export function npyFileEntry(
  path: string,
  key: string,
  samples = Infinity,
): Promise<{ entry: ArrayEntry; bytes: Uint8Array<ArrayBuffer> }> {
  return withFile(path, async (file) => {
    const start = new Uint8Array(Math.min(file.size, HEADER_START));
    await file.read(start, 0);
    const head = new Uint8Array(Math.min(file.size, headerEnd(start)));
    await file.read(head, 0);
    const header = readHeader(head, path);
    const { descr, shape, dataOffset } = header;
    const read = firstRows(header, samples);
    const available = file.size - dataOffset;
    // An unreadable type has no size, and a truncated file may promise any size. In both cases `load()` throws.
    const bytesOf = (dims: readonly number[]) => sizeOf(dims) * itemSizeOf(descr);
    const isText = wordSizeOf(descr) !== null;
    // The class indices depend on all names in the file.
    const wanted = bytesOf(shape) > 0 && bytesOf(shape) <= available ? bytesOf(isText ? shape : read.shape) : 0;
    const bytes = allocate(dataOffset + wanted, path);
    bytes.set(head);
    if (wanted > 0) await readColumns(file, bytes.subarray(dataOffset), header, wanted);
    const load = () => {
      check(header, available, path);
      return readElements(bytes, read);
    };
    const entry = { key, shape, dtype: dtypeName(descr), load };
    if (!isText) return { entry, bytes };
    return { entry: { ...entry, classes: () => readWords(header, available, () => bytes, key, path) }, bytes };
  });
}

/** Fills `into` with the first samples. An array in row-major order counts as one column here. */
async function readColumns(
  file: OpenFile,
  into: Uint8Array,
  { descr, shape, fortran, dataOffset }: Header,
  wanted: number,
): Promise<void> {
  const columns = fortran ? sizeOf(shape.slice(1)) : 1;
  const length = wanted / columns;
  const stride = (sizeOf(shape) * itemSizeOf(descr)) / columns;
  if (length === stride || stride > BLOCK) {
    const pieces = length === stride ? 1 : columns;
    const size = wanted / pieces;
    for (let piece = 0; piece < pieces; piece++) {
      await file.read(into.subarray(piece * size, (piece + 1) * size), dataOffset + piece * stride);
    }
    return;
  }
  const perBlock = Math.floor(BLOCK / stride);
  const block = new Uint8Array(Math.min(perBlock, columns) * stride);
  for (let first = 0; first < columns; first += perBlock) {
    const count = Math.min(perBlock, columns - first);
    await file.read(block.subarray(0, count * stride), dataOffset + first * stride);
    for (let i = 0; i < count; i++) {
      into.set(block.subarray(i * stride, i * stride + length), (first + i) * length);
    }
  }
}

function firstRows(header: Header, samples: number): Header {
  const [rows, ...rest] = header.shape;
  return rows === undefined ? header : { ...header, shape: [Math.min(rows, samples), ...rest] };
}

/** Longest header of version 1. It is far longer than any header that numpy writes for an array of numbers. */
const LONGEST_HEADER = 2 ** 16;

/** Largest number of axes in numpy. */
const MOST_AXES = 64;

/** Computes the offset of the elements, at most the end of the longest header. */
function headerEnd(start: Uint8Array): number {
  if (start.length < HEADER_START) return start.length;
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  return start[6] === 1
    ? 10 + view.getUint16(8, true)
    : HEADER_START + Math.min(view.getUint32(8, true), LONGEST_HEADER);
}

function readHeader(bytes: Uint8Array, where: string): Header {
  const damaged = (what: string): UserError =>
    new UserError({
      what: `Not a readable .npy array: ${what}.`,
      where: [where],
      action: 'Save it again with numpy.save.',
    });
  if (!isNpy(bytes)) throw damaged('it does not begin with the numpy signature');
  if (bytes.length < HEADER_START) throw damaged('it ends within its header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = bytes[6];
  if (version < 1 || version > 3) throw damaged(`format version ${version} is unknown`);
  const [start, length] = version === 1 ? [10, view.getUint16(8, true)] : [12, view.getUint32(8, true)];
  if (length > LONGEST_HEADER) throw damaged(`its header has ${formatExactCount(length)} bytes`);
  if (start + length > bytes.length) throw damaged('it ends within its header');
  const text = new TextDecoder(version === 3 ? 'utf-8' : 'latin1').decode(bytes.subarray(start, start + length));

  // The header is a Python dict literal with exactly these three keys. For record types, `descr` is a list.
  const descr = /'descr':\s*(?:'([^']*)'|(\[.*?\])\s*,\s*')/s.exec(text);
  const fortran = /'fortran_order':\s*(True|False)/.exec(text);
  const shape = /'shape':\s*\(([^)]*)\)/.exec(text);
  if (!descr || !fortran || !shape) throw damaged('its header lacks type, order or shape');
  const dims = shape[1].split(',').flatMap((dim) => (dim.trim() ? [Number(dim.trim().replace(/L$/, ''))] : []));
  if (dims.length > MOST_AXES) throw damaged(`it has ${dims.length} axes`);
  if (![...dims, sizeOf(dims)].every((n) => Number.isSafeInteger(n) && n >= 0)) {
    throw damaged(`its shape is (${shape[1]})`);
  }
  const isFortran = fortran[1] === 'True';
  return { descr: descr[1] ?? descr[2], fortran: isFortran, shape: dims, dataOffset: start + length };
}

/** Bytes of one element, or 0 for a type that cannot be read. */
function itemSizeOf(descr: string): number {
  return wordSizeOf(descr) ?? (TYPES.has(descr.slice(1)) ? Number(descr.slice(2)) : 0);
}

/**
 * Checks the type and the length of an array.
 * @param available number of bytes of elements in the file
 * @throws UserError if the type cannot be read or elements are missing
 */
function check({ descr, shape }: Header, available: number, where: string): void {
  if (!TYPES.has(descr.slice(1)) || !'<>|='.includes(descr[0])) {
    throw new UserError({
      what: `This array contains ${dtypeName(descr)}; Ridgeline reads real numbers and booleans only.`,
      where: [where],
      action: unreadableAction(descr),
    });
  }
  checkLength({ descr, shape }, available, where);
}

/** Checks the length of an array. @throws UserError if elements are missing */
function checkLength({ descr, shape }: Pick<Header, 'descr' | 'shape'>, available: number, where: string): void {
  const promised = sizeOf(shape) * itemSizeOf(descr);
  if (available < promised) {
    throw new UserError({
      what: `The array is truncated: its header promises ${formatExactCount(promised)} bytes of data, but the file has ${formatExactCount(available)}.`,
      where: [where],
      action: 'Copy or save the file again.',
    });
  }
}

/** Reads an array of text. @param bytes the whole array, including its header */
function readWords(
  header: Header,
  available: number,
  bytes: () => Uint8Array<ArrayBuffer>,
  key: string,
  where: string,
): NamedTargets {
  const { descr, shape, fortran, dataOffset } = header;
  checkLength(header, available, where);
  const values = orDamaged(() => wordsOf(bytes().subarray(dataOffset), descr, sizeOf(shape)), where);
  const named = namedTargets({ key, values, shape, where });
  if (!fortran || shape.length < 2) return named;
  return { ...named, target: { ...named.target, data: rowMajor(named.target.data, shape) } };
}

function orDamaged<T>(read: () => T, where: string): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const action = 'Copy or save the file again.';
    throw new UserError({ what: `The array is damaged: ${reason}.`, where: [where], action }, { cause });
  }
}

/** Reads the elements of an array. @param header a checked header with the shape of the part that was read */
function readElements(bytes: Uint8Array<ArrayBuffer>, { descr, shape, fortran, dataOffset }: Header): Tensor {
  const type = TYPES.get(descr.slice(1))!;
  const itemSize = itemSizeOf(descr);
  const count = sizeOf(shape);
  const bigEndian = descr[0] === '>' && itemSize > 1;
  const raw = bytes.subarray(dataOffset, dataOffset + count * itemSize);
  const data = elements(alignedBytes(raw, itemSize, bigEndian), descr.slice(1), type, count);
  return { dtype: type, shape, data: fortran && shape.length > 1 ? rowMajor(data, shape) : data };
}

/** Returns bytes in machine order at an aligned address. Copies them only if they are not so already. */
function alignedBytes(raw: Uint8Array<ArrayBuffer>, itemSize: number, swap: boolean): Uint8Array<ArrayBuffer> {
  if (!swap && raw.byteOffset % itemSize === 0) return raw;
  const copy = raw.slice();
  if (!swap) return copy;
  const swapped = Buffer.from(copy.buffer, copy.byteOffset, copy.byteLength);
  if (itemSize === 2) swapped.swap16();
  else if (itemSize === 4) swapped.swap32();
  else swapped.swap64();
  return copy;
}

function elements(bytes: Uint8Array<ArrayBuffer>, kind: string, type: DType, count: number): TensorData {
  const { buffer, byteOffset } = bytes;
  if (kind === 'f2') return widen('float16', new Uint16Array(buffer, byteOffset, count));
  if (kind === 'b1') return bytes.map((byte) => (byte ? 1 : 0));
  return new (arrayType(type))(buffer, byteOffset, count);
}

/**
 * Reorders column-major (Fortran) elements to row-major:
 *   out[i₀,…,iₖ] = in[Σ iₐ·sₐ] with strides s₀ = 1, sₐ = sₐ₋₁·dₐ₋₁.
 */
function rowMajor(data: TensorData, shape: readonly number[]): TensorData {
  const strides: number[] = [];
  for (let axis = 0, stride = 1; axis < shape.length; stride *= shape[axis], axis++) strides.push(stride);
  const out = data.slice();
  const index = shape.map(() => 0);
  for (let i = 0, from = 0; i < out.length; i++) {
    out[i] = data[from];
    // Advance the row-major index by one, keeping `from` in step.
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return out;
}

function dtypeName(descr: string): string {
  const kind = descr.startsWith('[') ? 'V' : descr[1];
  if (kind === 'O') return 'Python objects';
  if (kind === 'U' || kind === 'S' || kind === 'a') return 'text';
  if (kind === 'c') return 'complex numbers';
  if (kind === 'M' || kind === 'm') return 'dates';
  if (kind === 'V') return 'records';
  if (descr.slice(1) === 'f2') return 'float16';
  return TYPES.get(descr.slice(1)) ?? descr;
}

function unreadableAction(descr: string): string {
  if (descr[1] === 'O')
    return 'Save it without Python objects: convert class names with y.astype(str), and stack rows of equal length with np.stack.';
  if (descr[1] === 'f') return 'Save it as float32 or float64.';
  if (wordSizeOf(descr) !== null) return 'Encode it as numbers, or name it as the targets with --target KEY.';
  return 'Save it as numbers: class names as indices, features as float32.';
}
