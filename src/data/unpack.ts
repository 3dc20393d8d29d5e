import { gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import { Gunzip, Inflate } from 'fflate';

export type Packing = 'deflate' | 'gzip' | 'zlib';

const UNPACK = { deflate: inflateRawSync, gzip: gunzipSync, zlib: inflateSync };

/** Bytes that one byte of deflate can unpack to: a match of 258 bytes takes at least two codes of one bit each. */
const MOST_GROWTH = 1032;

/** Number of packed bytes per step. The limit keeps the excess output below a few MiB. */
const PIECE = 2 ** 12;

/** Whether `packed` bytes of deflate can unpack to `size` bytes. If not, callers avoid allocating that much. */
export function canUnpackTo(packed: number, size: number): boolean {
  return size <= MOST_GROWTH * packed;
}

/**
 * Unpacks the first `count` bytes of a stream, or all of a shorter stream. The rest stays packed.
 * @throws Error if the stream is damaged before that point
 */
export function unpackFirst(packed: Uint8Array, packing: 'deflate' | 'gzip', count: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(canUnpackTo(packed.length, count) ? count : MOST_GROWTH * packed.length);
  let filled = 0;
  const take = (chunk: Uint8Array) => {
    const taken = chunk.subarray(0, out.length - filled);
    out.set(taken, filled);
    filled += taken.length;
  };
  const stream = packing === 'gzip' ? new Gunzip(take) : new Inflate(take);
  for (let at = 0; at < packed.length && filled < out.length; at += PIECE) {
    stream.push(packed.subarray(at, at + PIECE), at + PIECE >= packed.length);
  }
  return out.subarray(0, filled);
}

/**
 * Unpacks a stream of `size` bytes and verifies its checksum if it has one.
 * @throws Error if the stream is damaged or longer than `size`
 */
export function unpackAll(packed: Uint8Array, packing: Packing, size: number): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, length } = UNPACK[packing](packed, { maxOutputLength: Math.max(1, size) });
  // Unlike Uint8Array, the `slice` method of Buffer shares memory instead of copying.
  return new Uint8Array(buffer, byteOffset, length);
}
