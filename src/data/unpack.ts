import { gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import { Gunzip, Inflate } from 'fflate';

export type Packing = 'deflate' | 'gzip' | 'zlib';

const UNPACK = { deflate: inflateRawSync, gzip: gunzipSync, zlib: inflateSync };

/** A bit of deflate unpacks to at most 258 bytes, which two codes of a bit each stand for. */
const MOST_GROWTH = 1032;

/** Packed bytes that are unpacked at a time, so that never more than a few MiB too much come out. */
const PIECE = 2 ** 12;

/** Whether `packed` bytes of deflate can unpack to `size` bytes at all: what promises more is not worth allocating. */
export function canUnpackTo(packed: number, size: number): boolean {
  return size <= MOST_GROWTH * packed;
}

/**
 * The first bytes of a packed stream, fewer where it has no more. What lies behind them is not unpacked.
 * @throws Error when the stream is damaged before that
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
 * A packed stream of `size` bytes, its checksum verified where it has one.
 * @throws Error when it is damaged, or longer than `size`
 */
export function unpackAll(packed: Uint8Array, packing: Packing, size: number): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, length } = UNPACK[packing](packed, { maxOutputLength: Math.max(1, size) });
  // A Buffer would share its memory with what is sliced off it.
  return new Uint8Array(buffer, byteOffset, length);
}
