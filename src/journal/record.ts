import { createHash } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';
import { attachArrays, detachArrays, emptyArray } from './detachedArrays';
import type { ArrayPlace } from './detachedArrays';
import { updateBytes } from './fingerprint';

/**
 * A record of a journal, little-endian:
 *   header  "RLJ1" | kind u32 | bytes of the body f64 | vectors u32 | bytes of the frame u32 | request [32] | sha256
 * [32]
 *   body    frame: the value without its arrays, as V8 serializes it | each array's bytes | their sha256 [32]
 * The request is the fingerprint of the question. The checksum in the header covers header and frame, so neither is
 * decoded before both are verified. Arrays lie one after the other, so an answer of many long vectors is read directly
 * into those vectors.
 */
export const HEADER_BYTES = 88;

/**
 * The kind of a record:
 * - `answer`: the result of a call
 * - `part`: an intermediate result that a call reported; its answer follows
 * - `asked`: the call was made, but its answer was too long to keep and is measured again
 */
export type RecordKind = (typeof KINDS)[number];
const KINDS = ['answer', 'part', 'asked'] as const;

export interface RecordHeader {
  kind: RecordKind;
  bodyBytes: number;
  /** The number of products in the record. */
  vectors: number;
  frameBytes: number;
  request: Buffer;
  checksum: Buffer;
}

const MAGIC = 0x314a4c52;
const REQUEST_AT = 24;
const CHECKSUM_AT = 56;
const CHECKSUM_BYTES = 32;
const LARGEST_FRAME = 2 ** 26;

interface Frame {
  places: ArrayPlace[];
  value: unknown;
}

/** Encodes a record as pieces to write one after the other. Copies arrays, because the caller may change the answer. */
export function encodeRecord(kind: RecordKind, request: Buffer, value: unknown, vectors: number): Uint8Array[] {
  const { rest, arrays, places } = detachArrays(value);
  const frame = serialize({ places, value: rest } satisfies Frame);
  const copies = arrays.map((array) => Uint8Array.from(bytesOf(array)));
  const body = [frame, ...copies, checksumOf(copies)];
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(MAGIC, 0);
  header.writeUInt32LE(KINDS.indexOf(kind), 4);
  header.writeDoubleLE(sum(body.map(({ length }) => length)), 8);
  header.writeUInt32LE(vectors, 16);
  header.writeUInt32LE(frame.length, 20);
  request.copy(header, REQUEST_AT);
  checksumOf([header.subarray(0, CHECKSUM_AT), frame]).copy(header, CHECKSUM_AT);
  return [header, ...body];
}

/** Decodes a header. Returns null if the bytes do not begin a record. */
export function decodeHeader(bytes: Buffer): RecordHeader | null {
  if (bytes.length < HEADER_BYTES || bytes.readUInt32LE(0) !== MAGIC) return null;
  const kind = KINDS[bytes.readUInt32LE(4)];
  const bodyBytes = bytes.readDoubleLE(8);
  const frameBytes = bytes.readUInt32LE(20);
  if (kind === undefined || !Number.isSafeInteger(bodyBytes)) return null;
  if (frameBytes > Math.min(bodyBytes, LARGEST_FRAME)) return null;
  return {
    kind,
    bodyBytes,
    frameBytes,
    vectors: bytes.readUInt32LE(16),
    request: bytes.subarray(REQUEST_AT, CHECKSUM_AT),
    checksum: bytes.subarray(CHECKSUM_AT, HEADER_BYTES),
  };
}

/**
 * Decodes the value of a record. Returns null if any byte is damaged.
 * @param header the bytes of a header that `decodeHeader` accepts
 * @param read fills an array with the next bytes of the body; returns false if they end
 */
export async function decodeBody(
  header: Buffer,
  read: (into: Uint8Array) => Promise<boolean>,
): Promise<{ value: unknown } | null> {
  const { frameBytes, checksum } = decodeHeader(header)!;
  const bytes = Buffer.alloc(frameBytes);
  if (!(await read(bytes))) return null;
  if (!checksumOf([header.subarray(0, CHECKSUM_AT), bytes]).equals(checksum)) return null;
  const frame = deserialize(bytes) as Frame;
  const arrays = frame.places.map(emptyArray);
  const written = Buffer.alloc(CHECKSUM_BYTES);
  for (const array of [...arrays, written]) if (!(await read(bytesOf(array)))) return null;
  if (!checksumOf(arrays).equals(written)) return null;
  return { value: attachArrays(frame.value, arrays) };
}

function checksumOf(pieces: readonly ArrayBufferView[]): Buffer {
  const hash = createHash('sha256');
  for (const piece of pieces) updateBytes(hash, piece);
  return hash.digest();
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
