import { formatExactCount } from '../text/counts';

/** Thrown if a Parquet file contradicts itself. The function that opens the file turns it into a message. */
export class ParquetFault extends Error {}

/** Number of padding values after the last value. Writers fill whole groups of 8 values, and some fill 64 groups. */
const PADDING = 512;

const WIDEST = 32;

/**
 * Walks the runs of equal numbers and the groups of 8 packed numbers (RLE/bit-packed hybrid) up to `count` numbers.
 * This check makes them safe to decode, because the decoder repeats and counts as the runs tell it to.
 * @param width bits of one number
 * @returns how many of the numbers equal `target`
 * @throws ParquetFault if a run exceeds the numbers left, or the bytes end too early
 * @see https://parquet.apache.org/docs/file-format/data-pages/encodings
 */
export function countInRuns(bytes: Uint8Array, from: number, width: number, count: number, target: number): number {
  if (width > WIDEST) throw new ParquetFault(`numbers of ${width} bits`);
  let equal = 0;
  let at = from;
  for (let seen = 0; seen < count;) {
    const head = varint(bytes, at);
    at = head.next;
    const left = count - seen;
    if (head.value % 2 === 0) {
      const run = head.value / 2;
      if (run > left)
        throw new ParquetFault(`a run of ${formatExactCount(run)} numbers where ${formatExactCount(left)} are left`);
      if (littleEndian(bytes, at, Math.ceil(width / 8)) === target) equal += run;
      at += Math.ceil(width / 8);
      seen += run;
    } else {
      const groups = (head.value - 1) / 2;
      if (8 * groups > left + PADDING)
        throw new ParquetFault(`${formatExactCount(8 * groups)} numbers where ${formatExactCount(left)} are left`);
      const packed = Math.min(8 * groups, left);
      for (let i = 0; i < packed; i++) if (bitsAt(bytes, at, i * width, width) === target) equal++;
      at += groups * width;
      seen += packed;
    }
  }
  return equal;
}

/** Checks the header of delta-encoded integers: block size and number of parts per block. @throws ParquetFault */
export function checkDeltas(bytes: Uint8Array, at: number): void {
  const block = varint(bytes, at);
  const parts = varint(bytes, block.next);
  if (parts.value < 1 || block.value > LARGEST_BLOCK || block.value < parts.value || block.value % parts.value !== 0) {
    throw new ParquetFault(
      `blocks of ${formatExactCount(block.value)} numbers in ${formatExactCount(parts.value)} parts`,
    );
  }
}

/** Largest accepted block size. Writers make blocks of 128. */
const LARGEST_BLOCK = 2 ** 16;

/** Reads an unsigned number of up to 31 bits, stored with 7 bits per byte and the lowest bits first. */
function varint(bytes: Uint8Array, at: number): { value: number; next: number } {
  let value = 0;
  for (let i = 0; i < 5; i++) {
    if (at + i >= bytes.length) throw new ParquetFault('a page ends within a number');
    const byte = bytes[at + i];
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) {
      if (value >= 2 ** 31) break;
      return { value, next: at + i + 1 };
    }
  }
  throw new ParquetFault('a page holds a count beyond 2³¹');
}

function littleEndian(bytes: Uint8Array, at: number, length: number): number {
  let value = 0;
  for (let i = 0; i < length; i++) value += (bytes[at + i] ?? 0) * 2 ** (8 * i);
  return value;
}

/** Reads a number of `width` bits, lowest first. Bit by bit suffices, because the numbers are levels of a few bits. */
function bitsAt(bytes: Uint8Array, at: number, bit: number, width: number): number {
  let value = 0;
  for (let i = 0; i < width; i++) {
    const place = bit + i;
    value += ((bytes[at + (place >> 3)] >> (place & 7)) & 1) * 2 ** i;
  }
  return value;
}
