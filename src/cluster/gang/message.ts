import { deserialize, serialize } from 'node:v8';
import { attachArrays, detachArrays, emptyArray } from '../../journal/detachedArrays';
import type { ArrayPlace } from '../../journal/detachedArrays';

/**
 * A message as a stream of bytes, little-endian:
 *   bytes of the frame u32 | frame: the value without its arrays, as V8 serializes it | each array's bytes
 * Vectors so travel as their float32 or float64 numbers and are read directly into arrays of their own.
 */
const LENGTH_BYTES = 4;
/** Largest piece of a message, below the size that gRPC accepts by default. */
const PIECE_BYTES = 2 ** 20;
const LARGEST_FRAME = 2 ** 28;

interface Frame {
  places: ArrayPlace[];
  value: unknown;
}

/** Cuts a message into pieces. Arrays are not copied, so they must not change until the message is sent. */
export function* piecesOf(message: unknown): Generator<Buffer, void, void> {
  const { rest, arrays, places } = detachArrays(message);
  const frame = serialize({ places, value: rest } satisfies Frame);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(frame.length);
  for (const part of [Buffer.concat([length, frame]), ...arrays]) {
    const bytes = bytesOf(part);
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
  }
}

/** Puts the pieces of one message together. */
export class MessageReader {
  /** Number of bytes read so far. */
  bytes = 0;
  private readonly length = Buffer.alloc(LENGTH_BYTES);
  private frame: Buffer | null = null;
  private value: { rest: unknown; arrays: ReturnType<typeof emptyArray>[] } | null = null;
  /** What is still to be filled, in order; the first from `filled` on. */
  private readonly open: Buffer[] = [this.length];
  private filled = 0;

  /** @throws Error if the message has ended before, or is none */
  add(piece: Buffer): void {
    this.bytes += piece.length;
    for (let at = 0; at < piece.length;) {
      if (this.open.length === 0) throw new Error('A message between ranks is longer than it says.');
      const [target] = this.open;
      const count = Math.min(piece.length - at, target.length - this.filled);
      piece.copy(target, this.filled, at, at + count);
      at += count;
      this.filled += count;
      this.proceed();
    }
  }

  get complete(): boolean {
    return this.value !== null && this.open.length === 0;
  }

  /** @throws Error if the message is not complete */
  get message(): unknown {
    if (!this.value || !this.complete) throw new Error('A message between ranks was cut off.');
    return attachArrays(this.value.rest, this.value.arrays);
  }

  private proceed(): void {
    while (this.open.length > 0 && this.filled === this.open[0].length) {
      const full = this.open.shift();
      this.filled = 0;
      if (full === this.length) {
        const bytes = this.length.readUInt32LE();
        if (bytes > LARGEST_FRAME) throw new Error('A message between ranks is damaged.');
        this.frame = Buffer.alloc(bytes);
        this.open.push(this.frame);
      } else if (full === this.frame) {
        const { places, value } = deserialize(full) as Frame;
        this.value = { rest: value, arrays: places.map(emptyArray) };
        this.open.push(...this.value.arrays.map(bytesOf));
      }
    }
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}
