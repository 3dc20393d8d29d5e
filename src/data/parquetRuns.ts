/** A Parquet file contradicts itself; who opens it turns this into a message. */
export class ParquetFault extends Error {}

/** Values that a last group may stand for beyond those there are: writers fill whole groups of 8, some 64 of them. */
const PADDING = 512;

const WIDEST = 32;

/**
 * Walks runs of equal numbers and groups of 8 packed ones (RLE/bit-packed hybrid) until they stand for `count` numbers,
 * so that a decoder can be trusted with them: it repeats and counts as the runs tell it to.
 * @param width bits of a number
 * @returns how many of the numbers equal `target`
 * @throws ParquetFault when a run says more than there is left, or the bytes end before
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
      if (run > left) throw new ParquetFault(`a run of ${run} numbers where ${left} are left`);
      if (littleEndian(bytes, at, Math.ceil(width / 8)) === target) equal += run;
      at += Math.ceil(width / 8);
      seen += run;
    } else {
      const groups = (head.value - 1) / 2;
      if (8 * groups > left + PADDING) throw new ParquetFault(`${8 * groups} numbers where ${left} are left`);
      const packed = Math.min(8 * groups, left);
      for (let i = 0; i < packed; i++) if (bitsAt(bytes, at, i * width, width) === target) equal++;
      at += groups * width;
      seen += packed;
    }
  }
  return equal;
}

/** The head of delta-encoded integers: how many make a block, and how many parts it has. @throws ParquetFault */
export function checkDeltas(bytes: Uint8Array, at: number): void {
  const block = varint(bytes, at);
  const parts = varint(bytes, block.next);
  if (parts.value < 1 || block.value > LARGEST_BLOCK || block.value < parts.value || block.value % parts.value !== 0) {
    throw new ParquetFault(`blocks of ${block.value} numbers in ${parts.value} parts`);
  }
}

/** Writers make blocks of 128. */
const LARGEST_BLOCK = 2 ** 16;

/** An unsigned number of up to 31 bits, 7 in each byte, the lowest first. */
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

/** Narrow numbers alone are looked at: levels have a few bits. */
function bitsAt(bytes: Uint8Array, at: number, bit: number, width: number): number {
  let value = 0;
  for (let i = 0; i < width; i++) {
    const place = bit + i;
    value += ((bytes[at + (place >> 3)] >> (place & 7)) & 1) * 2 ** i;
  }
  return value;
}
