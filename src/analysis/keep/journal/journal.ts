import type { FileHandle } from 'node:fs/promises';
import { headerAt, openOrCreate, readFully, writeFully } from './file';
import { decodeBody, encodeRecord, HEADER_BYTES } from './record';
import type { RecordKind } from './record';

export interface JournalOptions {
  /** Bytes the file may have; what comes later is not kept. */
  limit: number;
  /** Told once, when nothing more is kept and why. */
  onStop?: (reason: string) => void;
}

/** A call whose answer is one value. */
export interface OverlappingCall<T> {
  /** The answer, if it is known. */
  read: () => Promise<{ value: T } | null>;
  measure: () => Promise<T>;
  keep: (answer: T) => Promise<void>;
}

/** Bytes that may wait to be written. Measuring is slower than a disk; where it is not, it waits for it. */
const BACKLOG = 2 ** 28;
/**
 * Short records are written together, this often or when so many bytes wait: a write wakes a thread, which on a busy
 * machine delays the products of a small model more than it takes.
 */
const WRITE_MS = 250;
const WRITE_BYTES = 2 ** 20;
/** Pieces handed to the system in one write. */
const PIECES = 256;

/**
 * The answers of one analysis, in the order they were asked for, in a file that only grows. An analysis that is run again
 * asks the same, so that what is there is its own past: answers are read one at a time, each checked against the
 * fingerprint of its request, until one is missing, damaged or of another request. The rest is dropped, and what is
 * measured from there on is appended. Writes are buffered and in order; none is waited for unless many pile up.
 */
