import { randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { headerAt, readFully, writeFully } from '../journal/file';
import { fingerprint } from '../journal/fingerprint';
import { decodeBody, encodeRecord, HEADER_BYTES } from '../journal/record';

/** Where and how a part was measured. */
export interface PartFacts {
  node: string;
  /** "linux x64, 8 × AMD EPYC 7763" */
  machine: string;
  provider: string;
  seconds: number;
}

/** The last record of a whole file. A file without it was cut off. */
const END = fingerprint(['end of the part']);

/**
 * Writes the answers of one part. The file gets its name only when it is whole, by a rename in its folder, so that other
 * machines see all of it or nothing.
 */
export class PartWriter {
  private at = 0;
  private records = 0;
  private writing: Promise<void> = Promise.resolve();

  private constructor(
    private readonly file: FileHandle,
    private readonly unfinished: string,
    private readonly path: string,
  ) {}

  /** @throws Error of the file system */
  static async create(path: string): Promise<PartWriter> {
    const unfinished = join(dirname(path), `.${randomBytes(8).toString('hex')}.new`);
    return new PartWriter(await open(unfinished, 'wx', 0o600), unfinished, path);
  }

  /** Appends one answer. @throws Error of the file system */
  add(request: Buffer, value: unknown): Promise<void> {
    const pieces = encodeRecord('answer', request, value, 0);
    const at = this.at;
    this.at += pieces.reduce((sum, { length }) => sum + length, 0);
    this.records++;
    this.writing = this.writing.then(() => writeFully(this.file, pieces, at));
    return this.writing;
  }

  /** Ends the file and gives it its name. @throws Error of the file system; nothing is left then */
  async finish(facts: PartFacts): Promise<void> {
    const { records } = this;
    try {
      await this.add(END, { records, facts });
      await this.file.sync();
      await this.file.close();
      await rename(this.unfinished, this.path);
    } catch (error) {
      await this.discard();
      throw error;
    }
  }

  /** Drops what was written. */
  async discard(): Promise<void> {
    await this.writing.catch(() => undefined);
    await this.file.close().catch(() => undefined);
    await rm(this.unfinished, { force: true });
  }
}

/** Values of at most so many bytes stay in memory once they are read. */
const SMALL_BYTES = 2 ** 14;

/** One answer of a part file: its value if it is small, and where it lies. */
export interface PartEntry {
  path: string;
  at: number;
  small?: { value: unknown };
}

/**
 * Reads a part file from end to end and verifies every checksum.
 * @returns its answers by request, in hexadecimal; null if the file is missing, cut off or damaged
 */
export async function readPart(path: string): Promise<{ entries: Map<string, PartEntry>; facts: PartFacts } | null> {
  const file = await open(path, 'r').catch(() => null);
  if (!file) return null;
  try {
    const entries = new Map<string, PartEntry>();
    for (let at = 0; ;) {
      const record = await recordAt(file, at);
      if (!record) return null;
      const { request, value, after } = record;
      if (request.equals(END)) {
        const { records, facts } = value as { records: number; facts: PartFacts };
        return records === entries.size ? { entries, facts } : null;
      }
      const entry = after - at <= SMALL_BYTES ? { path, at, small: { value } } : { path, at };
      entries.set(request.toString('hex'), entry);
      at = after;
    }
  } finally {
    await file.close();
  }
}

/** Reads the value of an entry. @throws Error if the file has changed since it was verified */
export async function readEntry({ path, at, small }: PartEntry): Promise<{ value: unknown }> {
  // Whoever asks may change the answer.
  if (small) return structuredClone(small);
  const file = await open(path, 'r');
  try {
    const record = await recordAt(file, at);
    if (!record) throw new Error(`${path} is not what it was when it was verified`);
    return record;
  } finally {
    await file.close();
  }
}

async function recordAt(
  file: FileHandle,
  start: number,
): Promise<{ request: Buffer; value: unknown; after: number } | null> {
  const found = await headerAt(file, start);
  if (!found) return null;
  let at = start + HEADER_BYTES;
  const body = await decodeBody(found.bytes, async (into) => {
    const whole = await readFully(file, into, at);
    at += into.length;
    return whole;
  });
  const { request, bodyBytes } = found.header;
  return body && { request: Buffer.from(request), value: body.value, after: start + HEADER_BYTES + bodyBytes };
}
