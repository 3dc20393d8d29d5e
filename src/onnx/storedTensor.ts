import type { DType, TensorData } from '../graph/tensor';
import { arrayType, sizeOf } from '../graph/tensor';
import { counted, formatExactCount } from '../text/counts';
import type { ElementType } from './elementType';
import { byteSize, elementFormats, elementOfCode, isNarrowFloat } from './elementType';
import type { ExternalData } from './externalData';
import type { StoredTensor } from './model';
import { widen } from './narrowFloat';
import type { SparseTensorProto, TensorProto } from './onnx_pb';
import { TensorProto_DataLocation } from './onnx_pb';

/** A tensor of the file contradicts itself. The caller knows its place and turns this into a message. */
export class TensorFault extends Error {}

/** Elements of a known type that Ridgeline does not support: strings, complex numbers. */
export class ElementFault extends TensorFault {}

/** Where the elements of a tensor come from. */
interface Elements {
  all: () => TensorData;
  /** Single elements, if the others need not be read for them. */
  some?: (positions: readonly number[]) => number[];
}

/** A tensor whose elements are read when first asked for. */
class LazyTensor implements StoredTensor {
  private loaded: TensorData | undefined;

  constructor(
    readonly element: ElementType,
    readonly dtype: DType,
    readonly shape: readonly number[],
    private source: Elements | null,
  ) {}

  get data(): TensorData {
    if (this.source) {
      this.loaded = this.source.all();
      // The source of a converted tensor must not stay in memory beside the result.
      this.source = null;
    }
    return this.loaded!;
  }

  readonly pick = (positions: readonly number[]): number[] =>
    this.source?.some?.(positions) ?? positions.map((position) => Number(this.data[position]));
}

/**
 * The tensor of a TensorProto. Sizes are checked now, elements are read later.
 * @param external source of external data; null if there can be none
 * @throws TensorFault
 */
export function storedTensor(proto: TensorProto, external: ExternalData | null): StoredTensor {
  const element = elementOf(proto);
  const { dtype } = elementFormats[element];
  if (!dtype) throw new ElementFault(`Ridgeline does not support elements of type ${element}`);
  if (proto.segment) throw new TensorFault('it is stored in segments, which is not supported');
  const shape = shapeOf(proto.dims);
  return new LazyTensor(element, dtype, shape, source(proto, element, dtype, sizeOf(shape), external));
}

function elementOf({ dataType = 0 }: TensorProto): ElementType {
  if (dataType === 0) throw new TensorFault('it has no element type');
  const element = elementOfCode(dataType);
  if (!element) throw new TensorFault(`its element type ${dataType} is not known`);
  return element;
}

function shapeOf(dims: readonly bigint[]): number[] {
  const shape = dims.map(Number);
  if (shape.some((dim) => dim < 0) || !Number.isSafeInteger(sizeOf(shape))) {
    throw new TensorFault(`its shape [${shape.join(',')}] is impossible`);
  }
  return shape;
}

function source(
  proto: TensorProto,
  element: ElementType,
  dtype: DType,
  count: number,
  external: ExternalData | null,
): Elements {
  const expected = byteSize(element, count);
  const fits = (found: number, unit: string, wanted: number) => {
    if (found === wanted) return;
    const shape = `[${proto.dims.join(',')}]`;
    throw new TensorFault(
      `it has ${formatExactCount(found)} ${unit}, but shape ${shape} of ${element} needs ${formatExactCount(wanted)}`,
    );
  };
  if (proto.dataLocation === TensorProto_DataLocation.EXTERNAL) {
    if (!external) throw new TensorFault('its elements are in another file, which is not supported here');
    const slice = external.slice(proto.externalData, expected, (length) => fits(length, 'bytes', expected));
    return elementsOf(slice, element, dtype, count);
  }
  const { rawData } = proto;
  if (rawData && (rawData.length > 0 || typedLength(proto) === 0)) {
    fits(rawData.length, 'bytes', expected);
    const part = (from = 0, length = expected) => rawData.subarray(from, from + length) as Uint8Array<ArrayBuffer>;
    return elementsOf(part, element, dtype, count);
  }
  return { all: typed(proto, element, dtype, count, fits) };
}

/** @param read all bytes of the tensor, or a part of them */
function elementsOf(
  read: (from?: number, length?: number) => Uint8Array<ArrayBuffer>,
  element: ElementType,
  dtype: DType,
  count: number,
): Elements {
  const all = () => decode(read(), element, dtype, count);
  const bytes = elementFormats[element].bits / 8;
  // Elements that share a byte are unpacked together.
  if (bytes < 1) return { all };
  const one = (position: number) => Number(decode(read(position * bytes, bytes), element, dtype, 1)[0]);
  return { all, some: (positions) => positions.map(one) };
}

function typedLength({ floatData, int32Data, int64Data, doubleData, uint64Data }: TensorProto): number {
  return floatData.length + int32Data.length + int64Data.length + doubleData.length + uint64Data.length;
}

