import { readSync } from 'node:fs';

/** Bytes read at once. The fields of a message lie close together, and weights are skipped. */
const WINDOW = 2 ** 16;
/** A varint of protobuf has at most ten bytes; all lengths and numbers of fields fit into the first eight. */
const LONGEST_VARINT = 10;

/** Reads single numbers and short ranges of an open file, without reading what lies between them. */
export class ByteWindow {
  private start = 0;
  private bytes: Uint8Array = new Uint8Array(0);

  constructor(
    private readonly file: number,
    readonly size: number,
  ) {}

  /**
   * Reads a varint at a position. `next` is the position behind it.
   * @throws RangeError if the file ends within it, or it has no end
   */
  varint(at: number): { value: number; next: number } {
    let value = 0;
    for (let i = 0; i < LONGEST_VARINT; i++) {
      const byte = this.byte(at + i);
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return { value, next: at + i + 1 };
    }
    throw new RangeError('a number has no end');
  }

  /** Reads a range as a copy. */
  copy(from: number, to: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(to - from);
    this.fill(bytes, from);
    return bytes;
  }

  /** Reads a range into `target`. @throws RangeError if the file ends within it */
  fill(target: Uint8Array, from: number): void {
    for (let at = 0; at < target.length;) {
      const count = readSync(this.file, target, at, target.length - at, from + at);
      if (count === 0) throw new RangeError('the file ends too early');
      at += count;
    }
  }

  private byte(at: number): number {
    if (at < 0 || at >= this.size) throw new RangeError('the file ends too early');
    if (at < this.start || at >= this.start + this.bytes.length) {
      this.start = at;
      this.bytes = this.copy(at, Math.min(this.size, at + WINDOW));
    }
    return this.bytes[at - this.start]!;
  }
}
