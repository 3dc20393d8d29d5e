import { unpackAll } from './unpack';

/** 8192 × 8192: decoders keep several copies, of 256 MiB each then. Pillow warns from 89 million pixels on. */
const MOST_PIXELS = 2 ** 26;

/** A bit of deflate unpacks to at most 258 bytes, which two codes of a bit each stand for. */
const PNG_GROWTH = 1032;

/** A block of 8 × 8 takes at least a bit. */
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

/** Numbers of each pixel, by colour type. */
const CHANNELS = new Map([
  [0, 1],
  [2, 3],
  [3, 1],
  [4, 2],
  [6, 4],
]);

/**
 * Compares the size that a PNG or JPEG gives itself with the length of the file, before a decoder believes it.
 * @throws Error when there are too many pixels, or more than such a file can hold
 */
export function checkImageSize(bytes: Uint8Array): void {
  if (bytes[0] === 0xff) checkJpeg(bytes);
  else checkPng(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}

function checkPng(bytes: Buffer): void {
  // Signature, then the header chunk: width, height, bit depth, colour type, compression, filter, interlacing.
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
  // The decoder unpacks all there is of an interlaced picture.
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
    // Frames are C0 to CF, but for tables (C4, C8, CC).
    if (marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker)) {
      const [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)];
      checkPixels(width, height);
      if (width * height > JPEG_PIXELS_PER_BYTE * bytes.length) throw tooFew(width, height, bytes.length);
      // A second frame would be read in place of the first.
    }
    // Fill bytes and markers without a length are stepped over.
    at += marker >= 0xffc0 && marker !== 0xffff && !isBare(marker) ? 2 + view.getUint16(at + 2) : 1;
  }
}

/** Restart markers, begin and end of a picture. */
function isBare(marker: number): boolean {
  return marker >= 0xffd0 && marker <= 0xffd9;
}

function checkPixels(width: number, height: number): void {
  if (width === 0 || height === 0) throw new Error(`it has ${width} × ${height} pixels`);
  if (width * height > MOST_PIXELS) {
    throw new Error(`it has ${width} × ${height} pixels; the limit is ${MOST_PIXELS} pixels`);
  }
}

function tooFew(width: number, height: number, length: number): Error {
  return new Error(`its ${length} bytes cannot hold ${width} × ${height} pixels`);
}