export class Journal {
  /** Of the next record to be read, or written. */
  private position = 0;
  /** Of the records there are, and of those still to be written. */
  private bytes: number;
  private recalling = true;
  private stopped = false;
  private waiting: Uint8Array[] = [];
  private waitingBytes = 0;
  private writing: Promise<void> = Promise.resolve();
  private busy = false;
  /** When the last write ended. */
  private written = -Infinity;
  private timer: NodeJS.Timeout | undefined;
  /** Ends when the last call has read what there is of it. */
  private reading: Promise<unknown> = Promise.resolve();
  /** Ends when the last call, and every one before it, has kept its answer. */
  private kept: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly file: FileHandle,
    size: number,
    /** Products in the file when it was opened. */
    readonly products: number,
    private readonly options: JournalOptions,
  ) {
    this.bytes = size;
  }

  /** Opens a file, or begins one; a torn end is left out. */
  static async open(path: string, options: JournalOptions): Promise<Journal> {
    const file = await openOrCreate(path);
    let [at, products] = [0, 0];
    const { size } = await file.stat();
    for (let found = await headerAt(file, at); found; found = await headerAt(file, at)) {
      const end = at + HEADER_BYTES + found.header.bodyBytes;
      if (end > size) break;
      at = end;
      products += found.header.vectors;
    }
    return new Journal(file, at, products, options);
  }

  /** False once nothing is read or written any more. */
  get active(): boolean {
    return !this.stopped;
  }

  /** Runs one call after the other, so that answers are read and written in the order they were asked for. */
  inTurn<T>(call: () => Promise<T>): Promise<T> {
    const result = Promise.all([this.reading, this.kept]).then(call);
    this.reading = this.kept = settled(result);
    return result;
  }

  /** The same for calls that may be under way at once: they read one after the other, and keep one after the other. */
  overlapping<T>({ read, measure, keep }: OverlappingCall<T>): Promise<T> {
    const before = this.kept;
    const reading = this.reading.then(read);
    const result = reading.then(async (known) => {
      if (known) return known.value;
      const answer = await measure();
      await before;
      await keep(answer);
      return answer;
    });
    this.reading = settled(reading);
    this.kept = settled(before, result);
    return result;
  }

  /**
   * The answer to a request, if it comes next; after the first that does not, nothing is recalled any more.
   * @param onPart is told what the call told on the way; only where its answer is there and whole
   */
  async recall(
    request: () => Buffer,
    onPart?: (part: unknown) => void,
  ): Promise<{ kind: 'answer'; value: unknown } | { kind: 'asked' } | null> {
    if (!this.recalling || this.stopped) return null;
    const start = this.position;
    const wanted = request();
    const end = await this.endOfCall(wanted, onPart !== undefined);
    if (!end) {
      await this.dropFrom(start);
      return null;
    }
    if (end.kind === 'asked') {
      this.position = end.after;
      return { kind: 'asked' };
    }
    this.position = start;
    while (this.position < end.at) {
      const part = await this.readNext(wanted);
      onPart?.(part!.value);
    }
    const answer = await this.readNext(wanted);
    if (answer) return { kind: 'answer', value: answer.value };
    await this.dropFrom(start);
    return null;
  }

  /** Keeps what was measured. Takes a copy at once; the promise waits only while too much is still to be written. */
  async append(kind: RecordKind, request: () => Buffer, value: unknown, vectors = 0): Promise<void> {
    if (this.stopped) return;
    const pieces = encodeRecord(kind, request(), value, vectors);
    const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
    if (this.bytes + bytes > this.options.limit) {
      this.stop(`The journal of this run has reached ${(this.options.limit / 2 ** 30).toFixed(1)} GiB`);
      return;
    }
    this.bytes += bytes;
    this.waiting.push(...pieces);
    this.waitingBytes += bytes;
    const due = this.written + WRITE_MS - performance.now();
    if (due <= 0 || this.waitingBytes >= WRITE_BYTES) void this.flush();
    else this.timer ??= setTimeout(() => void this.flush(), due).unref();
    if (this.crowded) await this.flush();
  }

  /** Whether writing has fallen behind. */
  get crowded(): boolean {
    return this.waitingBytes > BACKLOG;
  }

  /** Ends with everything written. */
  async close(): Promise<void> {
    await this.flush();
    this.stopped = true;
    await this.file.close();
  }

  /**
   * Where the call that begins here has its end: its parts are gone over, and checked where somebody will be told them,
   * because what was told cannot be taken back. Null where it has none.
   */
  private async endOfCall(
    request: Buffer,
    check: boolean,
  ): Promise<{ kind: 'answer' | 'asked'; at: number; after: number } | null> {
    for (let at = this.position; at < this.bytes;) {
      const found = await headerAt(this.file, at);
      if (!found?.header.request.equals(request)) return null;
      const { kind, bodyBytes } = found.header;
      const after = at + HEADER_BYTES + bodyBytes;
      if (kind !== 'part') return { kind, at, after };
      this.position = at;
      if (check && !(await this.readNext(request))) return null;
      at = after;
    }
    return null;
  }

  /** The record here, and on to the next. */
  private async readNext(request: Buffer): Promise<{ value: unknown } | null> {
    const found = await headerAt(this.file, this.position);
    if (!found?.header.request.equals(request)) return null;
    let at = this.position + HEADER_BYTES;
    const body = await decodeBody(found.bytes, async (into) => {
      const whole = await readFully(this.file, into, at);
      at += into.length;
      return whole;
    });
    if (body) this.position = at;
    return body;
  }

  private async dropFrom(position: number): Promise<void> {
    this.recalling = false;
    this.bytes = position;
    this.position = position;
    await this.file.truncate(position).catch((error: unknown) => this.fail(error));
  }

  private flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.busy) this.writing = this.write();
    return this.writing;
  }

  private async write(): Promise<void> {
    this.busy = true;
    try {
      while (this.waiting.length > 0 && !this.stopped) {
        const pieces = this.waiting.splice(0, PIECES);
        const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
        await writeFully(this.file, pieces, this.position);
        this.position += bytes;
        this.waitingBytes -= bytes;
      }
    } catch (error) {
      this.fail(error);
    } finally {
      this.busy = false;
      this.written = performance.now();
    }
  }

  private fail(error: unknown): void {
    const { code, message } = error as NodeJS.ErrnoException;
    this.stop(`The journal of this run cannot be written (${code ?? message})`);
  }

  private stop(reason: string): void {
    if (this.stopped) return;
    this.stopped = true;
    this.waiting = [];
    this.waitingBytes = 0;
    this.options.onStop?.(`${reason}: if it is stopped, it continues from what was kept until now.`);
  }
}

/** Ends with the promises, whatever becomes of them, and keeps hold of nothing that they gave: answers are large. */
const settled = (...promises: Promise<unknown>[]) => Promise.allSettled(promises).then(() => undefined);
