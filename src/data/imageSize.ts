import { formatExactCount } from '../text/counts';
import { unpackAll } from './unpack';

/**
 * Limit of 8192 × 8192 pixels. Decoders keep several copies of an image, which take 256 MiB each at this size.
 * Pillow warns above 89 million pixels.
 */
const MOST_PIXELS = 2 ** 26;

/** Bytes that one byte of deflate can unpack to: a match of 258 bytes takes at least two codes of one bit each. */
const PNG_GROWTH = 1032;

/** A JPEG block of 8 × 8 pixels takes at least one bit. */
const JPEG_PIXELS_PER_BYTE = 8 * 64;

/** Passes of an interlaced PNG (Adam7): first column, step, first row, step. */
const PASSES = [
  [0, 8, 0, 8],
  [4, 8, 0, 8],
  [0, 4, 4, 8],
  [2, 4, 0, 4],
  [0, 2, 2, 4],
  [1, 2, 0, 2],
  [0, 1, 1, 2],
] as const;

/** Channels of a pixel by colour type. */
const CHANNELS = new Map([
  [0, 1],
  [2, 3],
  [3, 1],
  [4, 2],
  [6, 4],
]);

/**
 * Compares the size that a PNG or JPEG file declares with the length of the file, before a decoder relies on it.
 * @throws Error if there are too many pixels, or more than a file of this length can hold
 */
export function checkImageSize(bytes: Uint8Array): void {
  if (bytes[0] === 0xff) checkJpeg(bytes);
  else checkPng(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}

function checkPng(bytes: Buffer): void {
  // A PNG starts with a signature and a header chunk, which holds width, height, bit depth, colour type, compression,
  // filter and interlacing.
  if (bytes.length < 33 || bytes.toString('latin1', 12, 16) !== 'IHDR') throw new Error('it does not begin like a PNG');
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  checkPixels(width, height);
  const bits = bytes[24] * (CHANNELS.get(bytes[25]) ?? 0);
  const interlaced = bytes[28] !== 0;
  // Each row begins with the number of its filter.
  const rows = (columns: number, count: number) => (columns > 0 ? count * (1 + Math.ceil((columns * bits) / 8)) : 0);
  const size = interlaced
    ? PASSES.reduce((sum, [x, dx, y, dy]) => sum + rows(Math.ceil((width - x) / dx), Math.ceil((height - y) / dy)), 0)
    : rows(width, height);
  if (size > PNG_GROWTH * bytes.length) throw tooFew(width, height, bytes.length);
  // The decoder unpacks the whole data of an interlaced image, so they must not exceed the declared size.
  if (interlaced) unpackAll(pixelData(bytes), 'zlib', size);
}

/** The contents of all IDAT chunks. */
function pixelData(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 8; at + 8 <= bytes.length;) {
    const end = at + 8 + bytes.readUInt32BE(at);
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(bytes.subarray(at + 8, end));
    at = end + 4;
  }
  return Buffer.concat(parts);
}

function checkJpeg(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 2; at + 9 <= bytes.length;) {
    const marker = view.getUint16(at);
    // Markers C0 to CF start frames, except for C4, C8 and CC.
    if (marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker)) {
      const [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)];
      checkPixels(width, height);
      if (width * height > JPEG_PIXELS_PER_BYTE * bytes.length) throw tooFew(width, height, bytes.length);
      // Check every frame, because a decoder may read a second frame in place of the first.
    }
    // Step over fill bytes and markers without a length.
    at += marker >= 0xffc0 && marker !== 0xffff && !isBare(marker) ? 2 + view.getUint16(at + 2) : 1;
  }
}

/** Whether a marker has no length: a restart marker, or the start or end of an image. */
function isBare(marker: number): boolean {
  return marker >= 0xffd0 && marker <= 0xffd9;
}

function checkPixels(width: number, height: number): void {
  if (width === 0 || height === 0) throw new Error(`it has ${width} × ${height} pixels`);
  if (width * height > MOST_PIXELS) {
    throw new Error(`it has ${width} × ${height} pixels; the limit is ${formatExactCount(MOST_PIXELS)} pixels`);
  }
}

function tooFew(width: number, height: number, length: number): Error {
  return new Error(`its ${formatExactCount(length)} bytes cannot hold ${width} × ${height} pixels`);
}
