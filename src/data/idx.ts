import { basename, dirname, join } from 'node:path';
import { UserError } from '../errors';
import type { DType, Tensor } from '../graph/tensor';
import { arrayType, sizeOf } from '../graph/tensor';
import { formatExactCount } from '../text/counts';
import type { ArrayEntry, ArraySource } from './dataset';
import { exists, listFolder, readBytes, sha256 } from './files';
import type { DataRequest } from './match';
import { canUnpackTo, unpackAll, unpackFirst } from './unpack';

/** Element types by the third byte of the magic number. @see http://yann.lecun.com/exdb/mnist */
const TYPES: Record<number, DType> = {
  0x08: 'uint8',
  0x09: 'int8',
  0x0b: 'int16',
  0x0c: 'int32',
  0x0d: 'float32',
  0x0e: 'float64',
};

/** Matches MNIST's file names and their common variations: train-images-idx3-ubyte, t10k-images.idx3-ubyte.gz. */
const IMAGES = /images?([-._]?idx\d)?([-._]?ubyte)?(\.gz)?$/i;

export function isIdx(bytes: Uint8Array): boolean {
  return bytes[0] === 0 && bytes[1] === 0 && bytes[2] in TYPES && bytes[3] >= 1 && bytes[3] <= 8;
}

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Selects the names of image files in IDX format. */
export function idxImages(names: readonly string[]): string[] {
  return names.filter((name) => /idx\d|ubyte/i.test(name) && IMAGES.test(name));
}

/**
 * Opens a pair of image and label files in IDX format, gzipped or not. Finds the second file by the name of the first.
 * @param path either of the two
 */
export async function openIdx(path: string, { samples }: Pick<DataRequest, 'samples'> = {}): Promise<ArraySource> {
  const partner = await partnerOf(path);
  const isLabels = /labels?/i.test(basename(path));
  const files = [path, ...(partner ? [partner] : [])];
  const read = await Promise.all(files.map((file) => readBytes(file)));
  const keys = isLabels ? ['labels', 'images'] : ['images', 'labels'];
  const entries = read.map((bytes, i) => idxEntry(bytes, keys[i], files[i], samples));
  return {
    kind: 'IDX',
    entries,
    sha256: sha256(read),
    notes: [],
    remarks: partner ? [`Read ${basename(partner)} with ${basename(path)}.`] : [],
    targetKey: partner || isLabels ? 'labels' : undefined,
  };
}

/** Opens a folder as MNIST comes. Prefers the training pair, because users want the loss landscape of training. */
export async function openIdxFolder(path: string, request: Pick<DataRequest, 'samples'> = {}): Promise<ArraySource> {
  const images = idxImages(await listFolder(path));
  const chosen = images.find((name) => name.startsWith('train')) ?? images[0];
  const source = await openIdx(join(path, chosen), request);
  if (images.length > 1) source.notes.push(`The folder holds ${images.join(', ')}; read ${chosen}.`);
  return source;
}

/** Bytes of the magic number and of the sizes of at most eight axes. */
const LONGEST_HEADER = 4 + 4 * 8;

/** Reads the header now. `load()` unpacks only the elements of the first samples. */
function idxEntry(file: Uint8Array<ArrayBuffer>, key: string, where: string, samples = Infinity): ArrayEntry {
  const bytes = isGzip(file) ? orDamaged(where, () => unpackFirst(file, 'gzip', LONGEST_HEADER)) : file;
  if (!isIdx(bytes)) {
    throw new UserError({
      what: 'This is not an IDX file: its first four bytes are not an IDX magic number.',
      where: [where],
      action: 'Download the file again; MNIST-like sets come as train-images-idx3-ubyte and train-labels-idx1-ubyte.',
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const dtype = TYPES[bytes[2]];
  const start = 4 + 4 * bytes[3];
  if (bytes.length < start) throw cutOff(where, start, bytes.length);
  const shape = Array.from({ length: bytes[3] }, (_, axis) => view.getUint32(4 + 4 * axis));
  const load = (): Tensor => {
    const itemSize = arrayType(dtype).BYTES_PER_ELEMENT;
    const whole = start + sizeOf(shape) * itemSize;
    const read = [Math.min(shape[0], samples), ...shape.slice(1)];
    const wanted = start + sizeOf(read) * itemSize;
    const found = isGzip(file) ? orDamaged(where, () => gunzipped(file, wanted, whole)) : file;
    if (found.length < (isGzip(file) ? wanted : whole)) throw cutOff(where, whole - start, found.length - start);
    return readElements(found.subarray(start, wanted), dtype, read);
  };
  return { key, shape, dtype, load };
}

/** Unpacks a whole stream and verifies its checksum, or unpacks only the first `wanted` bytes. */
function gunzipped(file: Uint8Array, wanted: number, whole: number): Uint8Array<ArrayBuffer> {
  if (wanted < whole || !canUnpackTo(file.length, whole)) return unpackFirst(file, 'gzip', wanted);
  try {
    return unpackAll(file, 'gzip', whole);
  } catch (error) {
    // Data may follow beyond the size that the header gives; that data stays packed.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') throw error;
    return unpackFirst(file, 'gzip', whole);
  }
}

function readElements(bytes: Uint8Array<ArrayBuffer>, dtype: DType, shape: number[]): Tensor {
  const type = arrayType(dtype);
  const count = sizeOf(shape);
  if (type.BYTES_PER_ELEMENT === 1) return { dtype, shape, data: new type(bytes.buffer, bytes.byteOffset, count) };
  // IDX is big-endian.
  const copy = Buffer.from(bytes.slice().buffer);
  if (type.BYTES_PER_ELEMENT === 2) copy.swap16();
  else if (type.BYTES_PER_ELEMENT === 4) copy.swap32();
  else copy.swap64();
  return { dtype, shape, data: new type(copy.buffer, copy.byteOffset, count) };
}

async function partnerOf(path: string): Promise<string | null> {
  const name = basename(path);
  const swapped = /labels?/i.test(name)
    ? name
        .replace(/labels/i, 'images')
        .replace(/label/i, 'image')
        .replace(/idx1/i, 'idx3')
    : name
        .replace(/images/i, 'labels')
        .replace(/image/i, 'label')
        .replace(/idx[2-4]/i, 'idx1');
  const plain = swapped.replace(/\.gz$/i, '');
  for (const candidate of [plain, `${plain}.gz`]) {
    if (candidate !== name && (await exists(join(dirname(path), candidate)))) return join(dirname(path), candidate);
  }
  return null;
}

function orDamaged<T>(where: string, unpack: () => T): T {
  try {
    return unpack();
  } catch (cause) {
    throw new UserError(
      { what: 'The gzip file is damaged.', where: [where], action: 'Download or copy the file again.' },
      { cause },
    );
  }
}

function cutOff(where: string, wanted: number, found: number): UserError {
  return new UserError({
    what: `The file is truncated: it should have ${formatExactCount(wanted)} bytes but has ${formatExactCount(found)}.`,
    where: [where],
    action: 'Download or copy the file again.',
  });
}
