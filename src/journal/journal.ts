import type { FileHandle } from 'node:fs/promises';
import { formatBytes } from '../text/sizes';
import { headerAt, openOrCreate, readFully, writeFully } from './file';
import { decodeBody, encodeRecord, HEADER_BYTES } from './record';
import type { RecordKind } from './record';

export interface JournalOptions {
  /** Largest size of the file in bytes. Later answers are not kept. */
  limit: number;
  /** Called once with the reason when the journal stops keeping answers. */
  onStop?: (reason: string) => void;
}

/** A call whose answer is one value. */
export interface OverlappingCall<T> {
  /** Reads the answer if the journal has it. */
  read: () => Promise<{ value: T } | null>;
  measure: () => Promise<T>;
  keep: (answer: T) => Promise<void>;
}

/** Largest number of bytes waiting to be written. Measuring is usually slower than the disk; otherwise it waits. */
const BACKLOG = 2 ** 28;
/**
 * Short records are written together, after this time or when `WRITE_BYTES` wait. Each write wakes a thread, and on a
 * busy machine that delays the products of a small model.
 */
const WRITE_MS = 250;
const WRITE_BYTES = 2 ** 20;
/** Largest number of pieces in one write call. */
const PIECES = 256;

/**
 * Keeps the answers of one analysis in a file, in the order of the requests. An analysis that runs again makes the same
 * requests, so the journal replays its earlier answers. It reads one answer at a time and checks the fingerprint of its
 * request. At the first answer that is missing, damaged or of another request, the journal drops the rest and appends
 * new answers from there. Writes are buffered and stay in order. Callers wait for them only if many pile up.
 */
export class Journal {
  /** Byte position of the next record to read or write. */
  private position = 0;
  /** Size of all records, including those still to be written. */
  private bytes: number;
  private recalling = true;
  private stopped = false;
  private waiting: Uint8Array[] = [];
  private waitingBytes = 0;
  private writing: Promise<void> = Promise.resolve();
  private busy = false;
  /** Time at which the last write ended. */
  private written = -Infinity;
  private timer: NodeJS.Timeout | undefined;
  /** Settles when the last call has read its answer, if there is one. */
  private reading: Promise<unknown> = Promise.resolve();
  /** Settles when the last call and all calls before it have kept their answers. */
  private kept: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly file: FileHandle,
    size: number,
    /** Number of products in the file when it was opened. */
    readonly products: number,
    private readonly options: JournalOptions,
  ) {
    this.bytes = size;
  }

  /** Opens a journal file or creates one. Ignores an incomplete record at its end. */
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

  /** Whether the journal still reads and writes. */
  get active(): boolean {
    return !this.stopped;
  }

  /** Runs one call after the other, so that answers are read and written in the order of the requests. */
  inTurn<T>(call: () => Promise<T>): Promise<T> {
    const result = Promise.all([this.reading, this.kept]).then(call);
    this.reading = this.kept = settled(result);
    return result;
  }

  /** Runs calls that may measure at the same time. They still read their answers in order, and keep them in order. */
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
   * Returns the answer to a request if it comes next in the journal. After the first request without an answer, nothing
   * is recalled any more.
   * @param onPart receives the intermediate results of the call, but only if its answer is present and intact
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

  /** Keeps an answer. Copies it at once. The promise waits only if too much is still to be written. */
  async append(kind: RecordKind, request: () => Buffer, value: unknown, vectors = 0): Promise<void> {
    if (this.stopped) return;
    const pieces = encodeRecord(kind, request(), value, vectors);
    const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
    if (this.bytes + bytes > this.options.limit) {
      this.stop(`The journal of this run has reached ${formatBytes(this.options.limit)}`);
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

  /** Writes everything that waits and closes the file. */
  async close(): Promise<void> {
    await this.flush();
    this.stopped = true;
    await this.file.close();
  }

  /**
   * Finds the last record of the call that begins at the current position, or returns null if it is missing. With
   * `check` it verifies the parts on the way, because parts that were passed to a callback cannot be taken back.
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

  /** Reads the record at the current position and moves on to the next. */
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

/** Resolves when all promises have settled. Drops their results, because answers are large. */
const settled = (...promises: Promise<unknown>[]) => Promise.allSettled(promises).then(() => undefined);