/** Elements of one of the typed lists that older exporters use. */
function typed(
  proto: TensorProto,
  element: ElementType,
  dtype: DType,
  count: number,
  fits: (found: number, unit: string, wanted: number) => void,
): () => TensorData {
  const { floatData, int32Data, int64Data, doubleData, uint64Data } = proto;
  const wide = { float32: floatData, float64: doubleData, int64: int64Data, uint64: uint64Data, uint32: uint64Data };
  if (element in wide) {
    const list = wide[element as keyof typeof wide];
    fits(list.length, 'elements', count);
    if (element === 'int64') return () => BigInt64Array.from(int64Data);
    if (element === 'uint64') return () => BigUint64Array.from(uint64Data);
    if (element === 'uint32') return () => Uint32Array.from(uint64Data, Number);
    return () => (element === 'float64' ? Float64Array.from(doubleData) : Float32Array.from(floatData));
  }
  // Everything else is in int32_data: as a number, as the bits of a narrow float, or as one byte of packed elements.
  const { bits } = elementFormats[element];
  fits(int32Data.length, 'elements', bits < 8 ? byteSize(element, count) : count);
  if (bits === 32) return () => Int32Array.from(int32Data);
  const bytes = () => (bits === 16 ? Uint16Array.from(int32Data) : Uint8Array.from(int32Data));
  return () => decode(new Uint8Array(bytes().buffer), element, dtype, count);
}

/** Little-endian bytes as elements: a view if the layout allows it. */
function decode(bytes: Uint8Array<ArrayBuffer>, element: ElementType, dtype: DType, count: number): TensorData {
  const { bits } = elementFormats[element];
  if (bits < 8) {
    const patterns = unpack(bytes, bits, count);
    if (isNarrowFloat(element)) return widen(element, patterns);
    return dtype === 'int8' ? Int8Array.from(patterns, (v) => (v >= 2 ** (bits - 1) ? v - 2 ** bits : v)) : patterns;
  }
  if (isNarrowFloat(element)) return widen(element, bits === 16 ? view(bytes, 'uint16', count) : bytes);
  return view(bytes, dtype, count);
}

function view<D extends DType>(bytes: Uint8Array<ArrayBuffer>, dtype: D, count: number): InstanceType<ArrayType<D>>;
function view({ buffer, byteOffset, byteLength }: Uint8Array<ArrayBuffer>, dtype: DType, count: number): TensorData {
  const type = arrayType(dtype);
  if (byteOffset % type.BYTES_PER_ELEMENT === 0) return new type(buffer, byteOffset, count);
  return new type(buffer.slice(byteOffset, byteOffset + byteLength), 0, count);
}

type ArrayType<D extends DType> = ReturnType<typeof arrayType<D>>;

/** Elements of 2 or 4 bits, one per byte; the first one is in the low bits. */
function unpack(bytes: Uint8Array, bits: number, count: number): Uint8Array<ArrayBuffer> {
  const perByte = 8 / bits;
  const mask = 2 ** bits - 1;
  return Uint8Array.from(
    { length: count },
    (_, i) => (bytes[Math.floor(i / perByte)] >> (bits * (i % perByte))) & mask,
  );
}

/** These zeros are not in the file, so a shape alone must not be able to exhaust the memory. */
const DENSE_LIMIT = 2 ** 30;

/**
 * A sparse tensor with its zeros filled in.
 * `indices` are [n], positions in row-major order, or [n, rank], one coordinate each.
 */
export function densified(proto: SparseTensorProto, external: ExternalData | null): StoredTensor {
  if (!proto.values || !proto.indices) throw new TensorFault('it is sparse and lacks its values or indices');
  const values = storedTensor(proto.values, external);
  const indices = storedTensor(proto.indices, external);
  const shape = shapeOf(proto.dims);
  const size = sizeOf(shape);
  if (size > DENSE_LIMIT)
    throw new TensorFault(`it is sparse and has ${formatExactCount(size)} elements, too many to write out`);
  const n = sizeOf(values.shape);
  const stride = indices.shape.length === 2 ? shape.length : 1;
  if (indices.dtype !== 'int64' || sizeOf(indices.shape) !== n * stride) {
    throw new TensorFault(`it is sparse with ${counted(n, 'value')} and indices of shape [${indices.shape.join(',')}]`);
  }
  const positions = Float64Array.from({ length: n }, (_, i) => {
    let position = Number(indices.data[i * stride]);
    for (let axis = 1; axis < stride; axis++)
      position = position * shape[axis] + Number(indices.data[i * stride + axis]);
    return position;
  });
  if (positions.some((position) => position < 0 || position >= size)) {
    throw new TensorFault(`it is sparse with an index outside its shape [${shape.join(',')}]`);
  }
  const all = () => {
    const dense = new (arrayType(values.dtype))(size);
    for (const [i, position] of positions.entries()) dense[position] = values.data[i];
    return dense;
  };
  return new LazyTensor(values.element, values.dtype, shape, { all });
}
