import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { debuglog } from 'node:util';
import type { InferenceSession } from 'onnxruntime-node';
import type { WrittenModel } from '../onnx/write';
import { writeWhole } from '../writeWhole';
import { processor } from './processor';
import { readRegularFile } from '../regularFile';

type SessionOptions = InferenceSession.SessionOptions;
type Create = (bytes: Uint8Array, options: SessionOptions) => Promise<InferenceSession>;

/** Where sessions come from. */
export interface GraphSource {
  session(model: WrittenModel, options: SessionOptions, create: Create): Promise<InferenceSession>;
}

export interface StoreLimits {
  /** Of all graphs together. */
  bytes: number;
  /** Of one graph with the weights inside. Reading and hashing larger ones takes as long as making them anew. */
  graphBytes: number;
}

export const STORE_LIMITS: StoreLimits = { bytes: 2 ** 29, graphBytes: 2 ** 24 };

/** Graphs with fewer bytes without their weights, some hundred nodes, are prepared in twenty milliseconds. */
const WORTH_STORING = 2 ** 15;
/**
 * The runtime may fold a graph into constants much larger than it, such as zeros to scatter into. Preparing takes a
 * millisecond for each kilobyte of a graph, reading and hashing two for each megabyte.
 */
const MOST_GROWTH = 128;
/** A write takes seconds; a file still called so after this long belongs to a process that died. */
const UNFINISHED_MS = 3_600_000;
const SUFFIX = '.graph';
const HASH_BYTES = 32;

const log = debuglog('ridgeline');

/**
 * A folder of graphs as the runtime has prepared them for the CPU: constants folded, operators fused, layouts chosen. That
 * is two thirds of the time that making a session takes. An entry is named by the hash of all that decides it: graph,
 * weights, options of the session, runtime and processor; it holds the hash of its contents, then the contents, which are
 * empty for a graph that is not worth storing. Everything in the folder can be deleted at any time. Entries that cannot be
 * read, or are not what was written, are deleted and made anew; `NODE_DEBUG=ridgeline` tells.
 */
export class StoredGraphs implements GraphSource {
  private readonly machine = processor();

  private constructor(
    readonly folder: string,
    private readonly runtime: string,
    private readonly limits: StoreLimits,
    private bytes: number,
  ) {}

  /**
   * @param runtime its version
   * @throws Error of the file system where the folder cannot be made
   */
  static async open(folder: string, runtime: string, limits = STORE_LIMITS): Promise<StoredGraphs> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const store = new StoredGraphs(folder, runtime, limits, 0);
    await store.evict();
    return store;
  }

  /**
   * Makes a session, from the prepared graph where there is one.
   * @param writes whether one that is missing is stored
   */
  async session(
    model: WrittenModel,
    options: SessionOptions,
    create: Create,
    writes = true,
  ): Promise<InferenceSession> {
    const weights = model.external.reduce((sum, { data }) => sum + data.length, 0);
    const plainly = () => create(model.bytes, given(model, options));
    if (model.bytes.length < WORTH_STORING || model.bytes.length + weights > this.limits.graphBytes) return plainly();
    const path = join(this.folder, `${this.keyOf(model, options)}${SUFFIX}`);
    const known = await this.read(path);
    if (known?.length === 0) return plainly();
    if (known) {
      try {
        return await create(known, { ...options, graphOptimizationLevel: 'disabled' });
      } catch (fault) {
        await this.discard(path, (fault as Error).message);
      }
    }
    return writes ? this.make(path, model, options, create) : plainly();
  }

  /** Makes a session anew and stores what the runtime made of the graph, if it can be stored. */
  private async make(
    path: string,
    model: WrittenModel,
    options: SessionOptions,
    create: Create,
  ): Promise<InferenceSession> {
    const prepared = `${path}.${process.pid}.prepared.new`;
    let session: InferenceSession;
    try {
      session = await create(model.bytes, { ...given(model, options), optimizedModelFilePath: prepared });
    } catch (fault) {
      // It may be the writing that failed.
      log('%s is not stored: %s', path, (fault as Error).message);
      await rm(prepared, { force: true }).catch(() => undefined);
      return create(model.bytes, given(model, options));
    }
    try {
      const graph = await readFile(prepared);
      const most = Math.min(this.limits.graphBytes, MOST_GROWTH * model.bytes.length);
      await this.store(path, graph.length <= most ? graph : new Uint8Array());
    } catch (fault) {
      log('%s is not stored: %s', path, (fault as Error).message);
    }
    await rm(prepared, { force: true }).catch(() => undefined);
    return session;
  }

  /** Null where there is no entry that is what was written; empty where the graph is not worth storing. */
  private async read(path: string): Promise<Uint8Array | null> {
    const file = await readRegularFile(path, HASH_BYTES + this.limits.graphBytes).catch(() => null);
    if (!file) return null;
    const contents = file.subarray(HASH_BYTES);
    if (!sha256(contents).equals(file.subarray(0, HASH_BYTES))) {
      await this.discard(path, 'it is not what was written');
      return null;
    }
    // What is asked for is kept longest.
    await utimes(path, new Date(), new Date()).catch(() => undefined);
    return contents;
  }

  private async store(path: string, contents: Uint8Array): Promise<void> {
    await writeWhole(path, Buffer.concat([sha256(contents), contents]), { flush: false });
    this.bytes += contents.length;
    if (this.bytes > this.limits.bytes) await this.evict();
  }

  private async discard(path: string, reason: string): Promise<void> {
    log('%s is discarded: %s', path, reason);
    await rm(path, { force: true }).catch(() => undefined);
  }

  /** Deletes what was used least lately, until the limit holds. */
  private async evict(): Promise<void> {
    const found = (await readdir(this.folder)).map(async (name) => {
      const path = join(this.folder, name);
      // Another process may have taken it away meanwhile.
      const stats = await stat(path).catch(() => null);
      return stats?.isFile() ? [{ path, size: stats.size, used: stats.mtimeMs }] : [];
    });
    const files = (await Promise.all(found)).flat().sort((a, b) => b.used - a.used);
    this.bytes = 0;
    for (const { path, size, used } of files) {
      const unfinished = path.endsWith('.new');
      if (unfinished && Date.now() - used < UNFINISHED_MS) continue;
      if (!unfinished) this.bytes += size;
      if (!unfinished && this.bytes <= this.limits.bytes) continue;
      await rm(path, { force: true }).catch(() => undefined);
      if (!unfinished) this.bytes -= size;
    }
  }

  private keyOf({ bytes, external }: WrittenModel, options: SessionOptions): string {
    const hash = createHash('sha256');
    hash.update(JSON.stringify([this.runtime, this.machine, options, bytes.length])).update(bytes);
    for (const { path, data } of external) hash.update(`${path} ${data.length};`).update(data);
    return hash.digest('hex');
  }
}

/** With what travels beside the model. */
export function given({ external }: WrittenModel, options: SessionOptions): SessionOptions {
  return external.length > 0 ? { ...options, externalData: external } : options;
}

const sha256 = (contents: Uint8Array) => createHash('sha256').update(contents).digest();
